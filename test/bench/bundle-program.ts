import path from 'node:path';
import { build } from 'esbuild';

const repository = path.resolve(import.meta.dirname, '../..');

/**
 * Bundles a program of `programs/`: parts of ours that no command runs alone, React and Ink in their production form.
 * @returns file for Node
 */
export async function bundleProgram(name: string, folder: string): Promise<string> {
	const outfile = path.join(folder, `${name}.mjs`);
	await build({
		entryPoints: [path.join(import.meta.dirname, 'programs', `${name}.ts`)],
		outfile,
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node24',
		jsx: 'automatic',
		minifySyntax: true,
		define: { 'process.env.NODE_ENV': '"production"', 'process.env.DEV': '"false"' },
		alias: { 'react-devtools-core': path.join(repository, 'packaging/devtools-stub.mjs') },
		banner: {
			js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
		},
		logLevel: 'warning',
	});
	return outfile;
}
