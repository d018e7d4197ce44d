/**
 * Bundles `src/cli.ts` into `dist/`: `node packaging/build.mjs [OUTPUT_FOLDER]`.
 *
 * Split into chunks, so that what is imported lazily (Ink, React, ajv, conf) is not even read where it is not needed:
 * `--version` starts in a sixth of the time. React and Ink are frozen into their production form here.
 */
import {
	chmodSync,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { writeBuildStamp } from './build-stamp.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const defaultOutput = path.join(root, 'dist');
const output = path.resolve(process.argv[2] ?? defaultOutput);
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

const result = await build({
	absWorkingDir: root,
	entryPoints: { cli: 'src/cli.ts' },
	outdir: output,
	bundle: true,
	splitting: true,
	format: 'esm',
	platform: 'node',
	target: 'node24',
	jsx: 'automatic',
	minifySyntax: true,
	legalComments: 'none',
	chunkNames: 'chunks/[name]-[hash]',
	define: {
		'process.env.NODE_ENV': '"production"',
		'process.env.DEV': '"false"',
		ZFS_LOCKSTEP_VERSION: JSON.stringify(version),
	},
	// CommonJS dependencies in an ES module bundle call require for Node's own modules.
	banner: {
		js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
	},
	// Ink imports its devtools without asking (vadimdemedes/ink#571): the bundle would fail at start without them.
	alias: { 'react-devtools-core': path.join(root, 'packaging/devtools-stub.mjs') },
	metafile: true,
	write: false,
	logLevel: 'warning',
});

const written = new Set();
for (const file of result.outputFiles) {
	const isEntry = path.relative(output, file.path) === 'cli.js';
	replaceFile(file.path, isEntry ? `#!/usr/bin/env node\n${file.text}` : file.text, isEntry ? 0o755 : 0o644);
	written.add(file.path);
}
removeOldChunks();

if (output === defaultOutput) {
	const own = ['package.json', 'package-lock.json', 'packaging/build.mjs', 'packaging/build-stamp.mjs'];
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
