import type { StepEvent, StepId } from '../../steps/step.js';
import type { Finding } from '../checks/finding.js';
import type { RunEvent } from '../engine/run-event.js';
import { currentStep } from '../engine/status.js';
import type { PipelineResult } from '../host/host.js';
import { shellText } from '../plan/shell-text.js';
import { openQuestion } from './asking.js';
import { appendEntry, type FeedEntry } from './feed.js';
import { cleanText } from './text/clean.js';
import { endingText } from './text/ending.js';
import type { Progress } from './text/progress.js';
import { formatDuration, formatTime } from './text/quantities.js';
import { severityTones, worstFirst } from './text/severity.js';
import type { Bar, View } from './view.js';

/** What the run says, taken into the view. */
export function reduceEvent(view: View, event: RunEvent): View {
	switch (event.type) {
		case 'run': {
			const isFirst = view.run === undefined;
			const next = { ...view, run: event.state, steps: event.state.steps };
			if (!isFirst) {
				return next;
			}
			const step = currentStep(event.state) ?? view.step;
			const began = `Going on with run ${event.state.id}, begun ${formatTime(event.state.startedAt)}.`;
			return say({ ...next, step }, event.resumed ? { kind: 'message', text: began, tone: 'plain' } : undefined);
		}
		case 'step':
			return reduceStep(view, event);
		case 'rollback':
			return { ...view, rollback: event.stages };
		case 'step-event':
			return reduceStepEvent(view.step === event.step ? view : enterStep(view, event.step), event.event);
	}
}

function say(view: View, entry: FeedEntry | undefined): View {
	return entry === undefined
		? view
		: { ...view, feed: appendEntry(view.feed, { ...entry, text: cleanText(entry.text) }) };
}

function enterStep(view: View, step: StepId): View {
	return { ...view, step, stepSince: view.now, stepFirstLine: view.feed.total, command: undefined, bars: [] };
}

function reduceStep(view: View, event: Extract<RunEvent, { type: 'step' }>): View {
	const steps = { ...view.steps, [event.id]: event.state };
	if (event.state.status !== 'running') {
		return { ...view, steps, command: undefined, bars: [] };
	}
	const title = view.about.steps.find(({ id }) => id === event.id)?.title ?? event.id;
	return enterStep(say({ ...view, steps }, { kind: 'step', text: title, tone: 'strong' }), event.id);
}

function reduceStepEvent(view: View, event: StepEvent): View {
	switch (event.type) {
		case 'log':
			return say(view, { kind: 'message', text: event.text, tone: event.level === 'warning' ? 'warning' : 'plain' });
		case 'output':
			return say(view, { kind: 'output', text: event.line, tone: 'plain' });
		case 'facts':
			return { ...view, facts: event.facts };
		case 'finding':
			return addFinding(view, event.finding);
		case 'progress':
			return { ...view, bars: updateBars(view.bars, event, view.now) };
		case 'question':
			return { ...view, asking: openQuestion(event.question, view.now), reply: undefined };
		case 'command-started': {
			const text = shellText(event.command.work);
			const next = say(view, { kind: 'command', text, tone: 'strong' });
			return {
				...next,
				bars: view.bars.filter((bar) => !bar.stale),
				command: {
					command: event.command,
					reattached: event.reattached,
					since: view.now,
					firstLine: next.feed.total,
				},
			};
		}
		case 'command-ended': {
			const next = { ...view, command: undefined, bars: view.bars.map((bar) => ({ ...bar, stale: true })) };
			return say(next, resultEntry(event.result));
		}
	}
}

function addFinding(view: View, finding: Finding): View {
	const others = view.findings.filter((each) => each.id !== finding.id);
	return say(
		{ ...view, findings: worstFirst([...others, finding]) },
		{ kind: 'finding', severity: finding.severity, text: finding.title, tone: severityTones[finding.severity] },
	);
}

function updateBars(bars: readonly Bar[], progress: Progress, now: number): readonly Bar[] {
	const known = bars.find((bar) => bar.progress.id === progress.id);
	const bar: Bar = { progress, since: known?.since ?? now, stale: false };
	return known === undefined ? [...bars, bar] : bars.map((each) => (each === known ? bar : each));
}

/** How each process of a pipeline ended, in words; nothing is judged here. */
function resultEntry(result: PipelineResult): FeedEntry {
	const endings = result.results.map(endingText);
	const isGood = endings.every((text) => text === 'exit 0');
	return {
		kind: 'result',
		text: `${endings.join(', ')} after ${formatDuration(result.seconds)}`,
		tone: isGood ? 'faint' : 'warning',
	};
}
