import { type Command, type PipelineResult, succeeded } from '../../src/host/host.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { judgeReceive, judgeSend } from '../../src/zfs/judge.js';
import { listEvents } from '../../src/zfs/pool-commands.js';
import { diagnose, printableLines } from '../../src/zfs/problem.js';
import { diffSnapshots } from '../../src/zfs/snapshot-commands.js';
import { readSnapshotGuids } from '../../src/zfs/snapshot-guids.js';
import type { StepContext, StepRun } from '../step.js';
import { interruptedReceive, resumedReceive, type SmokeCase, smokeCases, tokenToCome } from './cases.js';
import { arrivalsOf, type Checksums, checksumsAt, compareContents, compareGuids } from './compare.js';
import {
	dataCommands,
	moments,
	mountCommand,
	removeCommand,
	type Scratch,
	setUpCommands,
	snapshotAt,
	snapshotCommand,
	unlockCommand,
} from './scratch.js';

/** One row of the matrix. */
export interface SmokeResult {
	readonly pool: string;
	readonly name: string;
	readonly title: string;
	readonly verdict: 'passed' | 'failed' | 'skipped';
	/** What was compared, or the tools' own words. */
	readonly detail: string;
}

/** A command of the set-up failed, so nothing can be said of send and receive. */
class SetUpFailed extends Error {
	override readonly name = 'SetUpFailed';
}

/** Where each case lands, once: the datasets whose contents are compared at the end. */
function landings(scratch: Scratch): readonly SmokeCase[] {
	const last = new Map(smokeCases(scratch).map((one) => [one.target, one]));
	return [...last.values(), resumedReceive(scratch, tokenToCome)];
}

function unlockAndMount(scratch: Scratch, one: SmokeCase): readonly PlannedCommand[] {
	const name = one.target.slice(scratch.root.length + 1);
	const mounts = arrivalsOf(scratch, one).map(({ to }) =>
		mountCommand(scratch, to, to.slice(scratch.root.length + 1).replaceAll('/', '-')),
	);
	return one.isEncrypted ? [unlockCommand(scratch, one.target, name), ...mounts] : mounts;
}

/** Every command that changes the pool, in order, for the plan and the yes. */
export function plannedFor(scratch: Scratch): readonly PlannedCommand[] {
	return [
		...setUpCommands(scratch),
		...moments.flatMap((moment) => [...dataCommands(scratch, moment), snapshotCommand(scratch, moment)]),
		...smokeCases(scratch).map((one) => one.command),
		interruptedReceive(scratch).command,
		resumedReceive(scratch, tokenToCome).command,
		...landings(scratch).flatMap((one) => unlockAndMount(scratch, one)),
		removeCommand(scratch, scratch.root),
	];
}

async function* must(context: StepContext, command: PlannedCommand): StepRun<void> {
	const { results } = yield* context.execute(command);
	const failed = results.find((result) => !succeeded(result));
	if (failed !== undefined) {
		throw new SetUpFailed(`${command.why}: ${diagnose(failed).message}`);
	}
}

async function* writeSource(context: StepContext, scratch: Scratch): StepRun<Checksums> {
	const written = new Map<string, string>();
	for (const command of setUpCommands(scratch)) {
		yield* must(context, command);
	}
	for (const moment of moments) {
		for (const command of dataCommands(scratch, moment)) {
			yield* must(context, command);
		}
		for (const [key, sum] of await checksumsAt(context.host, scratch, moment)) {
			written.set(key, sum);
		}
		yield* must(context, snapshotCommand(scratch, moment));
	}
	return written;
}

/** What send and receive themselves say of it; undefined when neither complains. */
function complaint(result: PipelineResult): string | undefined {
	const [sender] = result.results;
	const receiver = result.results.at(-1);
	if (sender === undefined || receiver === undefined) return 'nothing was run';
	const sent = judgeSend(sender);
	if (sent.verdict === 'silently-failed')
		return `zfs send exited with 0, but the stream is not whole: ${sent.problem.message}`;
	if (sent.verdict === 'failed') return `zfs send failed: ${sent.problem.message}`;
	const received = judgeReceive(receiver);
	return received.verdict === 'ok' ? undefined : `zfs receive failed: ${received.problem.message}`;
}

