import { endLines } from './content.js';
import { questionHeight } from './question-text.js';
import { wrap } from './text/wrap.js';
import type { View } from './view.js';

/** How the screen is divided. All sizes in cells and rows. */
export type Layout =
	| { readonly kind: 'too-small' }
	/** One column of sentences, for screen readers. */
	| { readonly kind: 'linear'; readonly width: number }
	| {
			readonly kind: 'screen';
			/** One less than the terminal has: a frame of its full height scrolls it (vadimdemedes/ink#450). */
			readonly rows: number;
			/** Without the margins. */
			readonly fullWidth: number;
			/** Column of steps and versions on the left; 0 where there is no room for it. */
			readonly sidebar: number;
			/** Of the main column. */
			readonly width: number;
			readonly purposeRows: number;
			readonly versionRows: number;
			readonly bodyRows: number;
	  };

export const smallest = { columns: 60, rows: 16 };
const sidebarWidth = 38;
const dividerWidth = 3;
/** Longer lines are hard to read. */
const widestText = 120;
/** A terminal with fewer rows has none for explanations. */
const explainingRows = 22;

/** What is going on needs this many rows before anything is explained around it. */
const fewestBodyRows = 8;

/** Space before and after each row. */
export const margin = 1;

export function layoutOf(view: View): Layout {
	const { columns, rows } = view.size;
	if (view.terminal.screenReader) {
		return { kind: 'linear', width: Math.min(Math.max(columns, 40), 80) };
	}
	if (columns < smallest.columns || rows < smallest.rows) {
		return { kind: 'too-small' };
	}
	const hasSidebar = columns >= 118 && rows >= 30;
	const sidebar = hasSidebar ? sidebarWidth : 0;
	const widest = widestText + (hasSidebar ? sidebarWidth + dividerWidth : 0);
	const fullWidth = Math.min(columns - 2 * margin, widest);
	const width = sidebar === 0 ? fullWidth : fullWidth - sidebar - dividerWidth;
	const frame = rows - 1;
	const purpose = view.about.steps.find(({ id }) => id === view.step)?.purpose ?? '';
	const explanation = {
		purposeRows:
			view.ended === undefined && view.about.activity === undefined ? Math.min(3, wrap(purpose, width).length) : 0,
		versionRows: sidebar === 0 ? 3 : 0,
	};
	const bare = { purposeRows: 0, versionRows: 0 };
	// Header, rail, blank, heading, purpose, blank and versions, blank, body, blank, keys.
	const bodyRowsWith = ({ purposeRows, versionRows }: typeof bare): number =>
		frame - (sidebar === 0 ? 7 : 6) - purposeRows - (versionRows > 0 ? 1 + versionRows : 0);
	const explains = rows >= explainingRows && bodyRowsWith(explanation) >= rowsNeeded(view, width);
	const around = explains ? explanation : bare;
	const bodyRows = bodyRowsWith(around);
	return { kind: 'screen', rows: frame, fullWidth, sidebar, width, ...around, bodyRows };
}

/** What explains the step gives way to what needs its rows: a page, a long question. */
function rowsNeeded(view: View, width: number): number {
	if (view.panel !== undefined) {
		return Number.POSITIVE_INFINITY;
	}
	if (view.ended !== undefined) {
		return endLines(view, width).length;
	}
	return view.asking === undefined
		? fewestBodyRows
		: Math.max(fewestBodyRows, questionHeight(view, view.asking, width));
}

/** Width of the text and rows of the body; what is read aloud has no end. */
export function roomOf(view: View): { readonly width: number; readonly rows: number } {
	const layout = layoutOf(view);
	switch (layout.kind) {
		case 'screen':
			return { width: layout.width, rows: layout.bodyRows };
		case 'linear':
			return { width: layout.width, rows: Number.POSITIVE_INFINITY };
		case 'too-small':
			return { width: smallest.columns, rows: smallest.rows };
	}
}
