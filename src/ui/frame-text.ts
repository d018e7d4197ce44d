import { type StepId, stepIds } from '../../steps/step.js';
import { exitCodes } from '../engine/exit-codes.js';
import { currentStep } from '../engine/status.js';
import { banner } from './about.js';
import { marksOf } from './content.js';
import { emptyLine, type Line, line, lineWidth, paragraph, span } from './text/line.js';
import { stepStateWords, stepTones } from './text/marks.js';
import { outcomeTone } from './text/outcome.js';
import { formatDuration } from './text/quantities.js';
import { versionCells, versionList } from './text/versions.js';
import { cellWidth, shorten } from './text/width.js';
import type { Panel, View } from './view.js';

/*
 * What frames every page: header, the seven steps, heading. Pure.
 */

/** Two texts at the two ends of a row; the left one gives way. */
function spread(left: Line, right: Line, width: number): Line {
	const room = width - lineWidth(right) - 2;
	let used = 0;
	const kept = left.map((each) => {
		const text = shorten(each.text, Math.max(0, room - used), '');
		used += cellWidth(text);
		return { ...each, text };
	});
	return [...kept, span(' '.repeat(Math.max(1, width - used - lineWidth(right)))), ...right];
}

/** Host and program; on a host that is not real, that it is not, whatever else must give way. */
export function headerLine(view: View, width: number): Line {
	const { about } = view;
	const notice = banner(about);
	const program = span(` zfs-lockstep ${about.version}`, 'faint');
	const host = span(about.hostname, 'strong');
	const right = notice === '' ? [] : [span(notice, 'warning')];
	const isRoomy = cellWidth(about.hostname) + cellWidth(program.text) + cellWidth(notice) + 4 <= width;
	return spread(isRoomy ? [host, span(' '), program] : [host], right, width);
}

/** The seven on one row: by their names, or where that is too wide by their numbers and the name of the current one. */
export function railLine(view: View, width: number): Line {
	const marks = marksOf(view);
	const entry = (id: StepId, label: string): Line => {
		const state = view.steps[id];
		const isHere = id === view.step;
		const tone = isHere && state.status !== 'failed' && state.status !== 'waiting' ? 'strong' : stepTones[state.status];
		const mark = isHere && state.status === 'pending' ? marks.step.running : marks.step[state.status];
		return [span(`${mark} ${label}`, tone), span('  ')];
	};
	const full = stepIds.flatMap((id) => entry(id, id));
	return lineWidth(full) - 2 <= width
		? full
		: stepIds.flatMap((id, index) => entry(id, id === view.step ? `${index + 1} ${id}` : String(index + 1)));
}

/** Steps and versions below each other, for wide terminals. */
export function sidebarLines(view: View, width: number, rows: number): readonly Line[] {
	const marks = marksOf(view);
	const steps = view.about.steps.flatMap(({ id, title }, index) => {
		const state = view.steps[id];
		const isHere = id === view.step;
		const mark = isHere && state.status === 'pending' ? marks.step.running : marks.step[state.status];
		const tone = stepTones[state.status];
		const name = span(`${index + 1} ${title}`, isHere ? 'strong' : tone === 'good' ? 'plain' : tone);
		return [[span(`${mark} `, tone), name], ...(isHere ? paragraph(hereWords(view), width, 'faint', 4) : [])];
	});
	const cells = versionCells(view.facts, view.run?.plan);
	const versions = versionList(cells, width, marks.ellipsis);
	const all = [line('Steps', 'faint'), ...steps, emptyLine, line('Versions', 'faint'), ...versions];
	return all.slice(0, rows);
}

/** `Step 3 of 7: Upgrade the kernel module`; on the way back, what is being undone. */
function stepTitle(view: View): string {
	const title = view.about.steps.find(({ id }) => id === view.step)?.title ?? view.step;
	const step = `Step ${stepIds.indexOf(view.step) + 1} of ${stepIds.length}`;
	return view.about.activity === 'rollback' ? `Going back, ${step.toLowerCase()}: ${title}` : `${step}: ${title}`;
}

/** Where we are and what the run is waiting for; on a panel, the panel's name. */
export function headingLine(view: View, width: number): Line {
	if (view.panel !== undefined) {
		const waiting = view.asking === undefined ? [] : [span('a question is waiting', 'warning')];
		return spread([span(panelTitle(view, view.panel), 'strong')], waiting, width);
	}
	if (isComplete(view)) {
		return line(complete, 'strong');
	}
	return spread(line(stepTitle(view), 'strong'), stateSpans(view), width);
}

/** The same as a sentence. */
export function spokenHeading(view: View): string {
	if (view.panel !== undefined) {
		return `${panelTitle(view, view.panel)}.${view.asking === undefined ? '' : ' A question is waiting.'}`;
	}
	return isComplete(view) ? `${complete}.` : `${stepTitle(view)}, ${hereWords(view)}.`;
}

const complete = 'All seven steps are done';

function isComplete(view: View): boolean {
	return view.ended !== undefined && currentStep(view) === undefined;
}

function panelTitle(view: View, panel: Panel): string {
	switch (panel.kind) {
		case 'help':
			return 'Help';
		case 'rollback':
			return 'The way back from here';
		case 'findings':
			return view.findings.length === 0 ? 'Findings' : `Findings: ${panel.selected + 1} of ${view.findings.length}`;
		case 'log':
			return panel.frozen === undefined
				? 'Log: following'
				: `Log: paused, ${view.feed.total - panel.frozen.total} newer`;
		case 'quit':
			return 'Leave the wizard?';
	}
}

/** How a step ended that is neither done nor failed, by exit code. */
const endWords: Readonly<Record<number, string>> = {
	[exitCodes.blocked]: 'blocked',
	[exitCodes.busy]: 'another program is at work',
	[exitCodes.nothingToDo]: 'nothing to do',
};

/** The state of the step where we are, in words. */
function hereWords(view: View): string {
	if (view.leaving !== 'no') {
		return 'leaving';
	}
	const ended = view.ended === undefined ? undefined : endWords[view.ended.outcome.exitCode];
	if (ended !== undefined) {
		return ended;
	}
	if (view.asking !== undefined) {
		return 'waiting for you';
	}
	const state = view.steps[view.step];
	if (view.ended !== undefined || state.status === 'running') {
		return stepStateWords(state);
	}
	// What is recorded is not what goes on: it is being looked at, or undone.
	return view.command === undefined ? 'looking at the host' : 'at work';
}

function stateSpans(view: View): Line {
	const state = view.steps[view.step];
	if (view.asking !== undefined || view.leaving !== 'no') {
		return [span(hereWords(view), 'warning')];
	}
	if (state.status === 'running') {
		return [span(`running for ${formatDuration((view.now - view.stepSince) / 1000)}`, 'faint')];
	}
	return [span(hereWords(view), view.ended === undefined ? 'faint' : outcomeTone(view.ended.outcome))];
}
