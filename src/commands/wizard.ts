import process from 'node:process';
import { createInterface } from 'node:readline/promises';
import { exitCodes } from '../engine/exit-codes.js';
import type { Host } from '../host/host.js';
import { printError } from './output.js';
import { type Invocation, parseCommandLine } from './parse.js';
import { openProgram } from './program.js';
import { readRun } from './recorded-run.js';
import { runOptionsOf } from './run-options.js';
import { runUpgrade } from './run-upgrade.js';

/** Neither tools nor a loaded module. */
async function lacksOpenzfs(host: Host): Promise<boolean> {
	if ((await host.files.stat('/sys/module/zfs')) !== undefined) return false;
	const tools = await host.run({ argv: ['zfs', '--version'], timeoutSeconds: 10 });
	return tools.outcome.kind === 'not-found';
}

async function offerDemo(): Promise<boolean> {
	const terminal = createInterface({ input: process.stdin, output: process.stderr });
	try {
		const answer = await terminal.question(
			'See the wizard at work on a simulated host instead? Nothing is touched. [y/N] ',
		);
		return /^y(?:es)?$/i.test(answer.trim());
	} catch {
		// Ctrl-D and Ctrl-C are no.
		return false;
	} finally {
		terminal.close();
	}
}

/** Without a command: the wizard on a terminal, plain lines otherwise; both go on where the run stopped. */
export async function execute(invocation: Invocation): Promise<number> {
	const options = runOptionsOf(invocation);
	const program = await openProgram(invocation);
	if (program.host.kind === 'local' && (await lacksOpenzfs(program.host)) && readRun(program) === undefined) {
		printError('There is no OpenZFS on this host: neither its tools nor its kernel module were found.');
		if (!program.terminal.interactive || program.isJson) {
			printError('Nothing can be upgraded here. A demonstration: zfs-lockstep demo');
			return exitCodes.blocked;
		}
		if (!(await offerDemo())) return exitCodes.blocked;
		const { execute: demo } = await import('./demo.js');
		return demo(parseCommandLine(['demo']));
	}
	return (await runUpgrade(program, options, 'wizard', () => undefined)).exitCode;
}
