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
/** Longer lines are hard to read. */
const widestText = 120;
/** Where a question has at least so many rows, what explains the step stays above it. */
const roomyRows = 30;

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
	const fullWidth = columns - 2 * margin;
	const sidebar = columns >= 118 && rows >= 30 ? sidebarWidth : 0;
	const width = Math.min(widestText, sidebar === 0 ? fullWidth : fullWidth - sidebar - 3);
	const frame = rows - 1;
	const isPanel = view.panel !== undefined;
	const isCrowded = view.asking !== undefined || view.ended !== undefined;
	const explains = !isPanel && rows >= (isCrowded ? roomyRows : 22);
	const purpose = view.about.steps.find(({ id }) => id === view.step)?.purpose ?? '';
	const purposeRows = explains ? Math.min(3, wrap(purpose, width).length) : 0;
	const versionRows = explains && sidebar === 0 ? 3 : 0;
	const rail = sidebar === 0 ? 1 : 0;
	// Header, rail, blank, heading, purpose, blank and versions, blank, body, blank, keys.
	const others = 1 + rail + 1 + 1 + purposeRows + (versionRows > 0 ? 1 + versionRows : 0) + 1 + 1 + 1;
	const bodyRows = frame - others;
	return { kind: 'screen', rows: frame, fullWidth, sidebar, width, purposeRows, versionRows, bodyRows };
}
