import type { Evidence, RunState } from '../../steps/run-state.js';
import type { Answer, Question, RunOptions, Step, StepContext, StepId, StepRun } from '../../steps/step.js';
import type { HostFacts } from '../facts/host-facts.js';
import { type RememberedHost, rememberReadings, trustedSeconds } from '../facts/remember-readings.js';
import type { Host, PipelineResult } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';
import { type OwnCommands, ownCommands } from '../plan/own-commands.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import { AnswerNeededError, UnapprovedCommandError } from './errors.js';
import { execute } from './execute.js';
import type { Failpoint } from './failpoints.js';
import { reduceRun, type Transition } from './transitions.js';

/** Keeps the state through a reboot. `write` returns when the state is on the disk and was read back. */
export interface StateStore {
	read(): RunState | undefined;
	write(state: RunState): Promise<void>;
}

/** The audit trail. A durable entry is on the disk when `append` returns. */
export interface EventLog {
	append(entry: Readonly<Record<string, unknown>>, options?: { readonly durable?: boolean }): void;
}

export interface SessionParts {
	readonly host: Host;
	/** The seven, in order. */
	readonly steps: readonly [Step, ...Step[]];
	readonly options: RunOptions;
	readonly store: StateStore;
	readonly log: EventLog;
	/** State folder as the host sees it; each run has a folder of its own below `runs/`. */
	readonly stateDirectory: string;
	/** The state to begin or to go on with. */
	readonly state: RunState;
	/** Aborts when the administrator leaves: detached work goes on, nothing new begins. */
	readonly leave: AbortSignal;
	readonly ownCommands?: OwnCommands;
	/** Called at every failpoint; on a real host nobody gives one. */
	readonly failpoint?: ((name: Failpoint) => void) | undefined;
}

/** One sitting with a run: its state, kept in step with the disk, and the context that the steps see. */
export class Session {
	readonly host: Host;
	readonly steps: readonly [Step, ...Step[]];
	readonly log: EventLog;
	readonly leave: AbortSignal;
	readonly ownCommands: OwnCommands;
	readonly context: StepContext;
	/** Results of commands that an earlier sitting began, until the step asks for them. */
	readonly collected = new Map<string, PipelineResult>();
	readonly #store: StateStore;
	readonly #remembered: RememberedHost;
	readonly #failpoint: (name: Failpoint) => void;
	/** The step that is at work. */
	#inside: StepId | undefined;
	#state: RunState;
	#facts: Promise<HostFacts> | undefined;
	/** A command has changed the host since the facts were read. */
	#isHostChanged = false;

	constructor(parts: SessionParts) {
		this.#remembered = rememberReadings(parts.host, parts.stateDirectory);
		this.host = this.#remembered.host;
		this.steps = parts.steps;
		this.log = parts.log;
		this.leave = parts.leave;
		this.ownCommands = parts.ownCommands ?? ownCommands();
		this.#store = parts.store;
		this.#failpoint = parts.failpoint ?? (() => {});
		this.#state = parts.state;
		this.context = {
			host: this.host,
			options: parts.options,
			ownCommands: this.ownCommands,
			runDirectory: `${parts.stateDirectory}/runs/${parts.state.id}`,
			state: () => this.#state,
			facts: () => {
				this.#passBody();
				return this.#collect();
			},
			refresh: () => {
				this.#remembered.forget();
				this.#facts = undefined;
			},
			plan: () => {
				if (this.#state.plan === null) {
					throw new Error('A step asked for the plan before step 1 adopted one.');
				}
				return this.#state.plan;
			},
			adopt: async (plan, pools, from) => this.apply({ type: 'plan-adopted', plan, pools, from }),
			record: async (evidence: Partial<Evidence>) => {
				this.#passBody();
				await this.apply({ type: 'evidence', evidence });
			},
			execute: (command) => this.#execute(command),
			hasResult: ({ id }) => this.collected.has(id),
			ask: (question) => this.#ask(question),
		};
	}

	get state(): RunState {
		return this.#state;
	}

	/** What the host is asked just now, as it would be typed: a slow host shows what is waited for. */
	reading(): string | undefined {
		const command = this.#remembered.reading();
		return command === undefined ? undefined : quoteForDisplay(command.argv);
	}

	/**
	 * Changes the state and syncs it. Until step 1 is done nothing of the host was changed, so nothing is written:
	 * a run that is blocked or has nothing to do leaves no trace.
	 */
	async apply(transition: Transition): Promise<void> {
		this.#failpoint(`record.${transition.type}.before`);
		this.#state = reduceRun(this.#state, transition);
		if (this.#state.steps.check.status === 'done') {
			await this.#store.write(this.#state);
		}
		this.#failpoint(`record.${transition.type}.after`);
	}

	/** A step begins to act, or has ended and its end is to be recorded. */
	passStep(step: StepId, moment: 'enter' | 'leave'): void {
		this.#inside = moment === 'enter' ? step : undefined;
		this.#failpoint(`step.${step}.${moment}`);
	}

	/** A command that changes the host lives on. */
	passCommand(moment: 'intended' | 'started' | 'ended' | 'settled'): void {
		if (this.#inside !== undefined) this.#failpoint(`command.${this.#inside}.${moment}`);
	}

	#passBody(): void {
		if (this.#inside !== undefined) this.#failpoint(`step.${this.#inside}.body`);
	}

	/** A command changes the host, or has just done so: nothing that was read before counts. */
	noteChange(): void {
		this.#isHostChanged = true;
		this.#remembered.forget();
	}

	/** After a step: what it changed is read again, and what a question let grow old. Reading takes up to a minute. */
	async forgetStaleFacts(): Promise<void> {
		const facts = await this.#facts?.catch(() => undefined);
		const isOld = facts !== undefined && this.host.now() - facts.takenAt > trustedSeconds;
		if (this.#isHostChanged || isOld) this.#facts = undefined;
	}

	#collect(): Promise<HostFacts> {
		if (this.#facts === undefined) {
			this.#isHostChanged = false;
			// Loaded when the screen is there: the first frame needs none of it.
			this.#facts = import('../facts/collect.js').then(({ collectFacts }) => collectFacts(this.host));
		}
		return this.#facts;
	}

	async *#execute(command: PlannedCommand): StepRun<PipelineResult> {
		this.#passBody();
		if (command.effect !== 'nothing' && !this.#state.approved.includes(command.id)) {
			throw new UnapprovedCommandError(command);
		}
		return yield* execute(this, command);
	}

	async *#ask(question: Question): StepRun<Answer> {
		this.#passBody();
		const answer = yield { type: 'question', question };
		if (answer === undefined || answer.questionId !== question.id) {
			throw new AnswerNeededError(question);
		}
		this.log.append(
			{ type: 'answer', question: question.id, title: question.title, value: answer.value, by: answer.by },
			{ durable: true },
		);
		if (question.kind === 'confirm' && answer.value === true && question.commands.length > 0) {
			await this.apply({ type: 'commands-approved', ids: question.commands.map((command) => command.id) });
		}
		return answer;
	}
}
