import { count } from '../../src/checks/amounts.js';
import { succeeded } from '../../src/host/host.js';
import { quoteForDisplay } from '../../src/host/text.js';
import { takeInventory } from '../../src/inventory/take.js';
import { findJobs } from '../../src/jobs/find-jobs.js';
import { writeStagedFiles } from '../../src/jobs/hold.js';
import { areHeld, type HoldPlan, planHold } from '../../src/jobs/hold-jobs.js';
import { planResume, resumeCommands } from '../../src/jobs/resume-jobs.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { parsePoolName, poolOf } from '../../src/zfs/names.js';
import { discardCheckpoint } from '../../src/zfs/pool-commands.js';
import { findReplicas } from '../../src/zfs/replicas.js';
import { commandFailure } from '../command-failure.js';
import { holdingRun } from '../holding-run.js';
import type { HeldPackages } from '../run-state.js';
import type { Probe, RollbackStage, RollbackTime, Step, StepContext, StepOutcome, StepRun } from '../step.js';
import { waitForRunningJobs } from '../wait-for-jobs.js';
import { chooseCheckpoints, chooseStreams } from './choices.js';
import { saveHostFiles } from './host-files.js';
import {
	choosePackageHolds,
	downloadCommand,
	holdPackagesCommand,
	savePackages,
	unholdPackagesCommand,
} from './keep-packages.js';
import { findTaken, findUnspared, protectCommands, protectPool, unprotectCommands } from './snapshots.js';
import { hasLeftover, runStreamBackup } from './stream.js';

async function packageHolds(context: StepContext): Promise<HeldPackages> {
	const recorded = context.state().evidence.heldPackages;
	const { packages } = await context.facts();
	if (recorded !== undefined && !packages.installed.known) return recorded;
	const set = packages.installed.known ? packages.installed.value : [];
	const kernels = packages.kernelPackages.known ? packages.kernelPackages.value : [];
	if (recorded !== undefined) {
		// Done again after the package transaction: a library that it replaced cannot be held any more.
		const names = new Set([...set, ...kernels].map(({ name }) => name));
		return { ...recorded, ours: recorded.ours.filter((name) => names.has(name)) };
	}
	return choosePackageHolds([...set, ...kernels], set);
}

/** With the reason why the jobs of the host could not be read. */
type JobsToHold = HoldPlan & { readonly unread?: string };

async function jobsToHold(context: StepContext): Promise<JobsToHold> {
	const jobs = await findJobs(context.host);
	const recorded = context.state().evidence.heldJobs;
	if (jobs.known) return planHold(jobs.value, holdingRun(context), recorded);
	const unread = `The jobs of this host could not be read (${jobs.why}): pause replication, pruning and scrubs by hand.`;
	return { ...planHold([], holdingRun(context), recorded), notHeld: [unread], unread: jobs.why };
}

const ignoring = ['zfs-lockstep', '--ignore-check', 'jobs.unreadable'];

/** A job that nobody knows of would run while the halves differ; a mounted system runs none. */
function stopForUnread(context: StepContext, { unread }: JobsToHold): StepOutcome | undefined {
	const isAgreed = context.options.ignoredChecks.includes('jobs.unreadable');
	if (unread === undefined || isAgreed || context.host.kind === 'alternate-root') return undefined;
	return failed(
		'The jobs of this host could not be read, so none can be put on hold.',
		`${unread}. Replication or pruning would go on while userspace and module differ. Nothing was changed.`,
		[
			`Mend the cause, or wait until the host is less busy; then go on with: ${context.ownCommands.resumeCommand}`,
			`Or pause such jobs by hand and go on with: ${quoteForDisplay(context.ownCommands.argumentsOf(ignoring))}`,
		],
	);
}

/** Recorded before the snapshots are taken: afterwards nothing is written since the newest one anywhere. */
async function replicasOf(context: StepContext): Promise<readonly string[]> {
	const { evidence, pools } = context.state();
	if (evidence.replicas !== undefined) return evidence.replicas;
	const found = await findReplicas(context.host);
	return found.known ? found.value.filter((dataset) => pools.includes(poolOf(dataset))) : [];
}

