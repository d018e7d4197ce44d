import { describe, expect, it } from 'vitest';
import { bundle } from '../../packaging/bundle.ts';

const { metafile } = await bundle({
	outdir: '/nowhere',
	splitting: true,
	chunkNames: 'chunks/[name]-[hash]',
	define: { ZFS_LOCKSTEP_STANDALONE: 'true' },
});

/** Sources that are loaded before the first line of `entry` runs. */
function loadedBefore(entry: string): readonly string[] {
	const { outputs } = metafile;
	const [start] = Object.keys(outputs).filter((name) => outputs[name]?.entryPoint === entry);
	if (start === undefined) throw new Error(`${entry} is no chunk of its own.`);
	const found = new Set([start]);
	for (const name of found) {
		for (const { path, kind } of outputs[name]?.imports ?? []) {
			if (kind === 'import-statement' && outputs[path] !== undefined) found.add(path);
		}
	}
	return [...found].flatMap((name) => Object.keys(outputs[name]?.inputs ?? {}));
}

function partsOf(entry: string, parts: RegExp): readonly string[] {
	return loadedBefore(entry).filter((source) => parts.test(source));
}

describe('the bundle', () => {
	it('loads for a command that only looks neither screen nor what writes or judges', () => {
		const parts = /node_modules\/(?:ink|react|conf|execa|yaml)\/|^src\/checks\/|^src\/host\/simulated\//;
		for (const command of ['status', 'guard', 'log']) expect(partsOf(`src/commands/${command}.ts`, parts)).toEqual([]);
	});

	it('shows the first frame before it loads what reads the host and judges it', () => {
		expect(partsOf('src/commands/wizard.ts', /^steps\/examine\.ts$|^src\/facts\/collect\.ts$|\/ink\//)).toEqual([]);
		expect(partsOf('src/ui/wizard.tsx', /node_modules\/ink\//)).not.toEqual([]);
		expect(partsOf('src/ui/wizard.tsx', /^src\/facts\/collect\.ts$|^src\/checks\/run-checks\.ts$/)).toEqual([]);
	});

	it('asks the host before it loads what judges the answers', () => {
		expect(partsOf('src/commands/check.ts', /^src\/checks\/run-checks\.ts$|^src\/plan\/make-plan\.ts$/)).toEqual([]);
	});
});
