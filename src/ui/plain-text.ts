import { type Answer, type Question, type StepEvent, stepIds } from '../../steps/step.js';
import type { RunEvent } from '../engine/run-event.js';
import { shellWords } from '../plan/shell-text.js';
import type { About } from './about.js';
import { commandLines, commandRows } from './text/command.js';
import { endingText } from './text/ending.js';
import { findingDetails, findingTitle } from './text/finding.js';
import { emptyLine, hang, type Line, line, paragraph, span } from './text/line.js';
import { stepStateWords, stepTones } from './text/marks.js';
import { amountText, fraction, type Progress, stageText } from './text/progress.js';
import { formatDuration } from './text/quantities.js';
import { versionCells, versionList } from './text/versions.js';

/*
 * A run's events as lines that are written once and never changed.
 */

/** `[3/7] Upgrade the kernel module`, and how it ended. */
export function plainStep(event: Extract<RunEvent, { type: 'step' }>, about: About, width: number): readonly Line[] {
	const step = about.steps.find(({ id }) => id === event.id);
	const heading = `[${stepIds.indexOf(event.id) + 1}/${stepIds.length}] ${step?.title ?? event.id}`;
	const { state } = event;
	switch (state.status) {
		case 'running':
			return [emptyLine, line(heading, 'strong'), ...paragraph(step?.purpose ?? '', width, 'faint')];
		case 'pending':
			return [];
		default: {
			const details =
				state.status === 'done'
					? state.evidence
					: state.status === 'skipped'
						? state.why
						: state.status === 'failed'
							? state.failure.what
							: state.text;
			return paragraph(`${heading}: ${stepStateWords(state)}. ${details}`, width, stepTones[state.status]);
		}
	}
}

/** Everything a step yields but progress, which has a pace of its own, and questions, which come with their answers. */
export function plainStepEvent(event: StepEvent, width: number): readonly Line[] {
	switch (event.type) {
		case 'log':
			return event.level === 'warning'
				? paragraph(`Warning: ${event.text}`, width, 'warning')
				: paragraph(event.text, width);
		case 'facts':
			return versionList(versionCells(event.facts, undefined).slice(0, 3), width);
		case 'finding':
			return event.finding.severity === 'ok'
				? findingTitle(event.finding, width)
				: [...findingTitle(event.finding, width), ...findingDetails(event.finding, width)];
		case 'command-started': {
			const rows = commandRows(shellWords(event.command.work), width, { prefix: '$ ', long: 'keep' });
			const note = event.reattached ? [line('It was running already; its output follows from the beginning.')] : [];
			return [line(`${event.command.why}:`), ...note, ...rows.map((row) => line(row, 'strong'))];
		}
		case 'output':
			return [[span('  | ', 'faint'), span(event.line)]];
		case 'command-ended': {
			const endings = event.result.results.map(endingText).join(', ');
			return [line(`  ${endings} after ${formatDuration(event.result.seconds)}`, 'faint')];
		}
		case 'progress':
		case 'question':
			return [];
	}
}

export function plainProgress(progress: Progress, width: number): readonly Line[] {
	const share = fraction(progress);
	const percent = share === undefined || progress.unit === 'percent' ? '' : `${Math.floor(share * 100)} %, `;
	const left = progress.secondsLeft === undefined ? '' : `, about ${formatDuration(progress.secondsLeft)} left`;
	return hang(span('  '), `${stageText(progress)}: ${percent}${amountText(progress)}${left}`, width);
}

export function plainQuestion(question: Question, width: number): readonly Line[] {
	return [
		emptyLine,
		...paragraph(`Question ${question.id}: ${question.title}`, width, 'strong'),
		...question.body.flatMap((text) => paragraph(text, width, 'plain', 2)),
		...(question.kind === 'confirm' ? question.commands.flatMap((command) => commandLines(command, width)) : []),
		...(question.kind === 'choose' || question.kind === 'choose-many'
			? question.choices.flatMap(({ value, label, hint }) => hang(span(`  ${value}  `), `${label}: ${hint}`, width))
			: []),
	];
}

/** What was answered and by whom; without an answer, what an answers file would have to say. */
export function plainAnswer(
	question: Question,
	answer: Answer | undefined,
	width: number,
	resumeCommand: string,
): readonly Line[] {
	if (answer === undefined) {
		const example = JSON.stringify({ [question.id]: exampleAnswer(question) });
		return [
			...paragraph(
				`Nobody is here to answer. Answer on a terminal (${resumeCommand}), or give the answer in a file with --answers:`,
				width,
			),
			line(`  ${example}`, 'strong'),
		];
	}
	const value = typeof answer.value === 'boolean' ? (answer.value ? 'yes' : 'no') : JSON.stringify(answer.value);
	const by = answer.by === 'yes-flag' ? '--yes' : answer.by === 'answers-file' ? 'the answers file' : 'you';
	return [line(`  Answer: ${value}, by ${by}.`)];
}

function exampleAnswer(question: Question): boolean | string | readonly string[] {
	return question.kind === 'confirm' ? true : question.suggested;
}
