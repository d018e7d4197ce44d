/** One sitting of the program on a simulated host: as `run --yes` does it, from opening the state to its last word. */

// Before the journal: see there.
import './disk/node-fs.js';
import { newState } from '../../src/commands/new-state.js';
import type { Failpoint } from '../../src/engine/failpoints.js';
import { updateNotice } from '../../src/engine/notice.js';
import { run } from '../../src/engine/run.js';
import type { RunEvent, RunOutcome } from '../../src/engine/run-event.js';
import { Session } from '../../src/engine/session.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { createSimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { openEventLog } from '../../src/journal/event-log.js';
import { type Journal, openJournal } from '../../src/journal/state.js';
import { steps } from '../../steps/index.js';
import { type RunState, runStateSchemaVersion } from '../../steps/run-state.js';
import type { Answer, Question, Step } from '../../steps/step.js';
import { validateRunState } from '../../steps/validate-run-state.js';
import { LossyDisk } from './disk/lossy-disk.js';
import { mountDisk } from './disk/node-fs.js';
import { journalDirectory, logDirectory, stateDirectory, type World } from './world.js';

/** What a state on the disk may be: the last one whose write has returned, or the one whose write has begun. */
interface Acknowledged {
	readonly written: RunState | undefined;
	readonly begun: RunState | undefined;
}

/** The world while the program is at work, for whoever looks over its shoulder. */
export interface Moment extends Acknowledged {
	readonly phase: 'before' | 'after';
	readonly what: string;
	readonly world: World;
}

export interface SittingOptions {
	/** At every operation of the host and every call that changes the journal's disk. */
	readonly onMoment?: (look: () => Moment) => void;
	readonly onEvent?: (event: RunEvent, look: () => Moment) => 'leave' | undefined;
	readonly answer?: (question: Question) => Answer['value'] | undefined;
	readonly steps?: readonly [Step, ...Step[]];
	/** `die`: the program ends there, and nothing that it would still do happens. */
	readonly onFailpoint?: (name: Failpoint) => 'die' | undefined;
}

export interface Sat {
	/** Undefined: `onEvent` left, or it died. */
	readonly outcome: RunOutcome | undefined;
	readonly world: World;
	readonly state: RunState;
}

export function openStateOf(access: 'read' | 'write'): Journal<RunState> {
	return openJournal<RunState>({
		directory: journalDirectory,
		schemaVersion: runStateSchemaVersion,
		validate: validateRunState,
		access,
		allowVolatile: true,
	});
}

/** Yes to everything, the suggested choice, and the reboot at once. */
function agreeToAll(question: Question): Answer['value'] | undefined {
	if (question.id === 'reboot.when') return 'now';
	return question.kind === 'confirm' ? true : question.suggested;
}

/** The program ended at a failpoint. What its clean-up does afterwards happens to a world that nobody looks at. */
class Died extends Error {
	readonly moment: Moment;

	constructor(moment: Moment) {
		super('The program died.');
		this.moment = moment;
	}
}

/** Throws what the program throws: a state that is refused, a bug. A machine that is down boots first. */
export async function sit(world: World, options: SittingOptions = {}): Promise<Sat> {
	const disk = new LossyDisk(world.disk);
	const store = createMemoryStore(world.machine);
	let known: Acknowledged = { written: undefined, begun: undefined };
	let moment: Pick<Moment, 'phase' | 'what'> = { phase: 'after', what: 'nothing yet' };
	const look = (): Moment => ({
		...known,
		...moment,
		world: { machine: store.load() ?? world.machine, disk: disk.image() },
	});
	const note = (phase: Moment['phase'], what: string) => {
		moment = { phase, what };
		options.onMoment?.(look);
	};
	mountDisk(disk, note);
	const host = createSimulatedHost({
		directory: '',
		store,
		onOperation: (_index, kind, phase, what) => note(phase, `${kind}: ${what}`),
	});
	const journal = openStateOf('write');
	const recorded = journal.read();
	known = { written: recorded, begun: recorded };
	const resumed = recorded !== undefined && recorded.endedAt === null;
	const runOptions = { pools: [], ignoredChecks: [] };
	const state = resumed ? recorded : await newState({ host }, runOptions);
	const log = openEventLog({ directory: logDirectory });
	const session = new Session({
		host,
		steps: options.steps ?? steps,
		options: runOptions,
		store: {
			read: () => journal.read(),
			write: async (next) => {
				known = { ...known, begun: next };
				await journal.write(next);
				known = { written: next, begun: next };
			},
		},
		log: { append: (entry, durable) => log.append({ run: state.id, ...entry }, durable) },
		stateDirectory,
		state,
		leave: new AbortController().signal,
		failpoint: (name) => {
			if (options.onFailpoint?.(name) === 'die') throw new Died(look());
		},
	});
	let outcome: RunOutcome | undefined;
	try {
		outcome = await play(session, resumed, options, look);
	} catch (error) {
		if (!(error instanceof Died)) throw error;
		return { outcome: undefined, world: error.moment.world, state: session.state };
	}
	if (outcome !== undefined) {
		await updateNotice(
			host,
			session.state.steps.check.status === 'done' ? session.state : undefined,
			session.ownCommands,
		);
	}
	log.close();
	return { outcome, world: look().world, state: session.state };
}

async function play(
	session: Session,
	resumed: boolean,
	{ onEvent, answer = agreeToAll }: SittingOptions,
	look: () => Moment,
): Promise<RunOutcome | undefined> {
	const events = run(session, { resumed });
	let given: Answer | undefined;
	for (;;) {
		const next = await events.next(given);
		given = undefined;
		if (next.done === true) return next.value;
		if (onEvent?.(next.value, look) === 'leave') return undefined;
		if (next.value.type !== 'step-event' || next.value.event.type !== 'question') continue;
		const { question } = next.value.event;
		const value = answer(question);
		if (value !== undefined) given = { questionId: question.id, value, by: 'yes-flag' };
	}
}
