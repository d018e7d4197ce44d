import { stepIds } from '../../steps/step.js';
import { banner } from './about.js';
import { marksOf } from './content.js';
import { emptyLine, type Line, line, lineWidth, paragraph, span } from './text/line.js';
import { stepStateWords, stepTones } from './text/marks.js';
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

/** The seven on one row: by their names, or where that is too wide only the one where we are. */
export function railLine(view: View, width: number): Line {
	const marks = marksOf(view);
	const entry = (id: (typeof stepIds)[number], label: string): Line => {
		const state = view.steps[id];
		const isHere = id === view.step;
		const tone = isHere && state.status !== 'failed' && state.status !== 'waiting' ? 'strong' : stepTones[state.status];
		const mark = isHere && state.status === 'pending' ? marks.step.running : marks.step[state.status];
		return [span(`${mark}${label === '' ? '' : ` ${label}`}`, tone), span('  ')];
	};
	const full = stepIds.flatMap((id) => entry(id, id));
	return lineWidth(full) - 2 <= width ? full : stepIds.flatMap((id) => entry(id, id === view.step ? id : ''));
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
		return [[span(`${mark} `, tone), name], ...(isHere ? paragraph(stepStateWords(state), width, 'faint', 4) : [])];
	});
	const cells = versionCells(view.facts, view.run?.plan, view.run);
	const versions = versionList(cells, width, marks.ellipsis);
	const all = [line('Steps', 'faint'), ...steps, emptyLine, line('Versions', 'faint'), ...versions];
	return all.slice(0, rows);
}

/** Where we are and what the run is waiting for; on a panel, the panel's name. */
export function headingLine(view: View, width: number): Line {
	const number = stepIds.indexOf(view.step) + 1;
	const title = view.about.steps.find(({ id }) => id === view.step)?.title ?? view.step;
	const waiting = view.asking === undefined ? [] : [span('a question is waiting', 'warning')];
	if (view.panel !== undefined) {
		return spread([span(panelTitle(view, view.panel), 'strong')], waiting, width);
	}
	if (view.ended !== undefined && view.steps[view.step].status === 'done') {
		return [span('All seven steps are done', 'strong')];
	}
	return spread([span(`Step ${number} of ${stepIds.length}: ${title}`, 'strong')], stateSpans(view), width);
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

function stateSpans(view: View): Line {
	const state = view.steps[view.step];
	if (view.asking !== undefined) {
		return [span('your answer is needed', 'warning')];
	}
	if (view.leaving !== 'no') {
		return [span('leaving', 'warning')];
	}
	if (state.status === 'running' && !view.terminal.screenReader) {
		return [span(`running for ${formatDuration((view.now - view.stepSince) / 1000)}`, 'faint')];
	}
	return [span(stepStateWords(state), stepTones[state.status])];
}
