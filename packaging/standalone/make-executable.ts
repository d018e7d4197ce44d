/** Makes the standalone executable: the bundle, compiled to bytecode, and its runtime in one file. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { bundle, root } from '../bundle.ts';
import { installRuntime, ownRuntime, type Runtime } from './runtime.ts';
import { sealRuntime } from './seal-runtime.ts';

/**
 * A compiled program would read `.env` and `bunfig.toml` of whatever folder it is started in, before the first line of
 * ours, and run what stands in them (oven-sh/bun#25469): never in a program for root.
 */
const readsNothingOfTheCaller = [
	'--no-compile-autoload-dotenv',
	'--no-compile-autoload-bunfig',
	'--no-compile-autoload-tsconfig',
	'--no-compile-autoload-package-json',
];

/** Where the bundle is written to, seen from itself. */
const nowhere = '/zfs-lockstep';

/**
 * @param output file, replaced at once
 * @param cache folder for the runtimes
 * @returns the files that went into it, relative to the project's root
 */
export async function makeExecutable(runtime: Runtime, output: string, cache: string): Promise<readonly string[]> {
	const { outputFiles, metafile } = await bundle({
		outdir: nowhere,
		// In chunks, so that --version loads no more than it does from dist/ (8 ms instead of 14).
		splitting: true,
		chunkNames: 'chunks/[name]-[hash]',
		define: { ZFS_LOCKSTEP_STANDALONE: 'true' },
	});
	const files = outputFiles.map(({ path: file, contents }) => [path.relative(nowhere, file), contents] as const);
	compile(runtime, new Map(files), output, cache);
	return Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
}

/** Another program, of one file, made in the same way: the yardsticks of the benchmarks. */
export function makeOtherExecutable(runtime: Runtime, text: Uint8Array, output: string, cache: string): void {
	compile(runtime, new Map([['cli.js', text]]), output, cache);
}

/** @param files of the program by their names; it starts in `cli.js` */
function compile(runtime: Runtime, files: ReadonlyMap<string, Uint8Array>, output: string, cache: string): void {
	const compiler = installRuntime(ownRuntime(), cache);
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-package-'));
	try {
		const sealed = path.join(folder, 'runtime');
		sealRuntime(installRuntime(runtime, cache), sealed);
		for (const [name, contents] of files) {
			mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
			writeFileSync(path.join(folder, name), contents);
		}
		const argv = [
			...['build', 'cli.js', '--compile', '--splitting', '--bytecode', '--format=esm'],
			...[`--target=${runtime.target}`, `--compile-executable-path=${sealed}`, '--outfile=zfs-lockstep'],
			...readsNothingOfTheCaller,
		];
		// From inside the folder, and under one name: both are found in the executable. Nothing of who builds it counts.
		const env = { PATH: process.env.PATH, HOME: folder };
		const { status, stdout, stderr } = spawnSync(compiler, argv, { cwd: folder, env });
		if (status !== 0) throw new Error(`The executable could not be compiled:\n${stdout}${stderr}`);
		const made = path.join(folder, 'zfs-lockstep');
		refuseTraces(made, [folder, root]);
		mkdirSync(path.dirname(output), { recursive: true });
		const unfinished = `${output}.unfinished`;
		writeFileSync(unfinished, readFileSync(made));
		chmodSync(unfinished, 0o755);
		renameSync(unfinished, output);
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Whoever reads a stack trace shall not read where it was built; and two builds shall be the same bytes. */
function refuseTraces(file: string, folders: readonly string[]): void {
	const contents = readFileSync(file);
	const found = folders.filter((folder) => contents.includes(folder));
	if (found.length > 0)
		throw new Error(`The executable names folders of the machine that made it: ${found.join(', ')}`);
}
