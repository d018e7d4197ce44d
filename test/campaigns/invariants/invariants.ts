/** The ten promises that hold after every interruption, judged from what a campaign has observed. */
import type { RunStatus } from '../../../src/engine/status.js';
import type { RunState } from '../../../steps/run-state.js';
import type { StepId } from '../../../steps/step.js';
import type { HostTruth } from './truth.js';

/** What reading the state file gave. */
export type StateRead =
	| { readonly kind: 'read'; readonly state: RunState | undefined }
	| { readonly kind: 'refused'; readonly message: string };

/** What a campaign saw after an interruption. A part that it cannot see is left out, and its promise not judged. */
export interface Observation {
	/** Before the run began. */
	readonly before: HostTruth;
	/** At the interruption. */
	readonly interrupted?: HostTruth;
	readonly now: HostTruth;
	readonly read: StateRead;
	/** The last state whose write had returned, and the one whose write had begun; the same where none was under way. */
	readonly acknowledged?: { readonly written: RunState | undefined; readonly begun: RunState | undefined };
	/** Detached commands that were at work when the program ended. */
	readonly jobsAtWork?: readonly string[];
	/** Reboots that the program has made the host do, but for those that an earlier interruption made due. */
	readonly reboots?: number;
	readonly status?: RunStatus;
	/** The text of the rollback file, undefined when there is none. */
	readonly rollback?: { readonly text: string | undefined; readonly problems: readonly string[] };
	readonly isLockFree?: boolean;
	/** Damaged copies of the state file that were taken for good ones, each told in a few words. */
	readonly damageAccepted?: readonly string[];
}

export interface Violation {
	/** The promise's letter. */
	readonly promise: keyof typeof promises;
	readonly text: string;
}

type Check = (observation: Observation) => readonly string[];

/** Letter to promise; the letters are those of the reliability goals. */
const promises = {
	a: 'The state can be read, and is the old one or the new one.',
	b: 'No step is recorded as done whose effect is absent.',
	c: 'Nothing is repeated that must not be: snapshots, reboots.',
	d: "The user's data is what it was.",
	e: 'No pool was upgraded.',
	f: 'Packages and jobs on hold are exactly those recorded.',
	g: 'From step 2 on the rollback file is there, and its commands parse and work.',
	h: 'The lock is free.',
	i: 'What status says agrees with the host.',
	j: 'A damaged state is refused, never guessed.',
} as const;

const checks: Readonly<Record<keyof typeof promises, Check>> = {
	a: stateIsOldOrNew,
	b: effectsAreThere,
	c: (observation) => [...nothingIsRepeated(observation), ...workIsRecorded(observation)],
	d: userDataIsWhole,
	e: noPoolWasUpgraded,
	f: holdsAreRecorded,
	g: wayBackIsThere,
	h: ({ isLockFree }) => (isLockFree === false ? ['the lock is taken, and nobody is at work'] : []),
	i: statusIsTrue,
	j: ({ damageAccepted = [] }) => damageAccepted.map((what) => `taken for a good state: ${what}`),
};

/** Every promise that is broken; empty: all hold. */
export function findViolations(observation: Observation): readonly Violation[] {
	return Object.entries(checks).flatMap(([promise, check]) =>
		check(observation).map((text) => ({ promise: promise as keyof typeof promises, text })),
	);
}

function stateOf({ read }: Observation): RunState | undefined {
	return read.kind === 'read' ? read.state : undefined;
}

const texts = new WeakMap<RunState, string>();

/** Through JSON, as the file's went. */
function isSame(one: RunState | undefined, other: RunState | undefined): boolean {
	return one === other || textOf(one) === textOf(other);
}

function textOf(state: RunState | undefined): string | undefined {
	if (state === undefined) return undefined;
	const text = texts.get(state) ?? JSON.stringify(state);
	texts.set(state, text);
	return text;
}

function stateIsOldOrNew({ read, acknowledged }: Observation): readonly string[] {
	if (read.kind === 'refused') return [`the state is refused: ${read.message}`];
	if (acknowledged === undefined) return [];
	const { written, begun } = acknowledged;
	if (isSame(read.state, written) || isSame(read.state, begun)) return [];
	return [read.state === undefined ? 'the state is gone' : 'the state is neither the last one written nor the next'];
}

