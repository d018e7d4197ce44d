import { exitCodes } from '../engine/exit-codes.js';
import { buildReport } from '../engine/report.js';
import { readEventLog } from '../journal/read-event-log.js';
import { renderReport, renderReportMarkdown } from '../ui/text/report.js';
import { print, printError, printingOf, printJson } from './output.js';
import { type Invocation, UsageError } from './parse.js';
import { openProgram } from './program.js';
import { readRun } from './recorded-run.js';

/** `report`: the last run as text, Markdown or JSON. */
export async function execute(invocation: Invocation): Promise<number> {
	const format = invocation.value('format') ?? (invocation.switch('json') ? 'json' : 'text');
	if (!['text', 'markdown', 'json'].includes(format))
		throw new UsageError(`--format takes text, markdown or json, not "${format}".`);
	const program = await openProgram(invocation);
	const state = readRun(program);
	if (state === undefined) {
		printError('No run is recorded.');
		return exitCodes.nothingToDo;
	}
	const lines = [...readEventLog(program.places.logDirectory)];
	const report = buildReport(
		state,
		lines.flatMap((line) => (line.kind === 'entry' ? [line.entry] : [])),
	);
	if (format === 'json') printJson(report);
	else print(format === 'markdown' ? renderReportMarkdown(report) : renderReport(report, printingOf(program)));
	return exitCodes.done;
}
