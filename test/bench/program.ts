/** What is measured: the program in one of its forms, and the bare start of what runs it. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { makeExecutable, makeOtherExecutable } from '../../packaging/standalone/make-executable.ts';
import { ownRuntime } from '../../packaging/standalone/runtime.ts';
import { addProgram } from './bench-host.ts';
import { bundleProgram } from './bundle-program.ts';

const repository = path.resolve(import.meta.dirname, '../..');

export interface Program {
	/** `dist/ on Node 24.21.0`. */
	readonly name: string;
	/** Inside the bench host. */
	readonly argv: readonly [string, ...string[]];
	/** The same runtime with an empty program, inside the bench host. */
	readonly bare: readonly [string, ...string[]];
	/** The least programs on it that ask for the versions, and that draw a frame. */
	readonly asking: readonly [string, ...string[]];
	readonly drawing: readonly [string, ...string[]];
	/** Bytes of what is shipped, and of the bare runtime. */
	readonly size: { readonly file: string; readonly bareFile: string };
}

/** `dist/` and the Node that this runs on, put into the bench host. @param folder for what is made */
export async function installBuild(root: string, folder: string): Promise<Program> {
	addProgram(root, process.execPath, '/opt/node/node');
	cpSync(path.join(repository, 'dist'), path.join(root, 'opt/zfs-lockstep'), { recursive: true });
	writeFileSync(path.join(root, 'opt/zfs-lockstep/package.json'), '{"type":"module"}\n');
	writeFileSync(path.join(root, 'opt/empty.mjs'), '');
	for (const name of ['asking.ts', 'drawing.ts']) {
		const made = await bundleProgram(name, folder);
		cpSync(made, path.join(root, 'opt', path.basename(made)));
	}
	const run = (file: string) => ['/opt/node/node', `/opt/${file}`] as const;
	return {
		name: `dist/ on Node ${process.versions.node}`,
		argv: run('zfs-lockstep/cli.js'),
		bare: run('empty.mjs'),
		asking: run('asking.mjs'),
		drawing: run('drawing.mjs'),
		size: { file: path.join(root, 'opt/zfs-lockstep/cli.js'), bareFile: process.execPath },
	};
}

/** The standalone executable and the yardsticks, which are made in the same way. @param folder for all of them */
export async function installExecutable(root: string, folder: string): Promise<Program> {
	const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'zfs-lockstep-packaging');
	const file = path.join(folder, 'executable');
	await makeExecutable(ownRuntime(), file, cache);
	addProgram(root, file, '/usr/bin/zfs-lockstep');
	const add = (name: string, text: Uint8Array) => {
		makeOtherExecutable(ownRuntime(), text, path.join(folder, name), cache);
		addProgram(root, path.join(folder, name), `/opt/${name}`);
		return [`/opt/${name}`] as const;
	};
	return {
		name: 'the standalone executable',
		argv: ['/usr/bin/zfs-lockstep'],
		bare: add('bare', Buffer.from('export {};\n')),
		asking: add('asking', readFileSync(await bundleProgram('asking.ts', folder))),
		drawing: add('drawing', readFileSync(await bundleProgram('drawing.ts', folder))),
		size: { file, bareFile: path.join(folder, 'bare') },
	};
}