/** The commands that are the same on every host, for the plan and the yes. */
async function protection(
	context: StepContext,
	jobs: HoldPlan,
	replicas: readonly string[],
): Promise<readonly PlannedCommand[]> {
	const hold = holdPackagesCommand(await packageHolds(context));
	return [
		...jobs.commands,
		...jobs.stopCommands,
		...(hold === undefined ? [] : [hold]),
		...context.state().pools.flatMap((pool) => protectCommands(protectPool(context, pool, replicas))),
	];
}

/**
 * Pools that were snapshotted and are not imported now, all of them where the module is not loaded: what cannot be seen
 * is not gone, and steps 4 and 5 say the rest.
 */
async function poolsAway(context: StepContext): Promise<readonly string[]> {
	const { pools, versions } = await context.facts();
	const taken = (context.state().evidence.snapshots ?? []).map(({ name }) => name.split('@')[0] ?? '');
	if (versions.loadedModule.known && versions.loadedModule.value === undefined) return taken;
	return taken.filter((name) => pools.known && !pools.value.some((pool) => pool.name === name));
}

/**
 * What the run keeps for the way back, and the host has lost. Once packages are replaced the old ones cannot be had, and
 * an inventory that is taken after the reboot would hide what the reboot has lost.
 */
async function findLost(context: StepContext): Promise<readonly string[]> {
	const { packages } = await context.facts();
	const { fromVersion } = context.plan();
	if (!packages.installed.known || packages.installed.value.some(({ version }) => version !== fromVersion)) return [];
	const { savedPackages = [], hostFiles, inventory, bootIdBeforeReboot } = context.state().evidence;
	const before = bootIdBeforeReboot === undefined ? inventory : undefined;
	const kept = [...savedPackages.map(({ file }) => file), hostFiles, before].filter((path) => path !== undefined);
	const stats = await Promise.all(kept.map((path) => context.host.files.stat(path)));
	return kept.filter((_path, index) => stats[index] === undefined);
}

async function probe(context: StepContext): Promise<Probe> {
	const { evidence, pools } = context.state();
	const away = await poolsAway(context);
	const here = pools.filter((pool) => !away.includes(pool));
	const taken = here.length === 0 ? new Map() : await findTaken(context, here);
	if (taken === undefined) return { state: 'partial', evidence: 'The snapshots could not be listed.' };
	const missing = here.filter((pool) => taken.get(pool)?.isHeld !== true);
	if (taken.size === 0 && here.length > 0) return { state: 'todo', evidence: 'No snapshot of this run is there.' };
	if (missing.length > 0) {
		return {
			state: 'partial',
			evidence: `Not snapshotted and held: ${missing.map((pool) => `"${pool}"`).join(', ')}.`,
		};
	}
	const { savedPackages, heldJobs, inventory, snapshots } = evidence;
	if ([savedPackages, heldJobs, inventory, snapshots].includes(undefined)) {
		return {
			state: 'partial',
			evidence: 'The snapshots are there; packages, jobs or the inventory are not saved and recorded yet.',
		};
	}
	const lost = await findLost(context);
	if (lost.length > 0) return { state: 'partial', evidence: `Kept, and not there any more: ${lost.join(', ')}.` };
	const missingCopies = (evidence.chosenBackups ?? []).filter(
		({ pool }) => !(evidence.backups ?? []).some((backup) => backup.pool === pool),
	);
	if (missingCopies.length > 0) {
		const named = missingCopies.map(({ pool, destination }) => `"${pool}" to ${destination}`).join(', ');
		return { state: 'partial', evidence: `Not copied yet, though it was asked for: ${named}.` };
	}
	if (!(await areHeld(context.host, heldJobs ?? []))) {
		return { state: 'partial', evidence: 'A replication job that was put on hold is not on hold any more.' };
	}
	return {
		state: 'done',
		evidence: `${count(pools.length, 'pool')} snapshotted and held; ${count(savedPackages?.length ?? 0, 'package')} kept; ${count(heldJobs?.length ?? 0, 'job')} on hold.`,
	};
}

