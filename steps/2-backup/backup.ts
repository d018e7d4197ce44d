import type { PlannedCommand } from '../../src/plan/planned-command.js';
import type { Step, StepContext, StepOutcome, StepRun } from '../step.js';
import { chooseCheckpoints, chooseStreams } from './choices.js';
import { failed, need } from './fail.js';
import { describeHeld, jobsToHold, stopForUnread } from './hold-everything.js';
import { keepCopies } from './keep-copies.js';
import { probe } from './probe.js';
import { describeReplicas, protect, protection, replicasOf } from './protect.js';
import { hasLeftover, runStreamBackup } from './stream.js';
import { rollback } from './way-back.js';

async function* run(context: StepContext): StepRun<StepOutcome> {
	const replicas = await replicasOf(context);
	const streams = yield* chooseStreams(context, replicas);
	const checkpoints = yield* chooseCheckpoints(context);
	const jobs = await jobsToHold(context);
	const stop = stopForUnread(context, jobs);
	if (stop !== undefined) return stop;
	const clearing: PlannedCommand[] = [];
	for (const stream of streams) {
		// What a send brought that ended while nobody watched is the copy itself.
		if (!context.hasResult(stream.command) && (await hasLeftover(context, stream))) clearing.push(stream.clear);
	}
	const running = jobs.running.map((job) => `${job.name} (pid ${job.pid})`);
	const answer = yield* context.ask({
		id: 'backup.approve',
		kind: 'confirm',
		title: 'Snapshot the pools and put replication on hold?',
		body: [
			`Snapshots named @zfs-lockstep-${context.state().id} with a hold; the installed packages and host files are kept in ${context.runDirectory}.`,
			...describeHeld(jobs),
			...(running.length === 0 ? [] : [`Running now, waited for and not killed: ${running.join(', ')}.`]),
			...jobs.notHeld,
			...describeReplicas(replicas),
		],
		commands: [
			...(await protection(context, jobs, replicas)),
			...checkpoints,
			...clearing,
			...streams.map((stream) => stream.command),
		],
	});
	if (answer.value !== true) {
		return { kind: 'waiting', waitingFor: 'administrator', text: 'The snapshots were declined; nothing was changed.' };
	}
	await context.record({ replicas });
	const end = (yield* keepCopies(context)) ?? (yield* protect(context, jobs, replicas, checkpoints));
	if (end !== undefined) return end;
	if (streams.length > 0) {
		await context.record({
			chosenBackups: streams.map(({ pool, destination }) => ({ pool, destination: destination.text })),
		});
	}
	for (const command of clearing) {
		const failure = yield* need(context, command);
		if (failure !== undefined) return failure;
	}
	for (const stream of streams) {
		const sent = yield* runStreamBackup(context, stream);
		if ('problem' in sent) {
			return failed(`The backup of "${stream.pool}" failed.`, sent.problem, [
				`The snapshots are there and held. Mend the cause, then go on with: ${context.ownCommands.resumeCommand}`,
			]);
		}
		const done = { pool: stream.pool, destination: stream.destination.text, bytes: String(sent.bytes) };
		await context.record({ backups: [...(context.state().evidence.backups ?? []), done] });
	}
	const after = await probe(context);
	return after.state === 'done'
		? { kind: 'done', evidence: after.evidence }
		: failed('The protection is not complete.', after.evidence, [
				`Let it do what is missing: ${context.ownCommands.resumeCommand}`,
			]);
}

/** Step 2: make the way back before anything changes. */
export const backup: Step = {
	id: 'backup',
	title: 'Snapshot and back up',
	purpose:
		'Snapshots the pools under one name with a hold, keeps the installed packages and the host files that a rescue ' +
		'needs, takes the inventory, and puts replication and pruning on hold until the smoke test is green.',
	plan: async (context) => protection(context, await jobsToHold(context), await replicasOf(context)),
	probe,
	run,
	rollback,
};
