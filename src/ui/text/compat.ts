import type { CompatRow } from '../../knowledge/compat-table.js';
import { emptyLine, hang, type Line, line, printLines, span } from './line.js';
import type { Printing } from './printing.js';

function tableLine({ version, date, kernels, isLatestOfSeries, knownBadPairs }: CompatRow): Line {
	const marks = [
		...(isLatestOfSeries ? ['newest of its series'] : []),
		...(knownBadPairs.length === 0
			? []
			: [`${knownBadPairs.length} known-bad pair${knownBadPairs.length === 1 ? '' : 's'}`]),
	];
	return line(
		`${version.padEnd(9)}${date.padEnd(13)}${`${kernels.min} - ${kernels.max}`.padEnd(17)}${marks.join(', ')}`.trimEnd(),
	);
}

function detailLines(row: CompatRow, width: number): readonly Line[] {
	const fact = (name: string, text: string): readonly Line[] => hang(span(name.padEnd(14), 'faint'), text, width);
	return [
		line(`OpenZFS ${row.version}`, 'strong'),
		...fact('released', row.date),
		...fact('Linux', `${row.kernels.min} to ${row.kernels.max}`),
		...fact('newer kernels', row.aboveMaximum),
		...fact('new features', row.newFeatures.length === 0 ? 'none in its series' : row.newFeatures.join(', ')),
		...row.knownBadPairs.flatMap((pair) =>
			fact(
				'bad pair',
				`as ${pair.side} with ${pair.side === 'userspace' ? 'module' : 'userspace'} ${pair.other}: ${pair.title} (explain ${pair.id})`,
			),
		),
		emptyLine,
	];
}

/** What `compat` prints: a table of all releases, or each in detail where few were asked for. */
export function renderCompat(rows: readonly CompatRow[], isDetailed: boolean, { colour, width }: Printing): string {
	if (isDetailed)
		return printLines(
			rows.flatMap((row) => detailLines(row, width)),
			colour,
		);
	const head = line(`${'OpenZFS'.padEnd(9)}${'released'.padEnd(13)}${'Linux'.padEnd(17)}remarks`, 'strong');
	return printLines([head, ...rows.map(tableLine)], colour);
}
