import process from 'node:process';
import { type BootReport, examineAfterBoot } from '../engine/after-boot.js';
import { exitCodes } from '../engine/exit-codes.js';
import { updateNotice } from '../engine/notice.js';
import { quoteForDisplay, stripControls } from '../host/text.js';
import { fitFinding, type OwnCommands } from '../plan/own-commands.js';
import { readConfiguration } from './configuration.js';
import { print } from './output.js';
import type { Invocation } from './parse.js';
import { openProgram, type Program } from './program.js';
import { readRun } from './recorded-run.js';
import { lookingSession } from './sitting.js';

/** sd-daemon(3): systemd reads the level of a line from its beginning; a terminal must not show it. */
function logLine(level: 3 | 6, text: string): void {
	print(`${process.env.JOURNAL_STREAM === undefined ? '' : `<${level}>`}${stripControls(text)}`);
}

function logReport({ title, faults }: BootReport, own: OwnCommands): void {
	logLine(faults.length === 0 ? 6 : 3, title);
	for (const fault of faults.map((one) => fitFinding(one, own))) {
		logLine(3, `${fault.id}: ${fault.title}. ${fault.detail}`);
		for (const { text, commands = [] } of fault.remediation) {
			logLine(6, `  ${text}`);
			for (const argv of commands) logLine(6, `    $ ${quoteForDisplay(argv)}`);
		}
	}
	logLine(6, `Nothing is done by itself. Go on: ${own.resumeCommand}`);
	logLine(6, `The way back: ${own.commandLine('rollback')}`);
}

/** Tells whoever is logged in, if the configuration asks for it. A configuration that cannot be read is told, no more. */
async function tellEverybody(program: Program, report: BootReport): Promise<void> {
	try {
		const { wall } = await readConfiguration(program.host.root);
		if (!wall) return;
		const lines = ['zfs-lockstep:', report.title, ...report.faults.map(({ title }) => `- ${title}`)];
		await program.host.run({ argv: ['wall'], input: `${stripControls(lines.join('\n'))}\n` });
	} catch (error) {
		logLine(3, error instanceof Error ? error.message : String(error));
	}
}

/**
 * `after-boot`: what zfs-lockstep.service runs. Without a run in progress it takes the notice away; else it verifies by
 * reading only, tells the journal and whoever logs in, and ends. It never goes on with the run.
 */
export async function execute(invocation: Invocation): Promise<number> {
	const program = await openProgram(invocation);
	const state = readRun(program);
	if (state === undefined || state.endedAt !== null || state.plan === null) {
		await updateNotice(program.host, undefined, program);
		return exitCodes.done;
	}
	const report = await examineAfterBoot(lookingSession(program, state));
	if (report === undefined) {
		await updateNotice(program.host, state, program);
		logLine(6, 'The host has not been rebooted since the run asked for it: there is nothing to verify.');
		return exitCodes.done;
	}
	await updateNotice(program.host, state, program, {
		title: report.title,
		faults: report.faults.map(({ title }) => stripControls(title)),
	});
	logReport(report, program);
	await tellEverybody(program, report);
	return report.exitCode;
}
