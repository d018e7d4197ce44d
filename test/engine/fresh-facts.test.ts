import { expect, it, vi } from 'vitest';
import type { HostFacts } from '../../src/facts/host-facts.js';
import type { Step } from '../../steps/step.js';
import { change, memoryStore, play, RecordingHost, sevenSteps } from './fake-run.js';

const collected = vi.hoisted(() => ({ times: 0 }));
vi.mock('../../src/facts/collect.js', () => ({
	collectFacts: async (host: { now: () => number }) => {
		collected.times += 1;
		return { takenAt: host.now() } as HostFacts;
	},
}));

const looking: Partial<Step> = {
	run: async function* (context) {
		await context.facts();
		return { kind: 'done', evidence: 'looked' };
	},
};
const changing: Partial<Step> = {
	run: async function* (context) {
		await context.facts();
		const command = change('module.build');
		yield* context.ask({ id: 'approve', kind: 'confirm', title: 'Build?', body: [], commands: [command] });
		yield* context.execute(command);
		return { kind: 'done', evidence: 'built' };
	},
};

it('reads the host again after a step that changed it, and not after one that only looked', async () => {
	collected.times = 0;
	const steps = sevenSteps({ backup: looking, module: changing, reboot: looking, verify: looking });
	await play({ host: new RecordingHost(), steps, store: memoryStore(), answer: () => true });
	expect(collected.times).toBe(2);
});

it('reads the host again when a question has let the facts grow old', async () => {
	collected.times = 0;
	const host = new RecordingHost();
	const waiting: Partial<Step> = {
		run: async function* (context) {
			await context.facts();
			host.clock += 3600;
			return { kind: 'done', evidence: 'answered after an hour' };
		},
	};
	await play({ host, steps: sevenSteps({ backup: waiting, module: looking }), store: memoryStore() });
	expect(collected.times).toBe(2);
});
