import { blocking } from '../checks/finding.js';
import { type FeedEntry, feedEntries } from './feed.js';
import { helpLines } from './help-text.js';
import { commandLines } from './text/command.js';
import { failureLines } from './text/failure.js';
import { findingDetails, findingLines } from './text/finding.js';
import { emptyLine, hang, type Line, line, paragraph, span } from './text/line.js';
import { type Marks, marksFor } from './text/marks.js';
import { outcomeLines } from './text/outcome.js';
import { rollbackLines } from './text/rollback.js';
import { severityLabel } from './text/severity.js';
import { wrap } from './text/wrap.js';
import type { Panel, View } from './view.js';

/*
 * What can be longer than its room and is scrolled. Pure, and used by the reducer too, which must know where the end
 * is: otherwise it would go on counting below it.
 */

export function marksOf(view: View): Marks {
	return marksFor(view.terminal.unicode && !view.terminal.screenReader);
}

/** One line of the feed as rows; a long one is wrapped, since its end may be what matters. */
export function entryLines(entry: FeedEntry, width: number, marks: Marks): readonly Line[] {
	const { kind, text, tone } = entry;
	switch (kind) {
		case 'step':
			return [emptyLine, line(text, tone)];
		case 'command':
			return wrap(text, width, { first: '$ ', rest: '    ', continued: ' \\' }).map((row) => line(row, tone));
		case 'output':
			return wrap(text, width - 2).map((row) => [span(`${marks.output} `, 'faint'), span(row, tone)]);
		case 'message':
			return paragraph(tone === 'warning' ? `Warning: ${text}` : text, width, tone);
		case 'finding':
			return hang(severityLabel(entry.severity), text, width);
		case 'result':
			return paragraph(text, width, tone, 2);
	}
}

/** Explanation and commands of the open question. */
export function questionLines(view: View, width: number): readonly Line[] {
	if (view.asking === undefined) {
		return [];
	}
	const { question } = view.asking;
	const commands = question.kind === 'confirm' ? question.commands : [];
	return [
		...question.body.flatMap((text) => (text === '' ? [emptyLine] : paragraph(text, width))),
		...(commands.length === 0
			? []
			: [...(question.body.length === 0 ? [] : [emptyLine]), approvalLine(commands.length)]),
		...commands.flatMap((command) => commandLines(command, width)),
	];
}

function approvalLine(amount: number): Line {
	return line(
		amount === 1 ? 'A yes runs this command:' : `A yes runs these ${amount} commands, in this order:`,
		'faint',
	);
}

/** The last page: the outcome, and with it the findings or the failure that it is about. */
export function endLines(view: View, width: number): readonly Line[] {
	if (view.ended === undefined) {
		return [];
	}
	const { outcome } = view.ended;
	const state = view.steps[view.step];
	if (state.status === 'failed' && outcome.exitCode !== 0) {
		return failureLines(state.failure, width, marksOf(view).bullet);
	}
	const blockers = outcome.exitCode === 3 ? blocking(view.findings) : [];
	if (blockers.length > 0) {
		// They follow in full.
		const named = new Set(blockers.map(({ id, title }) => `${id}: ${title}`));
		return [
			...outcomeLines({ ...outcome, lines: outcome.lines.filter((text) => !named.has(text)) }, width),
			emptyLine,
			...blockers.flatMap((finding) => [...findingLines(finding, width), emptyLine]),
		];
	}
	return outcomeLines(outcome, width);
}

/** Rows of an open panel; those of the findings are the details of the selected one. */
export function panelLines(view: View, panel: Panel, width: number): readonly Line[] {
	switch (panel.kind) {
		case 'help':
			return helpLines(view, width);
		case 'rollback':
			return view.rollback.length === 0
				? paragraph('Nothing was changed yet: there is nothing to undo.', width)
				: [
						...(view.about.rollbackFile === undefined
							? []
							: paragraph(`On disk for a rescue shell: ${view.about.rollbackFile}`, width)),
						...rollbackLines(view.rollback, width, 'break'),
					];
		case 'findings': {
			const finding = view.findings[panel.selected];
			return finding === undefined
				? [line('No findings yet.')]
				: [...paragraph(finding.title, width, 'strong'), ...findingDetails(finding, width, 0)];
		}
		case 'log': {
			const marks = marksOf(view);
			return feedEntries(panel.frozen ?? view.feed).flatMap((entry) => entryLines(entry, width, marks));
		}
		case 'quit':
			return quitLines(view, width);
	}
}

/** What leaving means just now. */
function quitLines(view: View, width: number): readonly Line[] {
	return [
		...paragraph(whatGoesOn(view), width),
		emptyLine,
		...paragraph(`Come back with: ${view.about.resumeCommand}`, width),
		...paragraph(`Where it stands without coming back: ${view.about.commandLine('status')}`, width),
		...paragraph(`The way back: ${view.about.commandLine('rollback')}`, width),
	];
}

function whatGoesOn(view: View): string {
	if (view.command !== undefined && view.command.command.mode === 'detached') {
		return 'The command that is running goes on by itself, and its output is kept. Nothing new begins until you come back.';
	}
	if (view.command !== undefined) {
		return 'The command that is running ends within moments and is waited for. Nothing new begins until you come back.';
	}
	if (view.asking !== undefined) {
		return 'Nothing is running. The question stays open and is asked again when you come back.';
	}
	return 'What is done stays done. Nothing new begins until you come back.';
}

/** Rows of the findings panel that list the findings; the others show the selected one. */
export function findingListRows(view: View, rows: number): number {
	return Math.max(1, Math.min(view.findings.length, Math.floor(rows * 0.4)));
}
