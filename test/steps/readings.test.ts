import { describe, expect, it } from 'vitest';
import { run } from '../../src/engine/run.js';
import type { Run } from '../../src/engine/run-event.js';
import { collectFacts } from '../../src/facts/collect.js';
import type { Command } from '../../src/host/host.js';
import { quoteForDisplay } from '../../src/host/text.js';
import { examine } from '../../steps/examine.js';
import type { Answer } from '../../steps/step.js';
import { Walk } from './walk.js';

/** Without what is drawn at random: scratch folders. */
function typed({ argv }: Command): string {
	return quoteForDisplay(argv).replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID');
}

/** Every single command that the host is asked from now on, in a list that grows. */
function record(walk: Walk): string[] {
	const asked: string[] = [];
	const { host } = walk;
	const [runOne, streamOne] = [host.run.bind(host), host.stream.bind(host)];
	host.run = (command) => {
		asked.push(typed(command));
		return runOne(command);
	};
	host.stream = (command) => {
		asked.push(typed(command));
		return streamOne(command);
	};
	return asked;
}

async function check(walk: Walk): Promise<void> {
	await examine(walk.host, await collectFacts(walk.host), { pools: [], ignoredChecks: [] });
}

function repeated(commands: readonly string[]): readonly string[] {
	// The two initramfs are unpacked into folders of their own, which look the same here.
	return commands.filter((each, index) => !each.includes('UUID') && commands.indexOf(each) !== index);
}

describe('check', () => {
	it('asks no command twice', async () => {
		const walk = new Walk();
		const asked = record(walk);
		await check(walk);
		expect(repeated(asked)).toEqual([]);
		expect(asked.filter((each) => each.startsWith('dkms status'))).toHaveLength(1);
	});

	it('needs no more commands for many datasets and snapshots than for few', async () => {
		const [few, many] = [new Walk(), new Walk()];
		for (let index = 0; index < 40; index += 1) await many.ask('zfs', 'create', `tank/many-${index}`);
		await many.ask('zfs', 'snapshot', '-r', 'tank@many');
		const asked = [];
		for (const walk of [few, many]) {
			const commands = record(walk);
			await check(walk);
			asked.push(commands.toSorted());
		}
		expect(asked[1]).toEqual(asked[0]);
	});
});

/** A run with each command that it asks, cut wherever the host is changed: only then may it be asked again. */
async function* cutAtChanges(run: Run, asked: string[], sections: string[][]): Run {
	let answer: Answer | undefined;
	let step = 'start';
	const cut = () => sections.push([step, ...asked.splice(0)]);
	for (;;) {
		const next = await run.next(answer);
		if (next.done === true) {
			cut();
			return next.value;
		}
		const event = next.value;
		if (event.type === 'step' && event.id !== step) {
			cut();
			step = event.id;
		}
		const inner = event.type === 'step-event' ? event.event : undefined;
		if (inner?.type === 'command-started' || inner?.type === 'command-ended') {
			if (inner.command.effect !== 'nothing') cut();
		}
		answer = yield event;
	}
}

describe('a run', () => {
	it('asks no command twice in a step while nothing changes', async () => {
		const walk = new Walk();
		const asked = record(walk);
		const sections: string[][] = [];
		for (const resumed of [false, true]) {
			const sitting = run(walk.sit(), { resumed });
			await walk.tell(cutAtChanges(sitting, asked, sections), { 'reboot.when': 'now' });
		}
		expect(walk.state.endedAt).not.toBeNull();
		const faults = sections.flatMap(([step, ...commands]) => repeated(commands).map((each) => `${step}: ${each}`));
		expect(faults).toEqual([]);
		expect(sections.map(([step]) => step)).toContain('smoke-test');
	});

	it('asks DKMS for its status once before the module is built and once after it is installed', async () => {
		const walk = new Walk();
		await walk.upTo('backup');
		const asked = record(walk);
		await walk.upTo('module');
		expect(asked.filter((each) => each.startsWith('dkms status')).length).toBeLessThanOrEqual(3);
	});
});
