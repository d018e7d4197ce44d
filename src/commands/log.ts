import process from 'node:process';
import { exitCodes } from '../engine/exit-codes.js';
import { stripControls } from '../host/text.js';
import { followEventLog, type LogLine, readEventLog } from '../journal/read-event-log.js';
import { print, printError } from './output.js';
import type { Invocation } from './parse.js';
import { openProgram, type Program } from './program.js';

function text(value: unknown): string {
	return typeof value === 'string' ? value : JSON.stringify(value);
}

/** One entry as a line: time, kind, and what it is about. */
function lineOf(line: LogLine, isJson: boolean): string {
	if (line.kind === 'torn')
		return isJson
			? JSON.stringify({ type: 'torn', text: line.text })
			: `(a torn line: ${stripControls(line.text).slice(0, 80)})`;
	if (isJson) return JSON.stringify(line.entry);
	const { at, type, run: _run, line: output, command, ...rest } = line.entry;
	if (type === 'output') return `${at}   | ${stripControls(text(output))}`;
	const details = Object.entries(rest).map(([name, value]) => `${name}=${text(value)}`);
	return stripControls(
		`${at} ${[text(type), ...(command === undefined ? [] : [text(command)]), ...details].join(' ')}`,
	);
}

async function follow(program: Program): Promise<void> {
	const stop = new AbortController();
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => stop.abort());
	for await (const line of followEventLog(program.places.logDirectory, stop.signal))
		print(lineOf(line, program.isJson));
}

/** `log`: the journal, oldest first; `-f` goes on as it grows. */
export async function execute(invocation: Invocation): Promise<number> {
	const program = await openProgram(invocation);
	if (invocation.switch('follow')) {
		await follow(program);
		return exitCodes.done;
	}
	let lines = 0;
	for (const line of readEventLog(program.places.logDirectory)) {
		print(lineOf(line, program.isJson));
		lines += 1;
	}
	if (lines === 0) printError('No run has written a log yet.');
	return exitCodes.done;
}
