import type { Finding } from '../src/checks/finding.js';
import type { HostFacts } from '../src/facts/host-facts.js';
import type { Host, PipelineResult } from '../src/host/host.js';
import type { OwnCommands } from '../src/plan/own-commands.js';
import type { PlannedCommand } from '../src/plan/planned-command.js';
import type { UpgradePlan } from '../src/plan/upgrade-plan.js';
import type { Evidence, RunState } from './run-state.js';

/** The seven, in order. */
export const stepIds = ['check', 'backup', 'module', 'reboot', 'verify', 'userspace', 'smoke-test'] as const;
export type StepId = (typeof stepIds)[number];

/** What the *host* says about a step; the state file is never believed without it. */
export interface Probe {
	readonly state: 'todo' | 'partial' | 'done';
	/** What was looked at and what it said, in one line. */
	readonly evidence: string;
}

export interface Choice {
	readonly value: string;
	readonly label: string;
	/** What choosing it means. */
	readonly hint: string;
}

interface QuestionBase {
	/** Stable, `step.name`: the key in an answers file. */
	readonly id: string;
	readonly title: string;
	/** Lines of explanation: what will happen, why, how long. */
	readonly body: readonly string[];
}

/** Something only the administrator can decide. */
export type Question =
	| (QuestionBase & {
			/** `--yes` answers yes. */
			readonly kind: 'confirm';
			/** The exact commands that a yes approves. */
			readonly commands: readonly PlannedCommand[];
			/** Where a slip would hurt, the word to type (`reboot`). */
			readonly typeWord?: string;
	  })
	| (QuestionBase & {
			/** `--yes` takes `suggested`. */
			readonly kind: 'choose';
			readonly choices: readonly [Choice, ...Choice[]];
			readonly suggested: string;
	  })
	| (QuestionBase & {
			/** `--yes` takes `suggested`. */
			readonly kind: 'choose-many';
			readonly choices: readonly Choice[];
			readonly suggested: readonly string[];
	  })
	| (QuestionBase & {
			/** `--yes` takes `suggested`. */
			readonly kind: 'text';
			readonly suggested: string;
			/** What is wrong with the text, or undefined when it will do. */
			readonly problem: (text: string) => string | undefined;
	  });

export interface Answer {
	readonly questionId: string;
	readonly value: boolean | string | readonly string[];
	readonly by: 'administrator' | 'yes-flag' | 'answers-file';
}

/** What a running step tells whoever watches. Plain data: a screen, a log and a test read the same stream. */
export type StepEvent =
	| { readonly type: 'log'; readonly level: 'info' | 'warning'; readonly text: string }
	| {
			readonly type: 'progress';
			/** One bar per id; a later event of the same id replaces it. */
			readonly id: string;
			readonly label: string;
			/** In `unit`; `total` is absent while it is unknown. */
			readonly done: number;
			readonly total?: number;
			readonly unit: 'bytes' | 'items' | 'percent';
			readonly bytesPerSecond?: number;
			readonly secondsLeft?: number;
			/** What it is at, e.g. `configure`, `compiling (120 of about 290 objects)`. */
			readonly stage?: string;
	  }
	| { readonly type: 'facts'; readonly facts: HostFacts }
	| { readonly type: 'finding'; readonly finding: Finding }
	| { readonly type: 'question'; readonly question: Question }
	| { readonly type: 'command-started'; readonly command: PlannedCommand; readonly reattached: boolean }
	| {
			readonly type: 'output';
			readonly commandId: string;
			readonly stream: 'stdout' | 'stderr';
			/** Control characters stripped. */
			readonly line: string;
	  }
	| { readonly type: 'command-ended'; readonly command: PlannedCommand; readonly result: PipelineResult };

/** A fault that an administrator can act on: what happened, why it matters, what to do. */
export interface Failure {
	readonly what: string;
	readonly why: string;
	readonly todo: readonly string[];
	/** Decisive lines of a log, if any (stripped). */
	readonly lines?: readonly string[];
}

