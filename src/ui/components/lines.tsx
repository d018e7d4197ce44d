import { Box, Text, type TextProps } from 'ink';
import type { ReactNode } from 'react';
import { cleanText } from '../text/clean.js';
import type { Line, Tone } from '../text/line.js';

const looks: Readonly<Record<Tone, TextProps>> = {
	plain: {},
	strong: { bold: true },
	faint: { dimColor: true },
	good: { color: 'green' },
	notice: { color: 'cyan' },
	warning: { color: 'yellow' },
	bad: { color: 'red', bold: true },
};

/** Bold is no colour: it stays where colours are not wanted. */
const colourless: Readonly<Record<Tone, TextProps>> = {
	plain: {},
	strong: { bold: true },
	faint: {},
	good: {},
	notice: {},
	warning: { bold: true },
	bad: { bold: true },
};

interface LinesProps {
	readonly lines: readonly Line[];
	readonly colour: boolean;
	/** Exactly so many rows; without it as many as there are lines. */
	readonly rows?: number;
}

/** Rows of text, each on exactly one row of the screen. */
export function Lines({ lines, colour, rows }: LinesProps): ReactNode {
	const shown = rows === undefined ? lines : lines.slice(0, rows);
	return (
		<Box flexDirection="column" flexShrink={0} {...(rows === undefined ? {} : { height: rows })}>
			{shown.map((line, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a row is its place on the screen
				<Row key={index} line={line} colour={colour} />
			))}
		</Box>
	);
}

function Row({ line, colour }: { readonly line: Line; readonly colour: boolean }): ReactNode {
	const style = colour ? looks : colourless;
	return (
		<Text wrap="truncate">
			{line.length === 0 ? ' ' : null}
			{line.map(({ text, tone }, index) => (
				// biome-ignore lint/suspicious/noArrayIndexKey: a span is its place in the row
				<Text key={index} {...style[tone]}>
					{cleanText(text)}
				</Text>
			))}
		</Text>
	);
}
