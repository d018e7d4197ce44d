import { Box } from 'ink';
import type { ReactNode } from 'react';
import { shellWords } from '../../plan/shell-text.js';
import { endLines, entryLines, findingListRows, marksOf, panelLines } from '../content.js';
import { newestEntries } from '../feed.js';
import type { Layout } from '../layout.js';
import { questionText } from '../question-text.js';
import { visiblePart } from '../scroll.js';
import { commandRows } from '../text/command.js';
import { emptyLine, type Line, line, paragraph, span } from '../text/line.js';
import { progressLines } from '../text/progress.js';
import { formatDuration } from '../text/quantities.js';
import { severityLabel } from '../text/severity.js';
import { shorten } from '../text/width.js';
import type { Panel, View } from '../view.js';
import { Lines } from './lines.js';

type Screen = Extract<Layout, { kind: 'screen' }>;

interface BodyProps {
	readonly view: View;
	readonly layout: Screen;
}

/** The part of the screen that changes: a panel, the last page, a question, or what is going on. */
export function Body({ view, layout }: BodyProps): ReactNode {
	const { colour } = view.terminal;
	return <Lines lines={bodyLines(view, layout)} colour={colour} rows={layout.bodyRows} />;
}

function bodyLines(view: View, layout: Screen): readonly Line[] {
	if (view.panel?.kind === 'findings') {
		return findingsLines(view, view.panel, layout);
	}
	if (view.panel !== undefined) {
		return pageLines(view, view.panel, layout);
	}
	if (view.ended !== undefined) {
		return visiblePart(endLines(view, layout.width), view.ended.top, layout.bodyRows);
	}
	if (view.asking !== undefined) {
		const { title, content, contentRows, prompt } = questionText(view, view.asking, layout);
		return [...title, ...visiblePart(content, view.asking.top, contentRows), emptyLine, ...prompt];
	}
	return activityLines(view, layout);
}

function pageLines(view: View, panel: Exclude<Panel, { kind: 'findings' }>, layout: Screen): readonly Line[] {
	const { width, bodyRows } = layout;
	if (panel.kind === 'quit') {
		return panelLines(view, panel, width);
	}
	if (panel.kind === 'log' && panel.frozen === undefined) {
		const marks = marksOf(view);
		return newestEntries(view.feed, bodyRows)
			.flatMap((entry) => entryLines(entry, width, marks))
			.slice(-bodyRows);
	}
	return visiblePart(panelLines(view, panel, width), panel.top, bodyRows);
}

/** The list above, the selected finding in full below. */
function findingsLines(view: View, panel: Extract<Panel, { kind: 'findings' }>, layout: Screen): readonly Line[] {
	const { width, bodyRows } = layout;
	const marks = marksOf(view);
	const listRows = findingListRows(view, bodyRows);
	const first = Math.min(
		Math.max(0, panel.selected - Math.floor(listRows / 2)),
		Math.max(0, view.findings.length - listRows),
	);
	const list = view.findings.slice(first, first + listRows).map((finding, index): Line => {
		const isSelected = first + index === panel.selected;
		const title = shorten(finding.title, width - 11, marks.ellipsis);
		return [
			span(isSelected ? `${marks.selected} ` : '  '),
			severityLabel(finding.severity),
			span(title, isSelected ? 'strong' : 'plain'),
		];
	});
	const details = panelLines(view, panel, width);
	return [...list, emptyLine, ...visiblePart(details, panel.top, bodyRows - list.length - 1)];
}

/** What is going on: the command at work, the end of its output, progress below. */
function activityLines(view: View, layout: Screen): readonly Line[] {
	const { width, bodyRows } = layout;
	const marks = marksOf(view);
	const bars = view.bars.slice(-2).flatMap((bar) => {
		const elapsed = (view.now - bar.since) / 1000;
		return progressLines(bar.progress, elapsed, width, marks);
	});
	const below = bars.length === 0 ? [] : [emptyLine, ...bars];
	const above = commandHead(view, width);
	const rows = Math.max(0, bodyRows - above.length - below.length);
	const since = view.command?.firstLine ?? view.stepFirstLine;
	const entries = newestEntries(view.feed, Math.min(rows, view.feed.total - since));
	const tail = rows === 0 ? [] : entries.flatMap((entry) => entryLines(entry, width, marks)).slice(-rows);
	return [...above, ...tail, ...below];
}

function commandHead(view: View, width: number): readonly Line[] {
	if (view.command === undefined) {
		return quietLines(view, width);
	}
	const { command, since, reattached } = view.command;
	const rows = commandRows(shellWords(command.work), width, { prefix: '$ ' });
	const time = `${reattached ? 'found running, watched' : 'running'} for ${formatDuration((view.now - since) / 1000)}`;
	const why = view.bars.length > 0 ? command.why : `${command.why}, ${time}`;
	return [...paragraph(why, width).slice(0, 2), ...rows.slice(0, 3).map((row) => line(row, 'strong'))];
}

/** Seconds without news after which it is said what is waited for. */
const patience = 2;

/** A slow host takes a minute for what is read between two steps: never a screen that says nothing. */
function quietLines({ quiet, now }: View, width: number): readonly Line[] {
	const seconds = (now - quiet.since) / 1000;
	if (seconds < patience) {
		return [];
	}
	const time = formatDuration(seconds);
	return quiet.reading === undefined
		? [line(`Working for ${time}.`)]
		: [line(`Reading this host for ${time}, now by:`), line(`$ ${shorten(quiet.reading, width - 2, '...')}`, 'strong')];
}

/** Keeps the two columns of a wide screen apart. */
export function Divider({ view, rows }: { readonly view: View; readonly rows: number }): ReactNode {
	const mark = line(marksOf(view).divider, 'faint');
	return (
		<Box marginX={1} flexShrink={0}>
			<Lines lines={Array.from({ length: rows }, () => mark)} colour={view.terminal.colour} />
		</Box>
	);
}
