/**
 * Bundles `src/cli.ts` into `dist/`: `node packaging/build.mjs [OUTPUT_FOLDER]`.
 *
 * Split into chunks, so that what is imported lazily (Ink, React, ajv, conf) is not even read where it is not needed:
 * `--version` starts in a sixth of the time.
 */
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { writeBuildStamp } from './build-stamp.mjs';
import { bundle, root } from './bundle.ts';

const defaultOutput = path.join(root, 'dist');
const output = path.resolve(process.argv[2] ?? defaultOutput);

const result = await bundle({
	outdir: output,
	splitting: true,
	chunkNames: 'chunks/[name]-[hash]',
	define: { ZFS_LOCKSTEP_STANDALONE: 'false' },
});

const written = new Set();
for (const file of result.outputFiles) {
	const isEntry = path.relative(output, file.path) === 'cli.js';
	replaceFile(file.path, isEntry ? `#!/usr/bin/env node\n${file.text}` : file.text, isEntry ? 0o755 : 0o644);
	written.add(file.path);
}
removeOldChunks();

if (output === defaultOutput) {
	const scripts = ['build.mjs', 'build-stamp.mjs', 'bundle.ts'].map((name) => `packaging/${name}`);
	const own = ['package.json', 'package-lock.json', ...scripts];
	const outputs = [...written].map((file) => path.relative(root, file));
	writeBuildStamp(root, [...Object.keys(result.metafile.inputs), ...own], outputs);
}

/** Renamed into place: a program that starts during a build reads the old file or the new one, never half of it. */
function replaceFile(file, text, mode) {
	mkdirSync(path.dirname(file), { recursive: true });
	const temporary = `${file}.${process.pid}`;
	writeFileSync(temporary, text);
	chmodSync(temporary, mode);
	renameSync(temporary, file);
}

/** A wizard that is still running from an earlier build may yet load its chunks: they stay for an hour. */
function removeOldChunks() {
	const folder = path.join(output, 'chunks');
	const anHourAgo = Date.now() - 3_600_000;
	for (const name of existsSync(folder) ? readdirSync(folder) : []) {
		const file = path.join(folder, name);
		if (!written.has(file) && statSync(file).mtimeMs < anHourAgo) rmSync(file, { force: true });
	}
}