function failed(what: string, why: string, todo: readonly string[]): StepOutcome {
	return { kind: 'failed', rollbackNeeded: false, failure: { what, why, todo } };
}

/** Runs a command whose failure ends the step; returns that end, or undefined. */
async function* need(context: StepContext, command: PlannedCommand): StepRun<StepOutcome | undefined> {
	const { results } = yield* context.execute(command);
	const bad = results.find((result) => !succeeded(result));
	if (bad === undefined) return undefined;
	const why = 'Nothing of OpenZFS was changed yet.';
	const todo = [`Mend the cause, then go on here with: ${context.ownCommands.resumeCommand}`];
	return { kind: 'failed', rollbackNeeded: false, failure: commandFailure(command, bad, { why, todo }) };
}

/** Copies that touch nothing but the run's own folder. */
async function* keepCopies(context: StepContext): StepRun<StepOutcome | undefined> {
	const { host, runDirectory } = context;
	const { evidence } = context.state();
	const lost = await findLost(context);
	if (evidence.hostFiles === undefined || lost.includes(evidence.hostFiles)) {
		const directory = `${runDirectory}/host-files`;
		yield { type: 'log', level: 'info', text: 'Copying the host files that a rescue needs.' };
		const copied = await saveHostFiles(host, directory);
		yield { type: 'log', level: 'info', text: `Kept ${copied.length} host files in ${directory}.` };
		await context.record({ hostFiles: directory });
	}
	if (evidence.savedPackages === undefined || evidence.savedPackages.some(({ file }) => lost.includes(file))) {
		const { packages } = await context.facts();
		const { saved, missing } = yield* savePackages(context, packages.installed.known ? packages.installed.value : []);
		if (missing.length > 0) {
			yield {
				type: 'finding',
				finding: {
					id: 'backup.packages-not-saved',
					severity: 'warning',
					title: `${missing.length} installed packages could not be kept as files`,
					detail: `${missing.map((one) => `${one.name} ${one.version}`).join(', ')}: neither the archive, apt's cache nor dpkg-repack gave them. Going back needs them.`,
					remediation: [
						{ text: `Get the .deb files from a snapshot archive into ${runDirectory}/packages before going on.` },
					],
					source: 'Debian keeps only the newest version of a suite; measured in packages.md 1.7',
				},
			};
		}
		await context.record({ savedPackages: saved });
	}
	const download = yield* need(context, await downloadCommand(context));
	if (download !== undefined) return download;
	if (evidence.inventory === undefined || lost.includes(evidence.inventory)) {
		yield { type: 'log', level: 'info', text: 'Taking the inventory of pools, datasets, snapshots and mounts.' };
		const inventory = await takeInventory(host, `${runDirectory}/inventory-before`);
		if (!inventory.known) {
			return failed(
				'The inventory could not be taken.',
				`${inventory.why}. Without it nothing can be compared afterwards.`,
				[`Mend the cause, then go on with: ${context.ownCommands.resumeCommand}`],
			);
		}
		await context.record({ inventory: `${runDirectory}/inventory-before` });
	}
	return undefined;
}

const unlisted = 'Taking one twice must not happen.';

