/** What is measured: the program in one of its forms, and the bare start of what runs it. */
import { cpSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { makeEmptyExecutable, makeExecutable } from '../../packaging/standalone/make-executable.ts';
import { ownRuntime } from '../../packaging/standalone/runtime.ts';
import { addProgram } from './bench-host.ts';

const repository = path.resolve(import.meta.dirname, '../..');

export interface Program {
	/** `dist/ on Node 24.21.0`. */
	readonly name: string;
	/** Inside the bench host. */
	readonly argv: readonly [string, ...string[]];
	/** The same runtime with an empty program, inside the bench host. */
	readonly bare: readonly [string, ...string[]];
	/** Bytes of what is shipped, and of the bare runtime. */
	readonly size: { readonly file: string; readonly bareFile: string };
}

/** `dist/` and the Node that this runs on, put into the bench host. */
export function installBuild(root: string): Program {
	addProgram(root, process.execPath, '/opt/node/node');
	cpSync(path.join(repository, 'dist'), path.join(root, 'opt/zfs-lockstep'), { recursive: true });
	writeFileSync(path.join(root, 'opt/zfs-lockstep/package.json'), '{"type":"module"}\n');
	writeFileSync(path.join(root, 'opt/empty.mjs'), '');
	return {
		name: `dist/ on Node ${process.versions.node}`,
		argv: ['/opt/node/node', '/opt/zfs-lockstep/cli.js'],
		bare: ['/opt/node/node', '/opt/empty.mjs'],
		size: { file: path.join(root, 'opt/zfs-lockstep/cli.js'), bareFile: process.execPath },
	};
}

/** The standalone executable and an empty program that is made in the same way. @param folder for both */
export async function installExecutable(root: string, folder: string): Promise<Program> {
	const [file, bareFile] = [path.join(folder, 'executable'), path.join(folder, 'bare')];
	const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'zfs-lockstep-packaging');
	await makeExecutable(ownRuntime(), file, cache);
	makeEmptyExecutable(ownRuntime(), bareFile, cache);
	addProgram(root, file, '/usr/bin/zfs-lockstep');
	addProgram(root, bareFile, '/opt/bare');
	return {
		name: 'the standalone executable',
		argv: ['/usr/bin/zfs-lockstep'],
		bare: ['/opt/bare'],
		size: { file, bareFile },
	};
}
