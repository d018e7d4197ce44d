/** What the folder of a demonstration shows after an interruption, by the promises that every campaign judges by. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import type { Machine } from '../../../src/host/simulated/machine.js';
import { createFileStore } from '../../../src/host/simulated/machine-store.js';
import { buildScenario } from '../../../src/host/simulated/scenarios.js';
import { textOf } from '../../../src/host/simulated/tree.js';
import { readEventLog } from '../../../src/journal/read-event-log.js';
import { openJournal } from '../../../src/journal/state.js';
import { type RunState, runStateSchemaVersion } from '../../../steps/run-state.js';
import { validateRunState } from '../../../steps/validate-run-state.js';
import { type Canonical, canonicalMachine, canonicalState } from '../canonical.js';
import { findViolations, type Observation, type StateRead } from '../invariants/invariants.js';
import { truthOf } from '../invariants/of-machine.js';
import { runWayBack, syntaxProblem } from '../invariants/run-way-back.js';
import { booted } from '../world.js';

/** The folder of the login notice stays, empty, until the next boot clears /run. */
const loginNotices = 'file /run/motd.d';
const stateFolderOnHost = '/var/lib/zfs-lockstep';

export interface Seen {
	readonly problems: readonly string[];
	readonly state: RunState | undefined;
}

/** @param thorough carries the rollback file out as well, which takes longer */
export function judgeFolder(folder: string, scenario: string, thorough: boolean): Seen {
	const machine = createFileStore(path.join(folder, 'host')).load();
	const read = readState(folder);
	const state = read.kind === 'read' ? read.state : undefined;
	// Killed before the simulated host was made: there must be no run on it.
	if (machine === undefined) return { problems: state === undefined ? [] : ['a run without a host'], state };
	const before = booted(buildScenario(scenario, 1));
	const observation: Observation = {
		before: truthOf(before),
		now: truthOf(machine),
		read,
		reboots: machine.boots - before.boots,
		isLockFree: spawnSync('flock', ['--nonblock', path.join(folder, 'lock'), 'true']).status === 0,
		...(state?.plan == null ? {} : { rollback: lookAtWayBack(machine, state, thorough) }),
	};
	const violations = findViolations(observation)
		// In the middle of a package transaction the old module is gone and the new one not there yet.
		.filter(({ promise }) => promise !== 'b' || !isAtWork(machine))
		.map(({ promise, text }) => `${promise}: ${text}`);
	return { problems: [...violations, ...unreadableLog(folder)], state };
}

/** How a run ended, for comparison with one that nobody disturbed. */
export function endOf(folder: string): Canonical {
	const machine = createFileStore(path.join(folder, 'host')).load();
	const read = readState(folder);
	if (machine === undefined || read.kind === 'refused') return new Map([['end', 'cannot be read']]);
	const parts = [...canonicalMachine(machine)].filter(
		([name]) => !name.startsWith(`file ${stateFolderOnHost}/`) && name !== loginNotices,
	);
	return new Map([...parts, ...canonicalState(read.state)]);
}

function readState(folder: string): StateRead {
	try {
		const journal = openJournal<RunState>({
			directory: path.join(folder, 'state'),
			schemaVersion: runStateSchemaVersion,
			validate: validateRunState,
			access: 'read',
			allowVolatile: true,
		});
		return { kind: 'read', state: journal.read() };
	} catch (error) {
		return { kind: 'refused', message: error instanceof Error ? error.message : String(error) };
	}
}

function lookAtWayBack(machine: Machine, { id }: RunState, thorough: boolean): NonNullable<Observation['rollback']> {
	const text = textOf(machine, `${stateFolderOnHost}/runs/${id}/ROLLBACK.txt`);
	const syntax = text === undefined ? undefined : syntaxProblem(text);
	if (text === undefined || syntax !== undefined) return { text, problems: syntax === undefined ? [] : [syntax] };
	if (!thorough || isAtWork(machine)) return { text, problems: [] };
	// Scratch data is recorded before it is made and forgotten after it is removed: it may not be there.
	const isNothingToRemove = (problem: string) => /\.smoke" fails: .* dataset does not exist$/.test(problem);
	return { text, problems: runWayBack(machine, text).problems.filter((problem) => !isNothingToRemove(problem)) };
}

function isAtWork({ jobs }: Machine): boolean {
	return Object.values(jobs).some(({ state }) => state === 'running');
}

/** Each line is an entry, or the torn end of one whose writer was killed. */
function unreadableLog(folder: string): readonly string[] {
	try {
		for (const _ of readEventLog(path.join(folder, 'log')));
		return [];
	} catch (error) {
		return [`the log cannot be read: ${error instanceof Error ? error.message : error}`];
	}
}