/** Jobs first, so that nothing prunes or sends while the snapshots are taken. */
async function* protect(
	context: StepContext,
	jobs: HoldPlan,
	replicas: readonly string[],
	checkpoints: readonly PlannedCommand[],
): StepRun<StepOutcome | undefined> {
	const { host } = context;
	const { evidence, pools } = context.state();
	if (evidence.heldJobs === undefined || !(await areHeld(host, evidence.heldJobs))) {
		await writeStagedFiles(host, jobs.stagedFiles);
		// Recorded before the first is put on hold: an interruption must not leave a hold that nobody knows of.
		await context.record({ heldJobs: jobs.held });
		for (const command of jobs.commands) {
			const end = yield* need(context, command);
			if (end !== undefined) return end;
		}
	}
	// Only now does nothing new begin.
	const unfinished = yield* waitForRunningJobs(context);
	if (unfinished !== undefined) return unfinished;
	for (const command of jobs.stopCommands) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	const holds = await packageHolds(context);
	await context.record({ heldPackages: holds });
	const holding = holdPackagesCommand(holds);
	if (holding !== undefined) {
		const end = yield* need(context, holding);
		if (end !== undefined) return end;
	}
	const taken = await findTaken(context, pools);
	if (taken === undefined) return failed('The snapshots could not be listed.', unlisted, ['Look at: zpool status']);
	for (const pool of pools) {
		const { take, hold, ...rest } = protectPool(context, pool, replicas);
		if (!taken.has(pool)) {
			const end = yield* need(context, take);
			if (end !== undefined) return end;
		}
		const unspared = await findUnspared(context, { take, hold, ...rest });
		if (unspared === undefined)
			return failed('The snapshots could not be listed.', unlisted, ['Look at: zpool status']);
		for (const command of taken.get(pool)?.isHeld === true ? [] : [...unspared, hold]) {
			const end = yield* need(context, command);
			if (end !== undefined) return end;
		}
	}
	for (const command of checkpoints) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	await context.record({ checkpoints: checkpoints.length > 0 ? pools : (evidence.checkpoints ?? []) });
	const now = await findTaken(context, pools);
	await context.record({ snapshots: [...(now?.values() ?? [])].map((one) => one.snapshot) });
	return undefined;
}

function describeHeld({ held, unread }: JobsToHold): readonly string[] {
	const names = held.map(({ name }) => name).join(', ');
	if (names !== '') return [`On hold over the reboot and released at the end: ${names}.`];
	return unread === undefined ? ['No replication, pruning or scrub job was found.'] : [];
}

function describeReplicas(replicas: readonly string[]): readonly string[] {
	if (replicas.length === 0) return [];
	const [first = '', ...others] = replicas;
	const more = others.length === 0 ? '' : ` and ${others.length} more`;
	return [`Replicas keep none of them, so that their next receive goes on; a copy leaves them out: "${first}"${more}.`];
}

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

async function rollback(context: StepContext, when: RollbackTime = 'now'): Promise<readonly RollbackStage[]> {
	const { evidence, pools, steps } = context.state();
	// Holds are recorded before they are set: what is written meanwhile must release those too that are not set yet.
	const isSetting = when === 'ahead' && steps.backup.status !== 'done';
	const unhold = await unholdPackagesCommand(context, isSetting ? 'all' : 'held');
	const stages: RollbackStage[] = [];
	const heldJobs = evidence.heldJobs ?? [];
	const resume = isSetting
		? { stagedFiles: [], commands: resumeCommands(heldJobs), notes: [] }
		: await planResume(context.host, heldJobs);
	await writeStagedFiles(context.host, resume.stagedFiles);
	const release = [...(unhold === undefined ? [] : [unhold]), ...resume.commands];
	if (release.length > 0) {
		stages.push({
			title: 'Let packages and jobs go',
			undoes: ['backup'],
			why: 'They were put on hold for the upgrade only.',
			commands: release,
			rebootAfter: false,
			notes: ['Not before both halves of OpenZFS match again: zfs --version', ...resume.notes],
		});
	}
	const snapshots = evidence.snapshots ?? [];
	const checkpoints = (evidence.checkpoints ?? []).map((pool) =>
		planCommand(
			`rollback.discard-checkpoint.${pool}`,
			`Give up the checkpoint of "${pool}"`,
			discardCheckpoint(parsePoolName(pool)),
		),
	);
	if (snapshots.length > 0 || checkpoints.length > 0) {
		stages.push({
			title: 'Give up the snapshots of this run',
			undoes: ['backup'],
			why: 'Only when everything is as it should be: they are the copy of your data from before the upgrade.',
			commands: [...unprotectCommands(context, snapshots), ...checkpoints],
			rebootAfter: false,
			notes: [`Pools: ${pools.map((pool) => `"${pool}"`).join(', ')}.`, 'This stage can wait for days.'],
		});
	}
	return stages;
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
