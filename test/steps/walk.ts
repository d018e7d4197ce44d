/**
 * The seven steps on a simulated machine that lives in memory, questions answered by a table: what `run`, `rollback
 * --run` and `reset` do, without a screen and without a process of its own.
 */
import type { Finding } from '../../src/checks/finding.js';
import { rollbackText, waysBack } from '../../src/engine/rollback.js';
import { run } from '../../src/engine/run.js';
import type { Run, RunEvent, RunOutcome } from '../../src/engine/run-event.js';
import { runReset } from '../../src/engine/run-reset.js';
import { runRollback } from '../../src/engine/run-rollback.js';
import { Session, type StateStore } from '../../src/engine/session.js';
import { succeeded } from '../../src/host/host.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { createSimulatedHost, type SimulatedHost } from '../../src/host/simulated/simulated-host.js';
import type { OwnCommands } from '../../src/plan/own-commands.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { shellText } from '../../src/plan/shell-text.js';
import { steps } from '../../steps/index.js';
import { type RunState, runStateSchemaVersion } from '../../steps/run-state.js';
import { type Answer, type Probe, type Question, type RunOptions, type StepId, stepIds } from '../../steps/step.js';

/** Answers by question id; a question that is not in it is answered as `--yes` does. `undefined`: nobody answers. */
export type Answers = Readonly<Record<string, Answer['value'] | undefined>>;

/** What one sitting said and did. */
export interface Story {
	readonly events: readonly RunEvent[];
	readonly outcome: RunOutcome;
	readonly questions: readonly Question[];
	/** That were begun, in order. */
	readonly commands: readonly PlannedCommand[];
	/** Of those that change the host, as they would be typed. */
	readonly typed: readonly string[];
	readonly findings: readonly Finding[];
	readonly logs: readonly string[];
	/** Ids of commands that failed. */
	readonly failed: readonly string[];
}

export interface WalkOptions {
	readonly scenario?: string;
	readonly seed?: number;
	readonly stateDirectory?: string;
	readonly own?: OwnCommands;
}

export class Walk {
	/** May be replaced by one that lacks something. */
	host: SimulatedHost;
	/** Everything that was written to the state, oldest first. */
	readonly saved: RunState[] = [];
	/** Called when a command was begun: something happens to the machine meanwhile. */
	onCommand: ((command: PlannedCommand) => Promise<void>) | undefined;
	readonly #stateDirectory: string;
	readonly #own: OwnCommands | undefined;
	#id = '20261122-203000';

	constructor({ scenario = 'happy', seed = 1, stateDirectory = '/var/lib/zfs-lockstep', own }: WalkOptions = {}) {
		this.host = createSimulatedHost({ directory: '/nowhere', scenario, seed, store: createMemoryStore() });
		this.#stateDirectory = stateDirectory;
		this.#own = own;
	}

	get state(): RunState {
		return this.saved.at(-1) ?? this.#fresh();
	}

	get runDirectory(): string {
		return `${this.#stateDirectory}/runs/${this.#id}`;
	}

