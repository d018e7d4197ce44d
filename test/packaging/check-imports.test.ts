import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const script = path.resolve('packaging/check-imports.mjs');
let root: string;

beforeEach(() => {
	root = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-imports-'));
});

afterEach(() => {
	rmSync(root, { recursive: true });
});

/** Checks a project of these files; gives the faults, one a line. */
function check(files: Record<string, string>): string {
	for (const [file, text] of Object.entries(files)) {
		mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
		writeFileSync(path.join(root, file), text);
	}
	const { stdout, status } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
	expect(status).toBe(stdout === '' ? 0 : 1);
	return stdout;
}

describe('the direction of imports', () => {
	it('may go down the layers', () => {
		const faults = check({
			'src/host/run.ts': "import { execa } from 'execa';\nexport const run = execa;",
			'src/zfs/list.ts': "import { run } from '../host/run.js';\nexport { run };",
			'src/knowledge/releases.ts': 'export const releases = [];',
			'steps/check.ts': "export { run } from '../src/zfs/list.js';\nimport '../src/knowledge/releases.js';",
		});
		expect(faults).toBe('');
	});

	it.each([
		['up, even for a type', 'src/zfs/list.ts', "import type { Finding } from '../checks/finding.js';"],
		['up by a re-export', 'src/zfs/list.ts', "export * from '../checks/finding.js';"],
		['up by a lazy import', 'src/zfs/list.ts', "export const load = () => import('../checks/finding.js');"],
		['from the data to anything', 'src/knowledge/list.ts', "import 'yaml';"],
		['to a screen library below the screens', 'steps/list.ts', "import { Box } from 'ink';"],
		['to child processes outside the host door', 'src/engine/list.ts', "import 'node:child_process';"],
		['to conf outside the journal', 'src/engine/list.ts', "import 'conf';"],
		['to the tests', 'src/host/list.ts', "import '../../test/fixtures/load.js';"],
	])('may not go %s', (_, file, text) => {
		expect(check({ [file]: text, 'src/checks/finding.ts': 'export type Finding = string;' })).toContain(
			`${file} imports `,
		);
	});

	it('may not go in a circle at run time', () => {
		const faults = check({
			'src/zfs/a.ts': "import { b } from './b.js';\nexport const a = () => b;",
			'src/zfs/b.ts': "import { a } from './a.js';\nexport const b = () => a;",
		});
		expect(faults).toBe('imports in a circle: src/zfs/a.ts -> src/zfs/b.ts -> src/zfs/a.ts\n');
	});

	it('wants every file in a known layer', () => {
		expect(check({ 'src/utils/text.ts': '' })).toContain('belongs to no layer');
	});
});
