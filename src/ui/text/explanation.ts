import { quoteForDisplay } from '../../host/text.js';
import type { Explanation } from '../../knowledge/explain.js';
import { emptyLine, hang, type Line, line, paragraph, printLines, span } from './line.js';
import type { Printing } from './printing.js';

/** What `explain` prints of an advisory: what is seen, why, who is affected and what to do. */
export function renderExplanation(entry: Explanation, { colour, width }: Printing): string {
	const row = (name: string, text: string): readonly Line[] => hang(span(name.padEnd(12), 'faint'), text, width);
	const rows = (name: string, texts: readonly string[]): readonly Line[] =>
		texts.flatMap((text, index) => row(index === 0 ? name : '', text));
	return printLines(
		[
			line(`${entry.id} (${entry.severity})`, 'strong'),
			...paragraph(entry.title, width),
			emptyLine,
			...row('what', entry.what),
			...rows('words', entry.texts),
			...row('why', entry.why),
			...rows('affects', entry.ranges),
			...row('what to do', entry.action),
			...rows('', entry.commands.map(quoteForDisplay)),
			...row('source', entry.source),
			...row('certainty', entry.certainty),
		],
		colour,
	);
}
