/**
 * Makes what is handed out: `npm run package [-- OPTIONS]`. The standalone executable, the Debian package and their
 * checksums, in dist-packages/.
 *   --arch x64|arm64    for that processor (default: this one)
 *   --verify            makes everything twice, and fails where the bytes differ
 *   --test [NAME...]    then tries them: executable, end-to-end, lintian, bookworm, trixie (default: all)
 */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { root, version } from './bundle.ts';
import { makePackage } from './debian/make-package.ts';
import { makeExecutable } from './standalone/make-executable.ts';
import { ownRuntime, type Runtime, runtimes } from './standalone/runtime.ts';
import { trials, tryOut } from './trials/index.ts';

const output = path.join(root, 'dist-packages');
/** What can be fetched or made again: runtimes, clean Debian roots. */
const cache = path.join(process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'), 'zfs-lockstep-packaging');

const { values, positionals } = parseArgs({
	options: { arch: { type: 'string' }, verify: { type: 'boolean' }, test: { type: 'boolean' } },
	allowPositionals: true,
});
const runtime = values.arch === undefined ? ownRuntime() : runtimes.find(({ name }) => name === values.arch);
const unknown = positionals.filter((name) => !Object.hasOwn(trials, name));
if (runtime === undefined) {
	fail(`There is no runtime for ${values.arch}. There are: ${runtimes.map(({ name }) => name).join(', ')}.`);
} else if (unknown.length > 0 || (positionals.length > 0 && values.test !== true)) {
	fail(`No such trial: ${unknown.join(', ')}. After --test: ${Object.keys(trials).join(', ')}.`);
} else {
	const made = await make(runtime, output);
	if (values.verify === true) await verify(runtime, made);
	if (values.test === true) process.exitCode = tryOut(positionals, { ...made, cache, transcripts: output }) ? 0 : 1;
}

function fail(message: string): void {
	process.stderr.write(`${message}\n`);
	process.exitCode = 2;
}

/** @returns paths of what was made in that folder */
async function make(runtime: Runtime, folder: string): Promise<{ executable: string; debianPackage: string }> {
	mkdirSync(folder, { recursive: true });
	const executable = path.join(folder, `zfs-lockstep-${version}-linux-${runtime.name}`);
	const debianPackage = path.join(folder, `zfs-lockstep_${version}_${runtime.debian}.deb`);
	const bundled = await makeExecutable(runtime, executable, cache);
	makePackage(executable, bundled, runtime, debianPackage);
	const files = [executable, debianPackage];
	const sums = files.map((file) => `${digest(file)}  ${path.basename(file)}\n`);
	writeFileSync(path.join(folder, `SHA256SUMS.${runtime.name}`), sums.join(''));
	process.stderr.write(sums.join(''));
	return { executable, debianPackage };
}

function digest(file: string): string {
	return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** Makes it again elsewhere. Throws where anything differs. */
async function verify(runtime: Runtime, made: Readonly<Record<string, string>>): Promise<void> {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-again-'));
	try {
		await make(runtime, folder);
		for (const file of Object.values(made)) {
			const name = path.basename(file);
			if (digest(path.join(folder, name)) !== digest(file)) throw new Error(`${name} differs when it is made again.`);
		}
		process.stderr.write('Made twice: the same bytes.\n');
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