async function* runCase(context: StepContext, scratch: Scratch, one: SmokeCase): StepRun<SmokeResult> {
	const row = { pool: scratch.pool, name: one.name, title: one.title };
	const said = complaint(yield* context.execute(one.command));
	if (said !== undefined) {
		return { ...row, verdict: 'failed', detail: said };
	}
	const guids = await readSnapshotGuids(context.host, scratch.root);
	if (!guids.ok) {
		return { ...row, verdict: 'failed', detail: `What arrived could not be read: ${guids.problem.message}` };
	}
	const differences = compareGuids(scratch, one, guids.value);
	return differences.length === 0
		? { ...row, verdict: 'passed', detail: `${one.arrives.length} snapshot guids are the same` }
		: { ...row, verdict: 'failed', detail: differences.join('; ') };
}

async function* runInterrupted(context: StepContext, scratch: Scratch): StepRun<SmokeResult> {
	const row = { pool: scratch.pool, name: 'resumed', title: 'zfs receive -s, cut off, then zfs send -t' };
	const { results } = yield* context.execute(interruptedReceive(scratch).command);
	const receiver = results.at(-1);
	const received = receiver === undefined ? undefined : judgeReceive(receiver);
	if (received?.verdict !== 'interrupted') {
		const said = received === undefined ? 'nothing was run' : received.verdict;
		return { ...row, verdict: 'failed', detail: `The cut-off receive left no token to go on from (${said}).` };
	}
	const result = yield* runCase(context, scratch, resumedReceive(scratch, received.token));
	return { ...result, ...row };
}

async function* compareLandings(
	context: StepContext,
	scratch: Scratch,
	written: Checksums,
	failed: ReadonlySet<string>,
): StepRun<SmokeResult> {
	const problems: string[] = [];
	let compared = 0;
	for (const one of landings(scratch).filter((landing) => !failed.has(landing.target))) {
		for (const command of unlockAndMount(scratch, one)) {
			yield* must(context, command);
		}
		problems.push(...(await compareContents(context.host, scratch, one, written)));
		compared += 1;
	}
	const row = { pool: scratch.pool, name: 'contents', title: 'Contents of what was received' };
	if (problems.length > 0) return { ...row, verdict: 'failed', detail: problems.join('; ') };
	return compared === 0
		? { ...row, verdict: 'skipped', detail: 'nothing was received' }
		: { ...row, verdict: 'passed', detail: `${compared} received datasets are equal by SHA-256` };
}

/** A command that only reads: thousands of events are judged here, not shown. */
async function runReading(
	context: StepContext,
	scratch: Scratch,
	command: Command,
	name: string,
	title: string,
): Promise<SmokeResult> {
	const row = { pool: scratch.pool, name, title };
	const result = await context.host.run(command);
	if (!succeeded(result) || result.stderr.trim() !== '') {
		return { ...row, verdict: 'failed', detail: printableLines(result.stderr).join(' ') || diagnose(result).message };
	}
	return { ...row, verdict: 'passed', detail: 'exit code 0 and nothing on stderr' };
}

/** The whole matrix on one pool. Yields each row's commands; the scratch dataset is removed whatever happens. */
export async function* testPool(context: StepContext, scratch: Scratch): StepRun<readonly SmokeResult[]> {
	const results: SmokeResult[] = [];
	try {
		const written = yield* writeSource(context, scratch);
		const failedTargets = new Set<string>();
		for (const one of smokeCases(scratch)) {
			if (failedTargets.has(one.target)) {
				const detail = 'what it builds on had failed';
				results.push({ pool: scratch.pool, name: one.name, title: one.title, verdict: 'skipped', detail });
				continue;
			}
			const result = yield* runCase(context, scratch, one);
			results.push(result);
			if (result.verdict === 'failed') failedTargets.add(one.target);
		}
		const resumed = yield* runInterrupted(context, scratch);
		results.push(resumed);
		if (resumed.verdict !== 'passed') failedTargets.add(resumedReceive(scratch, tokenToCome).target);
		results.push(yield* compareLandings(context, scratch, written, failedTargets));
		results.push(await runReading(context, scratch, listEvents(), 'events', 'zpool events'));
		const diff = diffSnapshots(snapshotAt(scratch.source, 'a'), snapshotAt(scratch.source, 'b'));
		results.push(await runReading(context, scratch, diff, 'diff', 'zfs diff'));
	} catch (error) {
		if (!(error instanceof SetUpFailed)) throw error;
		results.push({
			pool: scratch.pool,
			name: 'set-up',
			title: 'Scratch datasets',
			verdict: 'failed',
			detail: error.message,
		});
	} finally {
		yield* context.execute(removeCommand(scratch, scratch.root));
	}
	return results;
}
