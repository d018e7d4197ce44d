import { Box, Text } from 'ink';
import type { ReactNode } from 'react';
import { banner } from '../about.js';
import { endLines, entryLines, marksOf, panelLines, questionLines } from '../content.js';
import { newestEntries } from '../feed.js';
import { spokenHeading } from '../frame-text.js';
import { keyHints } from '../keys-text.js';
import { promptLines } from '../question-text.js';
import { type Line, line, paragraph } from '../text/line.js';
import { fraction, stageText } from '../text/progress.js';
import { versionCells } from '../text/versions.js';
import type { View } from '../view.js';
import { Lines } from './lines.js';

interface SpokenProps {
	readonly view: View;
	readonly width: number;
}

/**
 * The same as sentences, for screen readers: nothing is drawn, nothing counts seconds, output is not read out while it
 * runs, and each thing says what it is.
 */
export function Spoken({ view, width }: SpokenProps): ReactNode {
	const notice = banner(view.about);
	const hints = keyHints(view).map(([key, meaning]) => `${key}: ${meaning}`);
	return (
		<Box flexDirection="column">
			<Text>{`zfs-lockstep on ${view.about.hostname}.${notice === '' ? '' : ` ${notice}.`}`}</Text>
			<Text>{spokenHeading(view)}</Text>
			<Lines lines={spokenLines(view, width)} colour={false} />
			{view.panel === undefined && view.asking !== undefined ? <SpokenQuestion view={view} width={width} /> : null}
			{view.panel === undefined && view.asking === undefined ? <SpokenProgress view={view} /> : null}
			<Text>{`Keys: ${hints.join(', ')}.`}</Text>
		</Box>
	);
}

function spokenLines(view: View, width: number): readonly Line[] {
	if (view.panel !== undefined) {
		const lines = panelLines(view, view.panel, width);
		return view.panel.kind === 'log' ? lines.slice(-20) : lines;
	}
	if (view.ended !== undefined) {
		return endLines(view, width);
	}
	if (view.asking !== undefined) {
		return [line(`Question: ${view.asking.question.title}`), ...questionLines(view, width)];
	}
	const versions = versionCells(view.facts, view.run?.plan).map((cell) => `${cell.name} ${cell.version}`);
	const messages = newestEntries(view.feed, 40)
		.filter(({ kind }) => kind !== 'output')
		.slice(-3);
	return [
		...paragraph(`Versions: ${versions.join('; ')}.`, width),
		...messages.flatMap((entry) => entryLines(entry, width, marksOf(view))),
	];
}

function SpokenProgress({ view }: { readonly view: View }): ReactNode {
	const bar = view.bars.at(-1);
	if (bar === undefined) {
		return null;
	}
	const share = fraction(bar.progress);
	// Tens only: each change is read out.
	const percent = share === undefined ? '' : `, ${Math.floor(share * 10) * 10} percent`;
	return (
		<Box aria-role="progressbar">
			<Text>{`${share === undefined ? stageText(bar.progress) : bar.progress.label}${percent}`}</Text>
		</Box>
	);
}

function SpokenQuestion({ view, width }: SpokenProps): ReactNode {
	const { asking } = view;
	if (asking === undefined) {
		return null;
	}
	const { question, draft } = asking;
	const problem = asking.problem === undefined ? null : <Text>{asking.problem}</Text>;
	if (
		(question.kind === 'choose' && draft.kind === 'choose') ||
		(question.kind === 'choose-many' && draft.kind === 'choose-many')
	) {
		const isChecked = (value: string, index: number): boolean =>
			draft.kind === 'choose-many' ? draft.chosen.includes(value) : index === draft.index;
		return (
			<Box flexDirection="column" aria-role={draft.kind === 'choose' ? 'radiogroup' : 'list'}>
				{question.choices.map(({ value, label, hint }, index) => (
					<Box
						key={value}
						aria-role={draft.kind === 'choose' ? 'radio' : 'checkbox'}
						aria-state={{ checked: isChecked(value, index), selected: index === draft.index }}
					>
						<Text>{`${label}: ${hint}`}</Text>
					</Box>
				))}
				{problem}
			</Box>
		);
	}
	return <Lines lines={promptLines(asking, width, 10, marksOf(view))} colour={false} />;
}
