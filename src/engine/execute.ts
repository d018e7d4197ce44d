import type { StepRun } from '../../steps/step.js';
import type { Command, CommandResult, JobSpec, OutputLine, Pipeline, PipelineResult } from '../host/host.js';
import { stripControls } from '../host/text.js';
import type { PlannedCommand } from '../plan/planned-command.js';
import { makeDurable } from './make-durable.js';
import type { Session } from './session.js';

/** The job that does a detached command's work. */
export function jobFor(command: PlannedCommand, jobId: string): JobSpec {
	return {
		id: jobId,
		description: command.why,
		work: command.work,
		...(command.inhibitShutdown === undefined ? {} : { inhibitShutdown: command.inhibitShutdown }),
	};
}

function isChange({ effect }: PlannedCommand): boolean {
	return effect !== 'nothing';
}

/** What changes the host is never killed by a clock: only its own limit counts. */
function unhurried(work: Pipeline): Pipeline {
	const [first, ...rest] = work.commands;
	const patient = (command: Command): Command => ({ timeoutSeconds: Number.POSITIVE_INFINITY, ...command });
	return { ...work, commands: [patient(first), ...rest.map(patient)] };
}

/** Output of a foreground command as it comes; a pipeline reports when it has ended. */
async function* runForeground(
	session: Session,
	command: PlannedCommand,
): AsyncGenerator<OutputLine, PipelineResult, undefined> {
	const { commands, inputFile, outputFile } = isChange(command) ? unhurried(command.work) : command.work;
	if (commands.length === 1 && inputFile === undefined && outputFile === undefined) {
		const result: CommandResult = yield* session.host.stream(commands[0]);
		return { results: [result], seconds: result.seconds };
	}
	const result = await session.host.pipe({ ...command.work, commands });
	for (const one of result.results) {
		for (const line of one.stderr.split('\n').filter((text) => text !== '')) {
			yield { stream: 'stderr', line };
		}
	}
	return result;
}

/** Hands over the output line by line and the end; also reads to the end when whoever watches leaves. */
export async function* watch(
	session: Session,
	command: PlannedCommand,
	lines: AsyncGenerator<OutputLine, PipelineResult, undefined>,
	reattached: boolean,
): StepRun<PipelineResult> {
	const changes = isChange(command);
	if (changes) session.noteChange();
	yield { type: 'command-started', command, reattached };
	if (changes) session.passCommand('started');
	let ended: PipelineResult | undefined;
	let isBroken = false;
	try {
		for (;;) {
			const next = await lines.next().catch((error: unknown) => {
				isBroken = true;
				if (changes) session.noteChange();
				throw error;
			});
			if (next.done === true) {
				ended = next.value;
				break;
			}
			const line = stripControls(next.value.line);
			session.log.append({ type: 'output', command: command.id, stream: next.value.stream, line });
			yield { type: 'output', commandId: command.id, stream: next.value.stream, line };
		}
	} finally {
		// A foreground command that changes the host is never left half watched: its outcome belongs in the journal.
		// One that broke off has none: what it did is read from the host.
		if (ended === undefined && !isBroken && command.mode === 'foreground') {
			let next = await lines.next();
			while (next.done !== true) {
				next = await lines.next();
			}
			await settle(session, command, next.value);
		}
	}
	if (changes) session.passCommand('ended');
	if (changes && command.mode === 'detached') await makeDurable(session.host);
	await settle(session, command, ended);
	if (changes) session.passCommand('settled');
	yield { type: 'command-ended', command, result: ended };
	return ended;
}

/** Outcome to the journal, intent cleared. */
export async function settle(session: Session, command: PlannedCommand, result: PipelineResult): Promise<void> {
	if (isChange(command)) session.noteChange();
	session.log.append(
		{
			type: 'outcome',
			command: command.id,
			seconds: result.seconds,
			results: result.results.map((one) => ({ argv: one.command.argv, outcome: one.outcome })),
		},
		{ durable: isChange(command) },
	);
	if (session.state.intent !== null) {
		await session.apply({ type: 'intent-settled' });
	}
}

/** Intent to the journal, run, outcome to the journal. */
export async function* execute(session: Session, command: PlannedCommand): StepRun<PipelineResult> {
	const collected = session.collected.get(command.id);
	if (collected !== undefined) {
		session.collected.delete(command.id);
		return collected;
	}
	const facts = { command: command.id, why: command.why, argv: command.work.commands.map((one) => one.argv) };
	let jobId: string | null = null;
	if (isChange(command)) {
		const at = session.host.now();
		if (command.mode === 'detached') {
			// A later attempt at the same command is another job: re-attaching to an ended one would repeat its result.
			jobId = `${command.id}.${Math.floor(at * 1000)}`;
		}
		const bootId = (await session.host.files.read('/proc/sys/kernel/random/boot_id'))?.trim() ?? 'unknown';
		session.log.append({ type: 'intent', ...facts, jobId, bootId }, { durable: true });
		await session.apply({ type: 'intent', intent: { command, jobId, at, bootId } });
		session.passCommand('intended');
	} else {
		session.log.append({ type: 'reading', ...facts });
	}
	const lines =
		jobId === null
			? runForeground(session, command)
			: session.host.job(jobFor(command, jobId), { signal: session.leave });
	return yield* watch(session, command, lines, false);
}
