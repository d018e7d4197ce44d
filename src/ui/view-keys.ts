import { guardTime, pasteText, pressKey, takesText } from './asking.js';
import { endLines, findingListRows, panelLines, questionLines } from './content.js';
import type { Keypress } from './keypress.js';
import { layoutOf, roomOf } from './layout.js';
import { questionRows } from './question-text.js';
import { scroll } from './scroll.js';
import type { Panel, View } from './view.js';

/** A key, taken by the innermost thing that is open: panel, last page, question, then the run itself. */
export function reduceKey(view: View, key: Keypress): View {
	if (key.ctrl && key.text === 'c') {
		return interrupt(view);
	}
	if (view.panel !== undefined) {
		return keyOnPanel(view, view.panel, key);
	}
	if (view.ended !== undefined) {
		return keyOnEnd(view, key);
	}
	if (view.asking !== undefined) {
		return keyOnQuestion(view, key);
	}
	return openPanel(view, key) ?? view;
}

export function reducePaste(view: View, text: string): View {
	return view.asking === undefined || view.panel !== undefined || view.ended !== undefined
		? view
		: { ...view, asking: pasteText(view.asking, text) };
}

/** Ctrl-C asks like `q`, the second leaves, the third does not even wait for a short command. It never kills work. */
function interrupt(view: View): View {
	if (view.ended !== undefined) {
		return { ...view, closed: true };
	}
	if (view.leaving !== 'no') {
		return { ...view, leaving: 'at-once' };
	}
	return view.panel?.kind === 'quit' ? leave(view, 'interrupted') : { ...view, panel: { kind: 'quit' } };
}

function leave(view: View, how: 'quit' | 'interrupted'): View {
	return { ...view, leaving: how };
}

/** Letters that open a panel; with Ctrl they do so in a text field too. */
function panelFor(key: Keypress): Panel | undefined {
	if (key.name !== 'text') {
		return undefined;
	}
	switch (key.ctrl ? `ctrl-${key.text}` : key.text) {
		case 'r':
		case 'ctrl-r':
			return { kind: 'rollback', top: 0 };
		case 'f':
		case 'ctrl-f':
			return { kind: 'findings', selected: 0, top: 0 };
		case 'l':
		case 'ctrl-l':
			return { kind: 'log', frozen: undefined, top: 0 };
		case '?':
		case 'ctrl-g':
			return { kind: 'help', top: 0 };
		case 'q':
			return { kind: 'quit' };
		default:
			return undefined;
	}
}

function openPanel(view: View, key: Keypress): View | undefined {
	const panel = panelFor(key);
	return panel === undefined ? undefined : { ...view, panel };
}

/** Closing a panel brings the question back into sight: its guard time begins anew. */
function closePanel(view: View): View {
	const asking = view.asking === undefined ? undefined : { ...view.asking, since: view.now };
	return { ...view, panel: undefined, asking };
}

function keyOnPanel(view: View, panel: Panel, key: Keypress): View {
	if (panel.kind === 'quit') {
		return keyOnQuit(view, key);
	}
	const other = panelFor(key);
	if (key.name === 'escape' || other?.kind === panel.kind) {
		return closePanel(view);
	}
	if (other !== undefined) {
		return { ...view, panel: other };
	}
	const { width, rows } = roomOf(view);
	switch (panel.kind) {
		case 'findings': {
			const detailRows = rows - findingListRows(view, rows) - 1;
			return { ...view, panel: keyOnFindings(view, panel, key, width, detailRows) };
		}
		case 'log':
			return { ...view, panel: keyOnLog(view, panel, key, width, rows) };
		default: {
			const total = panelLines(view, panel, width).length;
			return { ...view, panel: { ...panel, top: scroll(panel.top, total, rows, key) } };
		}
	}
}

function keyOnQuit(view: View, key: Keypress): View {
	if (key.name === 'text' && (key.text === 'y' || key.text === 'Y')) {
		return leave(view, 'quit');
	}
	const stays = key.name === 'escape' || (key.name === 'text' && /^[nNq]$/.test(key.text));
	return stays && view.leaving === 'no' ? closePanel(view) : view;
}

type FindingsPanel = Extract<Panel, { kind: 'findings' }>;

/** Up and Down go from finding to finding, the page keys through a long one. */
function keyOnFindings(view: View, panel: FindingsPanel, key: Keypress, width: number, rows: number): Panel {
	const last = Math.max(0, view.findings.length - 1);
	switch (key.name) {
		case 'up':
			return { ...panel, selected: Math.max(0, panel.selected - 1), top: 0 };
		case 'down':
			return { ...panel, selected: Math.min(last, panel.selected + 1), top: 0 };
		case 'home':
			return { ...panel, selected: 0, top: 0 };
		case 'end':
			return { ...panel, selected: last, top: 0 };
		default:
			return { ...panel, top: scroll(panel.top, panelLines(view, panel, width).length, rows, key) };
	}
}

type LogPanel = Extract<Panel, { kind: 'log' }>;

/** Scrolling up freezes the log, so that it does not run away under the reader; the end follows it again. */
function keyOnLog(view: View, panel: LogPanel, key: Keypress, width: number, rows: number): Panel {
	const total = panelLines(view, panel, width).length;
	const bottom = Math.max(0, total - rows);
	const top = scroll(panel.frozen === undefined ? bottom : panel.top, total, rows, key);
	return top >= bottom
		? { kind: 'log', frozen: undefined, top: 0 }
		: { kind: 'log', frozen: panel.frozen ?? view.feed, top };
}

function keyOnEnd(view: View, key: Keypress): View {
	if (key.name === 'enter' || key.name === 'escape' || (key.name === 'text' && key.text === 'q')) {
		return { ...view, closed: true };
	}
	const panel = openPanel(view, key);
	if (panel !== undefined || view.ended === undefined) {
		return panel ?? view;
	}
	const { width, rows } = roomOf(view);
	const top = scroll(view.ended.top, endLines(view, width).length, rows, key);
	return { ...view, ended: { ...view.ended, top } };
}

function keyOnQuestion(view: View, key: Keypress): View {
	const { asking } = view;
	if (asking === undefined) {
		return view;
	}
	const isTyping = takesText(asking);
	const panel = isTyping && !key.ctrl ? undefined : openPanel(view, key);
	if (panel !== undefined) {
		return panel;
	}
	if (view.now - asking.since >= guardTime) {
		const pressed = pressKey(asking, key);
		if (pressed?.kind === 'answered') {
			// What follows has not gone on for as long as the question stood.
			const quiet = { since: view.now, reading: undefined };
			return { ...view, asking: undefined, reply: pressed.answer, quiet };
		}
		if (pressed?.kind === 'drafted') {
			return { ...view, asking: pressed.asking };
		}
	}
	const layout = layoutOf(view);
	if (layout.kind !== 'screen') {
		return view;
	}
	const total = questionLines(view, layout.width).length;
	return { ...view, asking: { ...asking, top: scroll(asking.top, total, questionRows(view, layout), key) } };
}
