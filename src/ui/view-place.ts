import { endLines, panelLines, questionLines } from './content.js';
import { roomOf } from './layout.js';
import type { Line } from './text/line.js';
import type { Panel, View } from './view.js';

/**
 * The view in another size with the same text at the top of what is scrolled: the same text takes other rows there.
 * @param resized `before` with its new size
 */
export function keepPlace(before: View, resized: View): View {
	const widths = { before: roomOf(before).width, after: roomOf(resized).width };
	if (widths.before === widths.after) {
		return resized;
	}
	const move = (top: number, rowsAt: (width: number) => readonly Line[]): number => {
		if (top === 0) {
			return 0;
		}
		const textBefore = length(rowsAt(widths.before).slice(0, top));
		const rows = rowsAt(widths.after);
		let text = 0;
		let row = 0;
		while (row < rows.length && text < textBefore) {
			text += length(rows.slice(row, row + 1));
			row += 1;
		}
		return row;
	};
	const { asking, ended, panel } = resized;
	return {
		...resized,
		...(asking === undefined
			? {}
			: { asking: { ...asking, top: move(asking.top, (width) => questionLines(before, width)) } }),
		...(ended === undefined ? {} : { ended: { ...ended, top: move(ended.top, (width) => endLines(before, width)) } }),
		panel: panel === undefined || panel.kind === 'quit' ? panel : movePanel(before, panel, move),
	};
}

function movePanel(
	before: View,
	panel: Exclude<Panel, { kind: 'quit' }>,
	move: (top: number, rowsAt: (width: number) => readonly Line[]) => number,
): Panel {
	return { ...panel, top: move(panel.top, (width) => panelLines(before, panel, width)) };
}

/** Letters and digits that the rows hold: spaces, marks and backslashes come and go with the width. */
function length(rows: readonly Line[]): number {
	const textOf = (row: Line): string => row.map(({ text }) => text.replace(/[^\p{L}\p{N}]/gu, '')).join('');
	return rows.reduce((sum, row) => sum + textOf(row).length, 0);
}
