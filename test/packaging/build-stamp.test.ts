import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
// @ts-expect-error the bootstrap runs on Node 18, before TypeScript is there, so this is plain JavaScript without types
import { isBuildCurrent, writeBuildStamp } from '../../packaging/build-stamp.mjs';

let root: string;

beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-stamp-'));
	writeFileSync(path.join(root, 'source.ts'), 'one');
	writeFileSync(path.join(root, 'cli.js'), 'built');
});

afterEach(() => {
	rmSync(root, { recursive: true });
});

it('builds when nothing was built yet', () => {
	expect(isBuildCurrent(root)).toBe(false);
});

it('does not build again what is as it was, even when a checkout wrote the same file anew', () => {
	writeBuildStamp(root, ['source.ts'], ['cli.js']);
	writeFileSync(path.join(root, 'source.ts'), 'one');
	expect(isBuildCurrent(root)).toBe(true);
});

it('builds again when a source changed or is gone, or when a part of the build is gone', () => {
	writeBuildStamp(root, ['source.ts'], ['cli.js']);
	writeFileSync(path.join(root, 'source.ts'), 'two');
	expect(isBuildCurrent(root)).toBe(false);

	writeBuildStamp(root, ['source.ts'], ['cli.js']);
	rmSync(path.join(root, 'cli.js'));
	expect(isBuildCurrent(root)).toBe(false);

	writeFileSync(path.join(root, 'cli.js'), 'built');
	rmSync(path.join(root, 'source.ts'));
	expect(isBuildCurrent(root)).toBe(false);
});
