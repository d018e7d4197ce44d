import type { CommandResult } from '../../src/host/host.js';
import { buildCommand } from '../../src/packages/dkms/commands.js';
import { decisiveLines, makeLogPaths, readBuildProgress } from '../../src/packages/dkms/make-log.js';
import { isBuilt } from '../../src/packages/dkms/tree.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { diagnose } from '../../src/zfs/problem.js';
import { polling } from '../progress.js';
import type { StepContext, StepEvent, StepOutcome, StepRun } from '../step.js';
import { again, failed } from './fail.js';

/** Runs detached: it takes ten to thirty minutes. */
export function dkmsBuild(context: StepContext, kernel: string): PlannedCommand {
	const { targetUpstream } = context.plan();
	return planCommand(
		`module.dkms-build.${kernel}`,
		`Build OpenZFS ${targetUpstream} for kernel ${kernel}`,
		buildCommand(targetUpstream, kernel),
		{ mode: 'detached', expectedSeconds: 900 },
	);
}

async function readMakeLog(context: StepContext, kernel: string): Promise<string | undefined> {
	const { targetUpstream } = context.plan();
	const architecture = (await context.facts()).machine.architecture;
	const paths = makeLogPaths(targetUpstream, kernel, architecture.known ? architecture.value : 'x86_64');
	for (const path of paths) {
		const log = await context.host.files.read(path);
		if (log !== undefined) return log;
	}
	return undefined;
}

const stageWords = {
	configure: 'configure: probing the kernel, stands still for minutes',
	compile: 'compiling',
	link: 'linking',
	done: 'done',
	failed: 'failed',
} as const;

async function buildEvents(context: StepContext, kernel: string): Promise<readonly StepEvent[]> {
	const progress = readBuildProgress(await readMakeLog(context, kernel), context.plan().targetUpstream);
	return [
		{
			type: 'progress',
			id: `module.dkms-build.${kernel}`,
			label: `Module for ${kernel}`,
			done: progress.compiled,
			total: progress.expected,
			unit: 'items',
			stage: stageWords[progress.stage],
		},
	];
}

async function buildFailure(
	context: StepContext,
	kernel: string,
	result: CommandResult | undefined,
): Promise<StepOutcome> {
	const log = await readMakeLog(context, kernel);
	// dkms before 3.1 keeps what configure says to its own output; make.log then knows no reason.
	const lines = decisiveLines([result?.stdout, result?.stderr, log].filter((text) => text !== undefined).join('\n'));
	const said = result === undefined ? 'It did not run.' : diagnose(result).message;
	return failed({
		what: `OpenZFS ${context.plan().targetUpstream} could not be built for kernel ${kernel}.`,
		why: 'Nothing that boots was changed: the old module is still installed for every kernel.',
		todo: [
			`The whole log: ${makeLogPaths(context.plan().targetUpstream, kernel, 'x86_64')[0]}`,
			again(context),
			`Or clean up: ${context.ownCommands.commandLine('rollback')}`,
		],
		lines: lines.length > 0 ? lines : said.split('\n'),
	});
}

/** Builds for one kernel, with its progress. Returns how the step ends where no module came of it. */
export async function* build(context: StepContext, kernel: string): StepRun<StepOutcome | undefined> {
	const { results } = yield* polling(
		context.execute(dkmsBuild(context, kernel)),
		() => context.host.sleep(5),
		() => buildEvents(context, kernel),
	);
	// dkms's exit code lies in both directions: what is there decides.
	return (await isBuilt(context.host, context.plan().targetUpstream, kernel))
		? undefined
		: buildFailure(context, kernel, results[0]);
}
