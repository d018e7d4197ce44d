import { describe, expect, test } from 'vitest';
import { readSimulation } from '../../../src/packages/apt/simulation.js';
import { advanceProgress, beginProgress } from '../../../src/packages/apt/transaction-progress.js';
import { loadRecording } from '../../fixtures/load.js';

describe.each(['apt-2.6.2', 'apt-3.0.3'])('progress of a real transaction with %s', (folder) => {
	const { stdout, stderr } = loadRecording(`packages/${folder}/simulate-forward-files.txt`);
	const simulation = readSimulation({ code: 0, stdout, stderr });
	const lines = loadRecording(`packages/${folder}/transaction-files.txt`).stdout.split('\n');

	test('reaches exactly what the simulation announced', () => {
		if (simulation.kind === 'impossible') throw new Error('expected a possible transaction');
		const end = lines.reduce(advanceProgress, beginProgress(simulation.transaction));
		expect(end.done).toBe(end.total);
		expect(end.total).toBeGreaterThan(20);
	});

	test('never goes back and never passes its end', () => {
		if (simulation.kind === 'impossible') throw new Error('expected a possible transaction');
		let progress = beginProgress(simulation.transaction);
		for (const line of [...lines, ...lines]) {
			const next = advanceProgress(progress, line);
			expect(next.done).toBeGreaterThanOrEqual(progress.done);
			expect(next.done).toBeLessThanOrEqual(next.total);
			progress = next;
		}
	});
});

test('waiting for a lock is said, safe to show', () => {
	const idle = { done: 0, total: 4, stage: 'preparing' };
	const line = 'Waiting for cache lock: Could not get lock. It is held by process 53 (\u001b[31mpython3)...';
	expect(advanceProgress(idle, line)).toEqual({
		...idle,
		stage: 'Waiting for cache lock: Could not get lock. It is held by process 53 (python3)...',
	});
	expect(advanceProgress(idle, 'Module zfs-2.1.11 for kernel 6.1.0')).toBe(idle);
});