export type StepOutcome =
	| { readonly kind: 'done'; readonly evidence: string }
	| { readonly kind: 'skipped'; readonly why: string }
	/** The run stops here in good order and goes on when the reason is gone. */
	| { readonly kind: 'waiting'; readonly waitingFor: 'reboot' | 'administrator'; readonly text: string }
	| { readonly kind: 'blocked'; readonly findings: readonly Finding[] }
	| { readonly kind: 'nothing-to-do'; readonly text: string }
	/** Another package manager is at work; nothing was begun (exit code 75). */
	| { readonly kind: 'busy'; readonly text: string }
	| { readonly kind: 'failed'; readonly failure: Failure; readonly rollbackNeeded: boolean };

/** A step's conversation: it yields events and is answered at each question. */
export type StepRun<Result> = AsyncGenerator<StepEvent, Result, Answer | undefined>;

/**
 * `now`: for the host as it is. `ahead`: for a file that is written before the step acts and read after it was
 * interrupted: it undoes whatever the step may do, and finds nothing to undo where that was not done.
 */
export type RollbackTime = 'now' | 'ahead';

/** One stage of the way back, complete: shown, saved to a file and run by `rollback --run`. */
export interface RollbackStage {
	readonly title: string;
	/** Steps whose effect is gone once it was carried out; the first one's name is shown while it runs. */
	readonly undoes: readonly [StepId, ...StepId[]];
	readonly why: string;
	readonly commands: readonly PlannedCommand[];
	/** Ids of commands that are followed by the next one also when they fail. */
	readonly mayFail?: readonly string[];
	/** A reboot must follow before the next stage. */
	readonly rebootAfter: boolean;
	/** What no command does: console advice, what is lost. */
	readonly notes: readonly string[];
}

/** What a step may use. */
export interface StepContext {
	readonly host: Host;
	readonly options: RunOptions;
	/** What to type for this program; a text that names a command of ours takes it from here. */
	readonly ownCommands: OwnCommands;
	/** The run as recorded so far; a new object after each `record`. */
	state(): RunState;
	/** The host's facts, read once and kept until `refresh`. */
	facts(): Promise<HostFacts>;
	/** Forgets the facts after the host was changed. */
	refresh(): void;
	/** Route and target as step 1 adopted them. Throws before that. */
	plan(): UpgradePlan;
	/** Step 1 only: fixes route, target and pools for the rest of the run. */
	adopt(plan: UpgradePlan, pools: readonly string[], from: RunState['from']): Promise<void>;
	/** Merges evidence into the state and syncs it to disk before it returns. */
	record(evidence: Partial<Evidence>): Promise<void>;
	/**
	 * Runs a planned command: intent to the journal, run, outcome to the journal, with its output as events.
	 * Throws `UnapprovedCommandError` when it changes the host and no yes for it is recorded.
	 */
	execute(command: PlannedCommand): StepRun<PipelineResult>;
	/** Whether an earlier sitting began the command and its result is known now: `execute` gives that, and runs nothing. */
	hasResult(command: PlannedCommand): boolean;
	/** Asks, journals the answer and, for a `confirm`, records the yes for each of its commands. */
	ask(question: Question): StepRun<Answer>;
	/** A folder of this run for copies and inventories, below the state folder. */
	readonly runDirectory: string;
}

/** What the command line asked for. */
export interface RunOptions {
	/** `--target`: an OpenZFS version as the administrator wrote it. */
	readonly target?: string;
	/** `--pool`, may repeat; empty means all imported pools. */
	readonly pools: readonly string[];
	readonly ignoredChecks: readonly string[];
	/** `--until`: the last step to run. */
	readonly until?: StepId;
}

export interface Step {
	readonly id: StepId;
	/** A short noun phrase for the list of seven. */
	readonly title: string;
	/** What it will do, in the administrator's words; two or three lines. */
	readonly purpose: string;
	/** The exact commands that `run` will run as far as they are known beforehand. Reads only. */
	plan(context: StepContext): Promise<readonly PlannedCommand[]>;
	/** Asks the host, never the state file alone. Reads only. */
	probe(context: StepContext): Promise<Probe>;
	run(context: StepContext): StepRun<StepOutcome>;
	/** The way back from exactly here; empty when this step left nothing to undo. */
	rollback(context: StepContext, when?: RollbackTime): Promise<readonly RollbackStage[]>;
	/**
	 * Whether an interruption of this step, once it was begun, left the host so that the steps before it cannot be
	 * judged: half a package transaction, for instance. It is then brought to its end before anything else.
	 */
	isInterrupted?(context: StepContext): Promise<boolean>;
}
