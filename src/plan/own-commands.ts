/** The one place that says what to type for this program: a command that is printed works when it is copied. */
import type { Finding } from '../checks/finding.js';
import { quoteForDisplay } from '../host/text.js';

const program = 'zfs-lockstep';

/** What to type for this program on this run: a demonstration, another root or another state folder need flags. */
export interface OwnCommands {
	/** Goes on with the run. */
	readonly resumeCommand: string;
	/** For another command: `status`, `rollback --run`. */
	commandLine(command: string): string;
	/** The same for a remediation, which is an argument array; one of another program stays as it is. */
	argumentsOf(argv: readonly string[]): readonly string[];
}

/** Commands that have nothing to do with a host or a run. */
const anywhere: ReadonlySet<string> = new Set(['compat', 'demo', 'explain']);

/**
 * @param flags name the host and the state: `--state-dir DIR`, `--root DIR`
 * @param resume goes on with the run, where that is not the plain program with `flags`
 */
export function ownCommands(flags: readonly string[] = [], resume?: readonly string[]): OwnCommands {
	const shown = flags.length === 0 ? '' : ` ${quoteForDisplay(flags)}`;
	return {
		resumeCommand: resume === undefined ? `${program}${shown}` : quoteForDisplay([program, ...resume]),
		commandLine: (command) => `${program} ${command}${shown}`,
		argumentsOf(argv) {
			const end = argv.indexOf(program) + 1;
			const words = argv.slice(end);
			const isOurs = argv[0] === program || (argv[0] === 'sudo' && argv[1] === program);
			if (!isOurs || anywhere.has(words[0] ?? '') || words.some((word) => flags.includes(word))) return argv;
			// No command, or flags alone: the run itself, which a demonstration names in its own way.
			const isRun = words[0]?.startsWith('--') ?? true;
			return isRun && resume !== undefined ? [...argv.slice(0, end), ...resume, ...words] : [...argv, ...flags];
		},
	};
}

/** The finding with remediations that fit this run. */
export function fitFinding(finding: Finding, own: OwnCommands): Finding {
	const [first, ...rest] = finding.remediation.map(({ text, commands }) =>
		commands === undefined ? { text } : { text, commands: commands.map((argv) => own.argumentsOf(argv)) },
	);
	return first === undefined ? finding : { ...finding, remediation: [first, ...rest] };
}

/**
 * A line of an error's remedy for this run. The lower rooms know of no flags; by convention a command of ours stands at
 * the end of such a line behind a colon.
 */
export function fitRemedy(line: string, own: OwnCommands): string {
	return line.replace(/(?<=^|: )(sudo )?zfs-lockstep((?: -{0,2}[a-z-]+)*)$/, (_, sudo = '', words: string) =>
		words === '' ? `${sudo}${own.resumeCommand}` : `${sudo}${own.commandLine(words.slice(1))}`,
	);
}
