import type { RunState, StepState } from '../../steps/run-state.js';
import { type Answer, type RollbackStage, type StepId, stepIds } from '../../steps/step.js';
import type { Finding } from '../checks/finding.js';
import type { RunEvent, RunOutcome } from '../engine/run-event.js';
import { currentStep } from '../engine/status.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import type { About } from './about.js';
import type { Asking } from './asking.js';
import { emptyFeed, type Feed } from './feed.js';
import type { Keypress } from './keypress.js';
import type { Terminal } from './terminal.js';
import type { Progress } from './text/progress.js';
import { reduceEvent } from './view-events.js';
import { reduceKey, reducePaste } from './view-keys.js';
import { keepPlace } from './view-place.js';

/** A page laid over the run. `top` is its first visible row. */
export type Panel =
	| { readonly kind: 'help'; readonly top: number }
	| { readonly kind: 'rollback'; readonly top: number }
	| { readonly kind: 'findings'; readonly selected: number; readonly top: number }
	/** `frozen` is the feed as it was when the reader scrolled up; without it the newest lines are followed. */
	| { readonly kind: 'log'; readonly frozen: Feed | undefined; readonly top: number }
	| { readonly kind: 'quit' };

/** A command at work. */
interface ShownCommand {
	readonly command: PlannedCommand;
	readonly reattached: boolean;
	/** Milliseconds of the screen's clock: the simulated host has another one. */
	readonly since: number;
	/** Lines in the feed before its first. */
	readonly firstLine: number;
}

export interface Bar {
	readonly progress: Progress;
	readonly since: number;
	/** Its command has ended: it goes when the next begins. */
	readonly stale: boolean;
}

/** Everything on the screen. Changed by `reduceView` alone; components only lay it out. */
export interface View {
	readonly about: About;
	readonly terminal: Pick<Terminal, 'colour' | 'unicode' | 'screenReader'>;
	readonly size: { readonly columns: number; readonly rows: number };
	/** Milliseconds of the screen's clock. */
	readonly now: number;
	readonly run: RunState | undefined;
	readonly steps: Readonly<Record<StepId, StepState>>;
	/** Where we are. */
	readonly step: StepId;
	readonly stepSince: number;
	/** Since when the run has said nothing, and what it reads meanwhile. */
	readonly quiet: { readonly since: number; readonly reading: string | undefined };
	/** Lines in the feed before its first. */
	readonly stepFirstLine: number;
	readonly facts: HostFacts | undefined;
	/** Worst first, one per id. */
	readonly findings: readonly Finding[];
	readonly feed: Feed;
	readonly command: ShownCommand | undefined;
	readonly bars: readonly Bar[];
	readonly rollback: readonly RollbackStage[];
	readonly asking: Asking | undefined;
	/** The answer to the last question, until the next one comes. */
	readonly reply: Answer | undefined;
	readonly panel: Panel | undefined;
	/** `quit` and `interrupted`: leaving in good order; `at-once`: not even waiting for a short command. */
	readonly leaving: 'no' | 'quit' | 'interrupted' | 'at-once';
	readonly ended: { readonly outcome: RunOutcome; readonly top: number } | undefined;
	/** The last page was read and closed. */
	readonly closed: boolean;
}

export type Action =
	| { readonly type: 'event'; readonly event: RunEvent; readonly at: number }
	| { readonly type: 'key'; readonly key: Keypress; readonly at: number }
	| { readonly type: 'paste'; readonly text: string; readonly at: number }
	| { readonly type: 'resize'; readonly columns: number; readonly rows: number }
	| { readonly type: 'tick'; readonly at: number; readonly reading: string | undefined }
	/** A signal, or the terminal is gone: nobody is there any more. */
	| { readonly type: 'leave' }
	| { readonly type: 'ended'; readonly outcome: RunOutcome; readonly at: number };

const pending: StepState = { status: 'pending' };

export function initialView(parts: Pick<View, 'about' | 'terminal' | 'size' | 'now'>): View {
	return {
		...parts,
		run: undefined,
		steps: Object.fromEntries(stepIds.map((id) => [id, pending])) as Record<StepId, StepState>,
		step: stepIds[0],
		stepSince: parts.now,
		quiet: { since: parts.now, reading: undefined },
		stepFirstLine: 0,
		facts: undefined,
		findings: [],
		feed: emptyFeed,
		command: undefined,
		bars: [],
		rollback: [],
		asking: undefined,
		reply: undefined,
		panel: undefined,
		leaving: 'no',
		ended: undefined,
		closed: false,
	};
}

/** The screen after `action`. Pure: the same actions give the same screen. */
export function reduceView(view: View, action: Action): View {
	switch (action.type) {
		case 'event':
			return reduceEvent({ ...view, now: action.at, quiet: { since: action.at, reading: undefined } }, action.event);
		case 'key':
			return reduceKey({ ...view, now: action.at }, action.key);
		case 'paste':
			return reducePaste({ ...view, now: action.at }, action.text);
		case 'resize':
			return keepPlace(view, { ...view, size: { columns: action.columns, rows: action.rows } });
		case 'tick':
			return { ...view, now: action.at, quiet: { ...view.quiet, reading: action.reading } };
		case 'leave':
			return {
				...view,
				leaving: view.leaving === 'no' ? 'interrupted' : view.leaving,
				closed: view.ended !== undefined,
			};
		case 'ended':
			return endView({ ...view, now: action.at }, action.outcome);
	}
}

/** The last page: what was open is closed, so that the outcome is seen. */
function endView(view: View, outcome: RunOutcome): View {
	return {
		...view,
		step: view.run === undefined ? view.step : (currentStep(view) ?? 'smoke-test'),
		command: undefined,
		bars: [],
		asking: undefined,
		panel: undefined,
		ended: { outcome, top: 0 },
		// Who asked to leave does not want to read another page.
		closed: view.leaving !== 'no',
	};
}