function effectsAreThere(observation: Observation): readonly string[] {
	const state = stateOf(observation);
	if (state === undefined || state.plan === null) return [];
	return Object.entries(state.steps).flatMap(([id, { status }]) =>
		status === 'done' && !isBeingReplaced(id, state)
			? missingEffects(id as StepId, state, observation.now).map((text) => `${id} is done, but ${text}`)
			: [],
	);
}

/** The package transaction of step 6 takes the module away and builds it anew; until it has ended step 6 tells of it. */
function isBeingReplaced(id: string, { steps }: RunState): boolean {
	const { status } = steps.userspace;
	return ['module', 'reboot', 'verify'].includes(id) && (status === 'running' || status === 'failed');
}

function missingEffects(id: StepId, state: RunState, now: HostTruth): readonly string[] {
	const { plan, evidence } = state;
	if (plan === null) return [];
	const { targetVersion } = plan;
	switch (id) {
		case 'check':
			return [];
		case 'backup':
			return missingBackup(state, now);
		case 'module':
			return plan.kernels.flatMap((kernel) => {
				const places = { 'on disk': now.modulesOnDisk[kernel], 'in the initramfs': now.modulesInInitramfs[kernel] };
				return Object.entries(places).flatMap(([where, version]) =>
					version === targetVersion ? [] : [`the module ${where} of ${kernel} is ${version ?? 'absent'}`],
				);
			});
		case 'reboot':
		case 'verify':
			return now.loadedModule === targetVersion ? [] : [`the loaded module is ${now.loadedModule ?? 'absent'}`];
		case 'userspace': {
			const set = [...plan.packages, ...plan.packagesNew];
			return set.flatMap((name) => {
				const found = now.packages[name];
				if (found?.version === targetVersion && found.isWhole) return [];
				return [`the package ${name} is ${found === undefined ? 'absent' : found.version}`];
			});
		}
		case 'smoke-test': {
			const scratch = Object.keys(now.contents).filter((name) => name.includes('/zfs-lockstep-'));
			const passed = evidence.smokeTest?.passed ?? 0;
			return [
				...(passed > 0 && evidence.smokeTest?.failed === 0 ? [] : ['no test is recorded as passed']),
				...scratch.map((name) => `the scratch dataset ${name} is there`),
			];
		}
	}
}

/** The run's snapshots carry its id; so the campaign needs no code of the program to find them. */
function snapshotOf(pool: string, { id }: RunState): string {
	return `${pool}@zfs-lockstep-${id}`;
}

function missingBackup(state: RunState, { snapshots, hasFile }: HostTruth): readonly string[] {
	const { savedPackages = [], hostFiles, inventory } = state.evidence;
	const kept = [...savedPackages.map(({ file }) => file), hostFiles, inventory];
	return [
		...state.pools.flatMap((pool) => {
			const name = snapshotOf(pool, state);
			if ((snapshots[name]?.holds.length ?? 0) > 0) return [];
			return [`${name} is ${snapshots[name] === undefined ? 'absent' : 'not held'}`];
		}),
		...kept.flatMap((path) => (path !== undefined && hasFile(path) ? [] : [`the kept ${path} is absent`])),
	];
}

/** Who comes back must find the work that goes on, or he begins it a second time. */
function workIsRecorded({ read, jobsAtWork = [] }: Observation): readonly string[] {
	const jobId = read.kind === 'read' ? read.state?.intent?.jobId : undefined;
	return jobsAtWork.filter((id) => id !== jobId).map((id) => `${id} is at work, and no intent is recorded for it`);
}

const runSnapshot = /@zfs-lockstep-\d{8}-\d{6}$/;

function nothingIsRepeated({ before, interrupted, now, reboots = 0 }: Observation): readonly string[] {
	const problems: string[] = [];
	// A cut in the middle of a package transaction may boot a host without its module: one more brings it back.
	const allowed = interrupted !== undefined && interrupted.loadedModule === undefined ? 2 : 1;
	if (reboots > allowed) problems.push(`the host was rebooted ${reboots} times`);
	const taken = new Map<string, string[]>();
	for (const name of Object.keys(now.snapshots).filter((one) => runSnapshot.test(one) && !(one in before.snapshots))) {
		const dataset = name.slice(0, name.indexOf('@'));
		taken.set(dataset, [...(taken.get(dataset) ?? []), name]);
	}
	for (const [dataset, names] of taken) {
		if (names.length > 1) problems.push(`${dataset} has ${names.length} snapshots of runs: ${names.join(', ')}`);
	}
	const earlier = { ...before.snapshots, ...interrupted?.snapshots };
	for (const [name, { guid, holds }] of Object.entries(earlier)) {
		// Scratch datasets come and go.
		if (name.includes('/zfs-lockstep-')) continue;
		// A run takes its snapshot off a replica again, before it holds the others.
		if (runSnapshot.test(name) && holds.length === 0 && now.snapshots[name] === undefined) continue;
		const found = now.snapshots[name];
		if (found?.guid !== guid) problems.push(`${name} ${found === undefined ? 'is gone' : 'was taken anew'}`);
	}
	return problems;
}

