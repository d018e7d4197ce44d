import type { RunReport } from '../../engine/report.js';
import { quoteForDisplay } from '../../host/text.js';
import { cleanText } from './clean.js';
import { emptyLine, hang, type Line, line, printLines, span } from './line.js';
import type { Printing } from './printing.js';
import { formatDuration, formatTime } from './quantities.js';

function commandText(argv: readonly (readonly string[])[]): string {
	return argv.map((one) => quoteForDisplay(one)).join(' | ');
}

function endText(command: RunReport['commands'][number]): string {
	if (command.seconds === null) return 'interrupted';
	return `${formatDuration(command.seconds)}, exit ${command.outcomes.join(' | ')}`;
}

function timeText(from: number, to: number | null): string {
	return to === null ? `${formatTime(from)}, not finished` : `${formatTime(from)} to ${formatTime(to)}`;
}

function leftText({ left }: RunReport): readonly (readonly [string, string])[] {
	return [
		['snapshots', left.snapshots.map((name) => quoteForDisplay([name])).join(', ') || 'none'],
		['checkpoints', left.checkpoints.join(', ') || 'none'],
		['held packages', left.heldPackages.join(', ') || 'none'],
		['held jobs', left.heldJobs.join(', ') || 'none'],
	];
}

function summary({ run, smokeTest }: RunReport): readonly (readonly [string, string])[] {
	return [
		['host', run.isSimulated ? `${run.host} (simulated: nothing here is real)` : run.host],
		['time', timeText(run.startedAt, run.endedAt)],
		['versions', `userspace ${run.from.userspace}, module ${run.from.module} -> ${run.target ?? 'unknown'}`],
		['route', `${run.route ?? 'none'}: ${run.reason ?? ''}`],
		['pools', run.pools.map((pool) => quoteForDisplay([pool])).join(', ') || 'none'],
		...(run.ignoredChecks.length === 0 ? [] : [['ignored checks', run.ignoredChecks.join(', ')] as const]),
		[
			'smoke test',
			smokeTest === null
				? 'not run'
				: `${smokeTest.passed} passed, ${smokeTest.failed} failed, ${smokeTest.skipped} skipped`,
		],
	];
}

/** The story of a run for a terminal or a mail. */
export function renderReport(report: RunReport, { colour, width }: Printing): string {
	const row = ([name, text]: readonly [string, string]): readonly Line[] =>
		hang(span(name.padEnd(15), 'faint'), cleanText(text), width);
	return printLines(
		[
			line(`zfs-lockstep run ${report.run.id}`, 'strong'),
			...summary(report).flatMap(row),
			emptyLine,
			...report.steps.flatMap((step, index) =>
				row([`${index + 1} ${step.id}`, `${step.status}${step.text === '' ? '' : `: ${step.text}`}`]),
			),
			emptyLine,
			line('Commands that changed the host', 'strong'),
			...report.commands.flatMap((command) => [
				...hang(span('  ', 'faint'), commandText(command.argv), width),
				line(`    ${endText(command)}`, 'faint'),
			]),
			emptyLine,
			line('Left behind', 'strong'),
			...leftText(report).flatMap(row),
		],
		colour,
	);
}

function cell(text: string): string {
	return cleanText(text).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** The story of a run as Markdown, for a ticket. */
export function renderReportMarkdown(report: RunReport): string {
	return [
		`# zfs-lockstep run ${report.run.id}`,
		'',
		...summary(report).map(([name, text]) => `- **${name}**: ${cell(text)}`),
		'',
		'| step | state | evidence |',
		'|---|---|---|',
		...report.steps.map((step, index) => `| ${index + 1} ${step.id} | ${step.status} | ${cell(step.text)} |`),
		'',
		'## Commands that changed the host',
		'',
		'```',
		...report.commands.flatMap((command) => [
			`# ${cleanText(command.why)} (${endText(command)})`,
			cleanText(commandText(command.argv)),
		]),
		'```',
		'',
		'## Left behind',
		'',
		...leftText(report).map(([name, text]) => `- **${name}**: ${cell(text)}`),
		'',
	].join('\n');
}
