import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { afterAll } from 'vitest';

/**
 * Bundles a program that a test runs as a process of its own; call it in `beforeAll` or at the top of a test file.
 * @param source TypeScript; imports are relative to the root of the project.
 * @returns file for Node.
 */
export async function bundleProgram(source: string): Promise<string> {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-program-'));
	afterAll(() => rmSync(folder, { recursive: true, force: true }));
	const outfile = path.join(folder, 'program.mjs');
	await build({
		stdin: { contents: source, resolveDir: fileURLToPath(new URL('../..', import.meta.url)), loader: 'ts' },
		outfile,
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node24',
		banner: {
			js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
		},
	});
	return outfile;
}