function userDataIsWhole({ before, now }: Observation): readonly string[] {
	return Object.entries(before.contents).flatMap(([name, digest]) => {
		const found = now.contents[name];
		return found === digest ? [] : [`${name} ${found === undefined ? 'is gone' : 'has other contents'}`];
	});
}

function noPoolWasUpgraded({ before, now }: Observation): readonly string[] {
	const commands = now.poolCommands.filter((command) => command.startsWith('zpool upgrade'));
	const enabled = Object.entries(now.features).flatMap(([pool, features]) =>
		features.filter((name) => before.features[pool]?.includes(name) === false).map((name) => `${pool} got ${name}`),
	);
	return [...commands.map((command) => `run: ${command}`), ...enabled];
}

function holdsAreRecorded(observation: Observation): readonly string[] {
	const { before, now, read } = observation;
	if (read.kind === 'refused') return [];
	const state = stateOf(observation);
	const { heldPackages, heldJobs = [] } = state?.evidence ?? {};
	const held = Object.keys(now.packages).filter(
		(name) => now.packages[name]?.isHeld === true && before.packages[name]?.isHeld !== true,
	);
	const ours = heldPackages?.ours ?? [];
	const unknown = held.filter((name) => !ours.includes(name)).map((name) => `${name} is on hold, and not recorded`);
	const isSettled = state?.steps.backup.status === 'done' && state.intent === null && !isBetweenHolds(state);
	const missing = isSettled
		? ours
				.filter((name) => now.packages[name] !== undefined && !held.includes(name))
				.map((name) => `${name} is recorded as on hold, and is not`)
		: [];
	const administrators = Object.keys(before.packages)
		.filter((name) => before.packages[name]?.isHeld === true && now.packages[name]?.isHeld === false)
		.map((name) => `the administrator's hold of ${name} is gone`);
	const recorded = new Set(heldJobs.flatMap(({ detail }) => Object.values(detail)));
	const strange = Object.keys({ ...before.jobFiles, ...now.jobFiles })
		.filter((path) => before.jobFiles[path] !== now.jobFiles[path] && !recorded.has(path))
		.map((path) => `${path} was changed, and is not recorded as a job on hold`);
	return [...unknown, ...missing, ...administrators, ...strange];
}

/** The package transaction lifts its own holds and sets them again; the last step lets everything go, then records it. */
function isBetweenHolds({ steps }: RunState): boolean {
	return steps.module.status === 'running' || steps.userspace.status === 'running' || isLettingGo(steps);
}

function isLettingGo(steps: RunState['steps']): boolean {
	return steps['smoke-test'].status === 'running';
}

function wayBackIsThere(observation: Observation): readonly string[] {
	const state = stateOf(observation);
	const { rollback } = observation;
	if (rollback === undefined || state === undefined || state.plan === null) return [];
	if (rollback.text !== undefined) return rollback.problems;
	const isBegun = state.steps.check.status === 'done' && state.steps.backup.status !== 'pending';
	return isBegun ? ['there is no rollback file'] : [];
}

function statusIsTrue(observation: Observation): readonly string[] {
	const { status, now } = observation;
	if (status === undefined) return [];
	const state = stateOf(observation);
	const { userspace, loadedModule } = status.versions;
	const problems: string[] = [];
	if (userspace !== (now.tools ?? 'unknown')) problems.push(`userspace is ${now.tools}, status says ${userspace}`);
	if (loadedModule !== (now.loadedModule ?? 'not loaded')) {
		problems.push(`the module is ${now.loadedModule}, status says ${loadedModule}`);
	}
	if (status.run?.id !== state?.id) problems.push(`status tells of the run ${status.run?.id}`);
	return problems;
}
