import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunState } from '../../steps/run-state.js';
import { makeStateFolder, runProgram } from '../e2e/program.js';
import { damage, readBack, readDamaged } from './damaged-state.js';

const { folder, remove } = makeStateFolder();
afterAll(remove);
let recorded: RunState;
beforeAll(async () => {
	await runProgram(['demo', '--scenario', 'held-jobs', '--yes', '--until', 'verify', '--state-dir', folder]);
	const document = JSON.parse(readFileSync(path.join(folder, 'state/state.json'), 'utf8')) as { state: RunState };
	recorded = document.state;
}, 60_000);

describe('a state file with a right checksum and a wrong value somewhere', () => {
	it('is refused, or is a state that every command can live with', async () => {
		let accepted = 0;
		await fc.assert(
			fc.asyncProperty(damage, async (one) => {
				if ((await readDamaged(recorded, one)) === 'accepted') accepted += 1;
			}),
			{ numRuns: 400 },
		);
		// Texts may hold any text; the rest is refused.
		expect(accepted).toBeGreaterThan(0);
	});

	it('is read when nothing was changed', () => {
		expect(readBack(recorded)).toEqual(recorded);
	});
});
