/** Runs commands on a simulated machine. Pure: the same machine and command give the same execution. */
import type { Command, CommandResult, Pipeline } from '../host.js';
import type { TimedEvent } from './job.js';
import type { Machine } from './machine.js';
import { file } from './node.js';
import { difference } from './patch.js';
import { settleScans } from './pool-import.js';
import { programs } from './programs/index.js';
import { type Data, noData, Session, textData } from './session.js';
import { find, putNode, readFile } from './tree.js';
import { TreeError } from './tree-error.js';

/** As the local host's fixed environment. */
const fixedEnvironment = { LC_ALL: 'C', HOME: '/root', PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };

/** Linux kills a writer whose reader has gone once the pipe's buffer is full. */
const pipeBufferBytes = 65536n;

/** One command, or several joined by pipes, from start to end. */
export interface Execution {
	/** After it, with the clock where it ended. */
	readonly machine: Machine;
	readonly results: readonly CommandResult[];
	readonly seconds: number;
	/** Lines and changes in the order of their times. */
	readonly events: readonly TimedEvent[];
}

/** One command with a text for standard input. */
export function execute(machine: Machine, argv: Command['argv'], input?: string): Execution {
	return executePipeline(machine, { commands: [input === undefined ? { argv } : { argv, input }] });
}

/**
 * Commands joined by pipes. They run at once: the whole takes as long as the slowest of them.
 * @throws TreeError when a file of the pipeline cannot be opened
 */
export function executePipeline(machine: Machine, pipeline: Pipeline): Execution {
	const runs: CommandRun[] = [];
	let current = settleScans(machine);
	let data: Data = noData;
	if (pipeline.inputFile !== undefined) data = readData(machine, pipeline.inputFile);
	const opened: TimedEvent[] = [];
	if (pipeline.outputFile !== undefined) {
		const created = createOutput(current, pipeline.outputFile);
		opened.push({ at: 0, kind: 'change', patches: difference(current, created), durable: false });
		current = created;
	}
	for (const [index, command] of pipeline.commands.entries()) {
		const isLast = index === pipeline.commands.length - 1;
		const stdin: Data = command.input === undefined ? data : textData(command.input);
		const run = runCommand(current, command, stdin, isLast && pipeline.outputFile !== undefined ? 'file' : 'pipe');
		runs.push(run);
		current = run.machine;
		data = run.stdout;
	}
	const seconds = Math.max(...runs.map((run) => run.seconds));
	const events = [
		...opened,
		...runs.flatMap(({ events: own }, index) =>
			shownEvents(own, index === runs.length - 1 && pipeline.outputFile === undefined),
		),
	];
	if (pipeline.outputFile !== undefined) {
		const stored = storeOutput({ ...current, clock: machine.clock + seconds }, pipeline.outputFile, data);
		if (stored instanceof TreeError) failLast(runs, stored);
		else {
			const patches = difference(current, { ...stored, clock: current.clock });
			// A real host syncs the file that it made for a pipeline.
			events.push({ at: seconds, kind: 'change', patches, durable: true });
			current = stored;
		}
	}
	events.sort((one, other) => one.at - other.at);
	return { machine: { ...current, clock: machine.clock + seconds }, results: resultsOf(runs), seconds, events };
}

/** What goes into a pipe or a file is not for anybody to see. */
function shownEvents(events: readonly TimedEvent[], isShown: boolean): readonly TimedEvent[] {
	return isShown ? events : events.filter((event) => event.kind === 'change' || event.stream === 'stderr');
}

interface CommandRun {
	readonly command: Command;
	readonly machine: Machine;
	readonly outcome: CommandResult['outcome'];
	readonly stdout: Data;
	readonly stderr: string;
	readonly seconds: number;
	readonly events: readonly TimedEvent[];
	readonly readInput: boolean;
}

function runCommand(machine: Machine, command: Command, stdin: Data, stdoutTo: 'pipe' | 'file'): CommandRun {
	const env = { ...fixedEnvironment, ...command.env };
	const session = new Session({ machine, env, stdin, stdoutTo, call: callProgram });
	const code = callProgram(session, command.argv);
	return {
		command,
		machine: { ...session.machine, clock: machine.clock },
		outcome: code === undefined ? { kind: 'not-found' } : { kind: 'exited', code },
		stdout: session.stdout,
		stderr: session.stderr,
		seconds: session.seconds,
		events: session.events,
		readInput: session.readInput,
	};
}

function callProgram(session: Session, [path = '', ...args]: readonly string[]): number | undefined {
	const name = path.replace(/^(?:\/usr)?(?:\/local)?\/s?bin\//, '');
	const program = programs[name];
	return program === undefined || !isInstalled(session.machine, name) ? undefined : program(session, args);
}

/** Programs that a package brings are not there without it. */
const packageOf: Readonly<Record<string, string>> = {
	zfs: 'zfsutils-linux',
	zpool: 'zfsutils-linux',
	zstream: 'zfsutils-linux',
	zed: 'zfs-zed',
	dkms: 'dkms',
	mokutil: 'mokutil',
	sanoid: 'sanoid',
	syncoid: 'sanoid',
};

function isInstalled(machine: Machine, program: string): boolean {
	const owner = packageOf[program];
	if (owner === undefined) return true;
	const state = machine.packages[owner]?.state;
	return state !== undefined && state !== 'config-files';
}

function resultsOf(runs: readonly CommandRun[]): readonly CommandResult[] {
	return runs.map((run, index) => {
		const next = runs[index + 1];
		const isBroken = next !== undefined && !next.readInput && run.stdout.bytes > pipeBufferBytes;
		return {
			command: run.command,
			outcome: isBroken ? { kind: 'signalled', signal: 'SIGPIPE' } : run.outcome,
			// Between processes the data goes through a pipe of the kernel and is nobody's to see.
			stdout: next === undefined ? run.stdout.text : '',
			stderr: run.stderr,
			truncated: false,
			seconds: run.seconds,
		};
	});
}

function readData(machine: Machine, path: string): Data {
	const node = readFile(machine, path);
	return { text: node.text, bytes: node.bytes === undefined ? textData(node.text).bytes : BigInt(node.bytes) };
}

function createOutput(machine: Machine, path: string): Machine {
	if (find(machine, path, false).node !== undefined) throw new TreeError('EEXIST');
	return putNode(machine, path, file('', { mode: 0o600, mtime: Math.floor(machine.clock) }));
}

function storeOutput(machine: Machine, path: string, data: Data): Machine | TreeError {
	const isVirtual = data.bytes !== textData(data.text).bytes;
	const options = { mode: 0o600, mtime: Math.floor(machine.clock), ...(isVirtual ? { bytes: data.bytes } : {}) };
	try {
		return putNode(machine, path, file(data.text, options));
	} catch (error) {
		if (error instanceof TreeError) return error;
		throw error;
	}
}

/** A disk that fills up fails the command that writes to it. */
function failLast(runs: CommandRun[], error: TreeError): void {
	const last = runs.pop();
	if (last === undefined) return;
	const stderr = `${last.stderr}${last.command.argv[0]}: write error: ${error.message}\n`;
	runs.push({ ...last, outcome: { kind: 'exited', code: 1 }, stderr });
}
