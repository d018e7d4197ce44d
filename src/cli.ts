import { version } from './commands/about.js';
import { print } from './commands/output.js';
import type { Invocation } from './commands/parse.js';
import { exitCodes } from './engine/exit-codes.js';

/** A command in its own file, loaded only when it is asked for. */
interface CommandModule {
	/** Does the work and says the exit code. */
	execute(invocation: Invocation): Promise<number>;
}

const loaders: Readonly<Record<string, () => Promise<CommandModule>>> = {
	wizard: () => import('./commands/wizard.js'),
	check: () => import('./commands/check.js'),
	plan: () => import('./commands/plan.js'),
	run: () => import('./commands/run.js'),
	status: () => import('./commands/status.js'),
	rollback: () => import('./commands/rollback.js'),
	'smoke-test': () => import('./commands/smoke-test.js'),
	guard: () => import('./commands/guard.js'),
	report: () => import('./commands/report.js'),
	log: () => import('./commands/log.js'),
	reset: () => import('./commands/reset.js'),
	demo: () => import('./commands/demo.js'),
	explain: () => import('./commands/explain.js'),
	compat: () => import('./commands/compat.js'),
	'after-boot': () => import('./commands/after-boot.js'),
};

let invocation: Invocation | undefined;

async function main(argv: readonly string[]): Promise<number> {
	if (argv[0] === '--version' || argv[0] === '-V') {
		print(`zfs-lockstep ${version}`);
		return exitCodes.done;
	}
	// The supervisor of a detached job: this program started by itself, never by a person.
	if (argv[0] === '__job' && argv[1] !== undefined) {
		const { superviseJob } = await import('./commands/supervise-job.js');
		return superviseJob(argv[1]);
	}
	const { parseCommandLine } = await import('./commands/parse.js');
	invocation = parseCommandLine(argv);
	if (invocation.switch('version')) {
		print(`zfs-lockstep ${version}`);
		return exitCodes.done;
	}
	if (invocation.switch('help')) {
		const { commandHelp, programHelp } = await import('./commands/help.js');
		print(argv[0]?.startsWith('-') === false ? commandHelp(invocation.command) : programHelp());
		return exitCodes.done;
	}
	const load = loaders[invocation.command.name];
	if (load === undefined) {
		throw new Error(`The command ${invocation.command.name} is defined, but has no file.`);
	}
	const [command, { configure }] = await Promise.all([load(), import('./commands/configuration.js')]);
	invocation = await configure(invocation);
	return command.execute(invocation);
}

let exitCode: number;
try {
	exitCode = await main(process.argv.slice(2));
} catch (error) {
	const { reportError } = await import('./commands/report-error.js');
	exitCode = reportError(error, invocation);
}
// The one exit site: whatever still waits (a timer, a watcher) must not keep a finished program alive.
process.exit(exitCode);
