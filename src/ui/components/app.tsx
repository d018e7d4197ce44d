import { Box } from 'ink';
import type { ReactNode } from 'react';
import { banner } from '../about.js';
import { marksOf } from '../content.js';
import { headerLine, headingLine, railLine, sidebarLines } from '../frame-text.js';
import { keysLine } from '../keys-text.js';
import { type Layout, layoutOf, margin, smallest } from '../layout.js';
import { emptyLine, paragraph } from '../text/line.js';
import { versionCells, versionTable } from '../text/versions.js';
import type { View } from '../view.js';
import { Body, Divider } from './body.js';
import { Lines } from './lines.js';
import { Spoken } from './spoken.js';

/** The whole screen for a view. */
export function App({ view }: { readonly view: View }): ReactNode {
	const layout = layoutOf(view);
	switch (layout.kind) {
		case 'too-small':
			return <TooSmall view={view} />;
		case 'linear':
			return <Spoken view={view} width={layout.width} />;
		case 'screen':
			return <Screen view={view} layout={layout} />;
	}
}

function TooSmall({ view }: { readonly view: View }): ReactNode {
	const { columns, rows } = view.size;
	const notice = banner(view.about);
	const text = `Please enlarge the terminal to ${smallest.columns}x${smallest.rows}.`;
	const lines = [text, ...(notice === '' ? [] : [notice]), 'The run goes on.'].flatMap((each) =>
		paragraph(each, columns),
	);
	return <Lines lines={lines.slice(0, Math.max(1, rows - 1))} colour={view.terminal.colour} />;
}

interface ScreenProps {
	readonly view: View;
	readonly layout: Extract<Layout, { kind: 'screen' }>;
}

function Screen({ view, layout }: ScreenProps): ReactNode {
	const { colour } = view.terminal;
	const { fullWidth, sidebar, rows } = layout;
	const top = [headerLine(view, fullWidth), ...(sidebar === 0 ? [railLine(view, fullWidth)] : []), emptyLine];
	const columnRows = rows - top.length - 2;
	return (
		<Box flexDirection="column" paddingX={margin} height={rows}>
			<Lines lines={top} colour={colour} />
			<Box flexShrink={0}>
				{sidebar === 0 ? null : (
					<>
						<Box width={sidebar} flexShrink={0}>
							<Lines lines={sidebarLines(view, sidebar, columnRows)} colour={colour} rows={columnRows} />
						</Box>
						<Divider view={view} rows={columnRows} />
					</>
				)}
				<Main view={view} layout={layout} />
			</Box>
			<Lines lines={[emptyLine, keysLine(view, fullWidth)]} colour={colour} />
		</Box>
	);
}

function Main({ view, layout }: ScreenProps): ReactNode {
	const { colour } = view.terminal;
	const { width, purposeRows, versionRows } = layout;
	const purpose = view.about.steps.find(({ id }) => id === view.step)?.purpose ?? '';
	const explained = paragraph(purpose, width, 'faint').slice(0, purposeRows);
	const cells = versionCells(view.facts, view.run?.plan);
	const versions = versionRows === 0 ? [] : [emptyLine, ...versionTable(cells, width, marksOf(view).ellipsis)];
	return (
		<Box flexDirection="column" width={width} flexShrink={0}>
			<Lines lines={[headingLine(view, width), ...explained, ...versions, emptyLine]} colour={colour} />
			<Body view={view} layout={layout} />
		</Box>
	);
}
