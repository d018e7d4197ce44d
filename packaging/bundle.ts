/** How `src/cli.ts` and all it needs becomes plain JavaScript: the same for `dist/` and for the executable. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, type BuildResult, build } from 'esbuild';

export const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** Version of this program, from package.json. */
export const version: string = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')).version;

/** Where it goes to, and what differs. */
type BundleOptions = Pick<BuildOptions, 'entryPoints' | 'outdir' | 'splitting' | 'chunkNames' | 'define'>;

/** Bundles the program, or another of the same making; React and Ink are frozen into their production form here. */
export function bundle({
	define,
	...options
}: BundleOptions): Promise<BuildResult<BuildOptions & { metafile: true; write: false }>> {
	return build({
		absWorkingDir: root,
		entryPoints: { cli: 'src/cli.ts' },
		bundle: true,
		format: 'esm',
		platform: 'node',
		target: 'node24',
		jsx: 'automatic',
		minifySyntax: true,
		legalComments: 'none',
		define: {
			'process.env.NODE_ENV': '"production"',
			'process.env.DEV': '"false"',
			// Yoga fetches its own code from inside itself, for which Node loads a whole HTTP client; it can do without.
			fetch: 'undefined',
			ZFS_LOCKSTEP_VERSION: JSON.stringify(version),
			...define,
		},
		// CommonJS dependencies in an ES module bundle call require for Node's own modules.
		banner: {
			js: "import { createRequire as createRequireForBundle } from 'node:module'; const require = createRequireForBundle(import.meta.url);",
		},
		// Ink imports its devtools without asking (vadimdemedes/ink#571): the bundle would fail at start without them.
		alias: {
			'react-devtools-core': path.join(root, 'packaging/devtools-stub.mjs'),
			'string-width': path.join(root, 'packaging/string-width.ts'),
			'string-width-as-published': path.join(root, 'node_modules/string-width/index.js'),
			'node:process': path.join(root, 'packaging/process.mjs'),
		},
		metafile: true,
		write: false,
		logLevel: 'warning',
		...options,
	});
}
