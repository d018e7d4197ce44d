/** Whether a command that died is told from one that ran and had nothing to say. */
import { isDeepStrictEqual } from 'node:util';
import { collectFacts } from '../../src/facts/collect.js';
import { guarded } from '../../src/facts/read-text.js';
import type { Host } from '../../src/host/host.js';
import { readShareTable } from '../../src/inventory/shares.js';
import { readUnitTable } from '../../src/inventory/units.js';
import { findJobs } from '../../src/jobs/find-jobs.js';
import { readInterruption } from '../../src/packages/apt/interruption.js';
import { readLockHolder } from '../../src/packages/apt/locks.js';
import { examine } from '../../steps/examine.js';
import { simulatedHost } from './examination.js';
import { type Lie, lyingHost, questionsTo } from './hostile-host.js';

/** Everything that is made of a host before anything is done to it. */
async function learn(host: Host): Promise<unknown> {
	const facts = await collectFacts(host);
	const examined = await examine(host, facts, { pools: [], ignoredChecks: [] });
	const jobs = await findJobs(host);
	const others: unknown[] = [];
	for (const read of [readInterruption, readLockHolder, readUnitTable, readShareTable]) {
		others.push(await guarded<unknown>(read.name, () => read(host)));
	}
	return { facts, examined, jobs, others };
}

export interface DeadCommands {
	/** Commands whose answer makes a difference. */
	readonly commands: number;
	/** Of those, the ones whose death is taken for an empty answer. */
	readonly mistaken: readonly string[];
}

/** No exit code could mean "there is none" where the command was killed; 2 is nobody's way to say it. */
const deaths: readonly NonNullable<Lie['outcome']>[] = [
	{ kind: 'signalled', signal: 'SIGSEGV' },
	{ kind: 'exited', code: 2 },
];

/** Says a word or is not to be believed, whatever it exits with. */
const answersAlways: ReadonlySet<string> = new Set(['systemd-detect-virt']);

/** Asks every question of a scenario four times: answered, answered with nothing, and twice not answered. */
export async function findMistaken(scenario: string): Promise<DeadCommands> {
	const seenWith = (lies: readonly Lie[]) => learn(lyingHost(simulatedHost(scenario), lies));
	const usual = await seenWith([]);
	const mistaken = new Set<string>();
	let commands = 0;
	for (const question of await questionsTo(simulatedHost(scenario), learn)) {
		if (question.startsWith('/') || answersAlways.has(question)) continue;
		const answer = { about: (what: string) => what === question, text: () => '' };
		const empty = await seenWith([{ ...answer, outcome: { kind: 'exited', code: 0 } }]);
		if (isDeepStrictEqual(empty, usual)) continue;
		commands += 1;
		for (const outcome of deaths) {
			if (isDeepStrictEqual(await seenWith([{ ...answer, outcome }]), empty)) mistaken.add(question);
		}
	}
	return { commands, mistaken: [...mistaken] };
}
