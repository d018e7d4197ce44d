/** A host that is a table: each command has a prepared result, each file a prepared text. */
import type {
	Command,
	CommandResult,
	Host,
	JobStatus,
	OutputLine,
	Pipeline,
	PipelineResult,
} from '../../src/host/host.js';
import { quoteForDisplay } from '../../src/host/text.js';
import type { Recording } from '../fixtures/load.js';
import { createTableFiles, type TableFile, type TableFilesOptions } from './table-files.js';

/** What a command says. Without anything it ends well and says nothing. */
export interface Said {
	readonly exit?: number;
	readonly stdout?: string;
	readonly stderr?: string;
	readonly outcome?: CommandResult['outcome'];
}

/** A prepared text is standard output of a command that ended well; a recording is taken as it was. */
export type Answer = string | Said | Recording | 'not-installed' | ((command: Command) => string | Said);

/**
 * Pattern to answer. A pattern is the command's words with a space between them, quoted as for a shell or not; a `*`
 * stands for any text: `modinfo -k * zfs`. The first pattern that matches answers.
 */
export type CommandTable = readonly (readonly [pattern: string, answer: Answer])[];

export interface TableHostOptions {
	readonly commands?: CommandTable;
	readonly files?: Readonly<Record<string, TableFile>>;
	readonly fileSystems?: TableFilesOptions['fileSystems'];
	readonly kind?: Host['kind'];
	readonly root?: string;
	readonly userId?: number;
	/** Seconds since the epoch. */
	readonly now?: number;
}

export interface TableHost extends Host {
	/** Every command that was run, in order. */
	readonly calls: readonly Command[];
	/** The same as shown to a user, for expectations. */
	shownCalls(): readonly string[];
}

/** Programs that are not installed, as table entries. */
export function notInstalled(...programs: readonly string[]): CommandTable {
	return programs.flatMap((program) => [
		[program, 'not-installed'] as const,
		[`${program} *`, 'not-installed'] as const,
	]);
}

/** A command that the table does not have is an error of the test: nothing is answered by default. */
export function createTableHost(options: TableHostOptions = {}): TableHost {
	const {
		commands = [],
		files = {},
		fileSystems,
		kind = 'local',
		root = '/',
		userId = 0,
		now = 1_795_000_000,
	} = options;
	const patterns = commands.map(([pattern, answer]) => [toExpression(pattern), answer] as const);
	const calls: Command[] = [];
	const jobs = new Map<string, PipelineResult>();
	const tableFiles = createTableFiles({ files, ...(fileSystems && { fileSystems }) });

	function run(command: Command): CommandResult {
		calls.push(command);
		const shown = quoteForDisplay(command.argv);
		const plain = command.argv.join(' ');
		const entry = patterns.find(([expression]) => expression.test(plain) || expression.test(shown));
		if (entry === undefined) throw new Error(`the table has no answer for: ${shown}`);
		const answer = typeof entry[1] === 'function' ? entry[1](command) : entry[1];
		return toResult(command, answer);
	}

	async function pipe({ commands, outputFile }: Pipeline): Promise<PipelineResult> {
		const results = commands.map(run);
		if (outputFile !== undefined) await tableFiles.write(outputFile, results.at(-1)?.stdout ?? '');
		return { results, seconds: 0 };
	}

	return {
		kind,
		root,
		calls,
		shownCalls: () => calls.map(({ argv }) => quoteForDisplay(argv)),
		files: tableFiles,
		run: async (command) => run(command),
		stream: async function* (command) {
			const result = run(command);
			yield* linesOf(result);
			return result;
		},
		pipe,
		job: async function* ({ id, work }) {
			const result = jobs.get(id) ?? (await pipe(work));
			jobs.set(id, result);
			for (const each of result.results) yield* linesOf(each);
			return result;
		},
		jobStatus: async (id): Promise<JobStatus> => {
			const result = jobs.get(id);
			return result === undefined ? { state: 'absent' } : { state: 'ended', result };
		},
		userId: () => userId,
		now: () => now,
		sleep: async () => undefined,
	};
}

function toExpression(pattern: string): RegExp {
	const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
	return new RegExp(`^${parts.join('[^]*')}$`);
}

function toResult(command: Command, answer: Exclude<Answer, (command: Command) => unknown>): CommandResult {
	const base = { command, truncated: false, seconds: 0 };
	if (answer === 'not-installed') return { ...base, outcome: { kind: 'not-found' }, stdout: '', stderr: '' };
	if (typeof answer === 'string') return { ...base, outcome: { kind: 'exited', code: 0 }, stdout: answer, stderr: '' };
	if ('command' in answer) {
		const { exitCode = 0, stdout, stderr } = answer;
		return { ...base, outcome: { kind: 'exited', code: exitCode }, stdout, stderr };
	}
	const { exit = 0, stdout = '', stderr = '', outcome = { kind: 'exited', code: exit } } = answer;
	return { ...base, outcome, stdout, stderr };
}

function* linesOf({ stdout, stderr }: CommandResult): Generator<OutputLine> {
	yield* linesIn(stdout).map((line) => ({ stream: 'stdout' as const, line }));
	yield* linesIn(stderr).map((line) => ({ stream: 'stderr' as const, line }));
}

function linesIn(text: string): string[] {
	return text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}
