/** A terminal's screen as a picture: each run of cells of one look is a piece of text in its colour. */
import type { Terminal } from '@xterm/headless';

const cell = { width: 8.4, height: 17 };
const margin = 16;
const ground = '#101418';
const ink = '#d3d7cf';

/** The sixteen colours of a terminal, as most draw them on black. */
const palette = [
	...['#2e3436', '#ef5350', '#8bc34a', '#ffca28', '#64b5f6', '#ce93d8', '#4dd0e1', '#d3d7cf'],
	...['#7a8288', '#ff7043', '#aed581', '#fff176', '#90caf9', '#f48fb1', '#80deea', '#ffffff'],
];

interface Run {
	readonly column: number;
	text: string;
	readonly look: string;
}

/** The screen of the terminal as it is now. */
export function drawScreen(terminal: Terminal, title: string): string {
	const rows = Array.from({ length: terminal.rows }, (_, row) => drawRow(terminal, row)).join('');
	const width = Math.round(terminal.cols * cell.width + 2 * margin);
	const height = Math.round(terminal.rows * cell.height + 2 * margin);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">\n`,
		`<title>${escapeMarkup(title)}</title>\n`,
		`<rect width="100%" height="100%" rx="8" fill="${ground}"/>\n`,
		`<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14" `,
		`fill="${ink}" xml:space="preserve">\n`,
		rows,
		'</g>\n</svg>\n',
	].join('');
}

function drawRow({ buffer, cols }: Terminal, row: number): string {
	const line = buffer.active.getLine(buffer.active.baseY + row);
	const runs: Run[] = [];
	for (let column = 0; column < cols; column += 1) {
		const here = line?.getCell(column);
		// The second half of a wide character.
		if (here === undefined || here.getWidth() === 0) continue;
		const colour = here.isFgPalette() ? palette[here.getFgColor()] : undefined;
		const look = [
			colour === undefined ? '' : ` fill="${colour}"`,
			here.isBold() ? ' font-weight="bold"' : '',
			here.isDim() ? ' opacity="0.6"' : '',
		].join('');
		const text = here.getChars() === '' ? ' ' : here.getChars();
		const last = runs.at(-1);
		if (last?.look === look) last.text += text;
		else runs.push({ column, text, look });
	}
	const y = (margin + (row + 0.78) * cell.height).toFixed(1);
	return runs
		.filter(({ text }) => text.trim() !== '')
		.map(({ column, text, look }) => {
			const shown = text.trimEnd();
			const x = (margin + column * cell.width).toFixed(1);
			const length = (shown.length * cell.width).toFixed(1);
			return `<text x="${x}" y="${y}" textLength="${length}"${look}>${escapeMarkup(shown)}</text>\n`;
		})
		.join('');
}

function escapeMarkup(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