	/** A new sitting with the recorded run. */
	sit(options: Partial<RunOptions> = {}, leave = new AbortController().signal): Session {
		const store: StateStore = {
			read: () => this.saved.at(-1),
			write: async (state) => {
				this.saved.push(structuredClone(state));
			},
		};
		return new Session({
			host: this.host,
			steps,
			options: { pools: [], ignoredChecks: [], ...options },
			store,
			log: { append: () => {} },
			stateDirectory: this.#stateDirectory,
			state: { ...this.state, endedAt: null },
			leave,
			...(this.#own === undefined ? {} : { ownCommands: this.#own }),
		});
	}

	/** The seven steps from where they are. The machine that a yes rebooted boots, and its story ends there. */
	async run(answers: Answers = {}, options: Partial<RunOptions> = {}): Promise<Story> {
		return this.tell(run(this.sit(options), { resumed: this.saved.length > 0 }), answers);
	}

	/** Up to and with a step. Throws when the run stops earlier. */
	async upTo(until: StepId, answers: Answers = {}): Promise<Story> {
		const story = await this.run(answers, { until });
		if (story.outcome.exitCode !== 0) throw new Error(`${story.outcome.title}\n${story.outcome.lines.join('\n')}`);
		return story;
	}

	/** Through the reboot: the next sitting is the first in the new boot. */
	async upToReboot(answers: Answers = {}): Promise<Story> {
		const story = await this.run({ 'reboot.when': 'now', ...answers });
		if (story.outcome.exitCode !== 4) throw new Error(`${story.outcome.title}\n${story.outcome.lines.join('\n')}`);
		return story;
	}

	async rollback(answers: Answers = {}): Promise<Story> {
		return this.tell(runRollback(this.sit()), answers);
	}

	async reset(answers: Answers = {}): Promise<Story> {
		return this.tell(runReset(this.sit()), answers);
	}

	async probe(step: StepId): Promise<Probe> {
		const found = steps.find(({ id }) => id === step) ?? steps[0];
		return found.probe(this.sit().context);
	}

	/** ROLLBACK.txt as it would be now. */
	async wayBack(): Promise<string> {
		const session = this.sit();
		return rollbackText(session.context, await waysBack(session));
	}

	async reboot(): Promise<void> {
		await this.host.run({ argv: ['systemctl', 'reboot'] });
		this.host.powerOn();
	}

	/** Standard output of a command on the machine. Throws when it fails. */
	async ask(...argv: [string, ...string[]]): Promise<string> {
		const result = await this.host.run({ argv });
		if (!succeeded(result)) throw new Error(`${argv.join(' ')}: ${result.stderr}`);
		return result.stdout;
	}

	/** Walks a conversation to its end. */
	async tell(conversation: Run, answers: Answers): Promise<Story> {
		const events: RunEvent[] = [];
		let answer: Answer | undefined;
		for (;;) {
			const next = await conversation.next(answer);
			answer = undefined;
			if (next.done === true) {
				if (this.host.isDown) this.host.powerOn();
				return storyOf(events, next.value);
			}
			events.push(next.value);
			if (next.value.type === 'step-event' && next.value.event.type === 'command-started') {
				await this.onCommand?.(next.value.event.command);
			}
			if (next.value.type === 'step-event' && next.value.event.type === 'question') {
				answer = answerTo(next.value.event.question, answers);
			}
		}
	}

	#fresh(): RunState {
		const pending = stepIds.map((id) => [id, { status: 'pending' }] as const);
		return {
			schemaVersion: runStateSchemaVersion,
			tool: 'zfs-lockstep',
			id: this.#id,
			startedAt: this.host.now(),
			endedAt: null,
			host: { kind: 'simulated', hostname: 'storage1', machineId: 'machine' },
			from: { userspace: 'unknown', module: 'unknown', kernel: 'unknown' },
			plan: null,
			pools: [],
			ignoredChecks: [],
			steps: Object.fromEntries(pending) as RunState['steps'],
			approved: [],
			intent: null,
			evidence: {},
		};
	}
}

function answerTo(question: Question, answers: Answers): Answer | undefined {
	const given = question.id in answers ? answers[question.id] : byYes(question);
	return given === undefined ? undefined : { questionId: question.id, value: given, by: 'administrator' };
}

function byYes(question: Question): Answer['value'] {
	return question.kind === 'confirm' ? true : question.suggested;
}

function storyOf(events: readonly RunEvent[], outcome: RunOutcome): Story {
	const inner = events.flatMap((event) => (event.type === 'step-event' ? [event.event] : []));
	const commands = inner.flatMap((event) => (event.type === 'command-started' ? [event.command] : []));
	return {
		events,
		outcome,
		questions: inner.flatMap((event) => (event.type === 'question' ? [event.question] : [])),
		commands,
		typed: commands.filter(({ effect }) => effect !== 'nothing').map(({ work }) => shellText(work)),
		findings: inner.flatMap((event) => (event.type === 'finding' ? [event.finding] : [])),
		logs: inner.flatMap((event) => (event.type === 'log' ? [event.text] : [])),
		failed: inner.flatMap((event) =>
			event.type === 'command-ended' && !event.result.results.every(succeeded) ? [event.command.id] : [],
		),
	};
}
