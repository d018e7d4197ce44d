/**
 * Holds what the program says of itself against what the guest's own tools say: the invariants that must hold after
 * every cut, whatever was under way.
 */
import type { GuestVersions } from '../image/root.ts';
import type { Machine } from '../machine/machine.ts';
import { readVersions } from '../scenario/versions.ts';

interface RunState {
	readonly id: string;
	readonly endedAt: number | null;
	readonly plan: unknown;
	readonly steps: Readonly<Record<string, { readonly status: string }>>;
	readonly intent: { readonly command: { readonly id: string } } | null;
	readonly evidence: {
		readonly heldPackages?: { readonly ours: readonly string[] };
		readonly scratch?: readonly string[];
	};
}

interface Status {
	readonly run: { readonly id: string } | null;
	readonly step: { readonly id: string; readonly state: string } | null;
	readonly waitingFor: string | null;
	readonly versions: { readonly userspace: string; readonly loadedModule: string };
}

export interface Truth {
	/** Undefined: no run is recorded. */
	readonly state: RunState | undefined;
	readonly step: string;
	/** Command whose outcome nobody saw. */
	readonly intent: string;
	readonly violations: readonly string[];
}

export interface Expected {
	readonly versions: GuestVersions;
	/** The fingerprint from before anything was done. */
	readonly data: string;
	/** Steps are being undone: what was done is there no more, one after the other. */
	readonly isGoingBack: boolean;
}

/** Reads only. */
export async function examine(machine: Machine, { versions, data, isGoingBack }: Expected): Promise<Truth> {
	const violations: string[] = [];
	const must = (claim: string, holds: boolean): void => {
		if (!holds) violations.push(claim);
	};
	await machine.exec('systemctl is-system-running --wait', { timeoutSeconds: 900 });
	const now = await machine.exec('/usr/local/lib/lab/fingerprint', { timeoutSeconds: 900 });
	must(`data are as before (${firstDifference(data, now.stdout)})`, now.stdout === data);
	const status = await readStatus(machine);
	must('status can be read', status !== undefined);
	const state = await readState(machine);
	if (status === undefined || state === 'unreadable') {
		must('the state file can be read', state !== 'unreadable');
		return { state: undefined, step: 'unreadable', intent: 'unreadable', violations };
	}
	const real = await readVersions(machine);
	must(`status says userspace ${status.versions.userspace}`, status.versions.userspace === real.userspace);
	must(`status says module ${status.versions.loadedModule}`, status.versions.loadedModule === real.loaded);
	must('status knows the run of the state file', (status.run?.id ?? '') === (state?.id ?? ''));
	must('nobody is said to be at work after a boot', status.waitingFor !== 'nobody');
	must('a reboot is waited for only until it was made', status.waitingFor !== 'reboot');
	if (state !== undefined && state.endedAt === null && !isGoingBack) {
		await examineSteps(machine, state, real, versions, must);
	}
	return { state, step: status.step?.id ?? 'none', intent: state?.intent?.command.id ?? 'none', violations };
}

async function examineSteps(
	machine: Machine,
	state: RunState,
	real: Awaited<ReturnType<typeof readVersions>>,
	versions: GuestVersions,
	must: (claim: string, holds: boolean) => void,
): Promise<void> {
	const isDone = (step: string): boolean => state.steps[step]?.status === 'done';
	const snapshots = await linesOf(machine, 'zfs list -H -o name -t snapshot | grep @zfs-lockstep- || true');
	const names = new Set(snapshots.map((name) => name.split('@')[1]));
	must(`one snapshot name, not ${[...names].join(', ')}`, names.size <= 1);
	if (isDone('backup')) {
		for (const pool of ['tank', 'backup']) {
			must(`${pool} is snapshotted`, snapshots.includes(`${pool}@zfs-lockstep-${state.id}`));
			const holds = await linesOf(machine, `zfs holds -H ${pool}@zfs-lockstep-${state.id}`);
			must(
				`the snapshot of ${pool} is held`,
				holds.some((line) => line.includes('zfs-lockstep')),
			);
		}
		const held = await linesOf(machine, 'apt-mark showhold');
		const recorded = state.evidence.heldPackages?.ours ?? [];
		const known = new Set(await linesOf(machine, "dpkg --get-selections | sed 's/[:\\t].*//'"));
		const missing = recorded.filter((name) => known.has(name) && !held.includes(name));
		// from the transaction on: apt takes a package that it changes off hold
		if (!isUnderWay(state, 'userspace') && !isDone('userspace')) {
			must(`held packages are those recorded (${missing.join(', ')} are not)`, missing.length === 0);
		}
		const text = `/var/lib/zfs-lockstep/runs/${state.id}/ROLLBACK.txt`;
		must('the way back is on the disk and a shell can read it', (await machine.exec(`bash -n ${text}`)).exitCode === 0);
	}
	if (isDone('module') && state.steps.userspace?.status === 'pending') {
		must(`module on disk is new, not ${real.onDisk}`, real.onDisk === versions.new);
		must(`module in the initramfs is new, not ${real.inInitramfs}`, real.inInitramfs === versions.new);
	}
	if (isDone('reboot')) must(`loaded module is new, not ${real.loaded}`, real.loaded === versions.new);
	if (isDone('userspace')) {
		must(`tools are new, not ${real.userspace}`, real.userspace === versions.new);
		must(`no package is old: ${real.packages}`, !real.packages.includes(versions.old));
	}
	if (!isDone('smoke-test')) {
		const scratch = await linesOf(machine, "zfs list -H -o name | grep '/zfs-lockstep-' || true");
		const isKnown = scratch.length === 0 || (state.evidence.scratch ?? []).length > 0;
		must(`scratch datasets are recorded: ${scratch[0] ?? ''}`, isKnown);
	}
}

function isUnderWay(state: RunState, step: string): boolean {
	return !['pending', 'done'].includes(state.steps[step]?.status ?? 'pending');
}

async function linesOf(machine: Machine, command: string): Promise<string[]> {
	const { stdout } = await machine.exec(command);
	return stdout.split('\n').filter((line) => line !== '');
}

async function readStatus(machine: Machine): Promise<Status | undefined> {
	const { exitCode, stdout } = await machine.exec('zfs-lockstep status --json');
	return exitCode === 0 ? (JSON.parse(stdout) as Status) : undefined;
}

async function readState(machine: Machine): Promise<RunState | 'unreadable' | undefined> {
	const { exitCode, stdout } = await machine.exec('cat /var/lib/zfs-lockstep/state.json');
	if (exitCode !== 0) return undefined;
	try {
		const document = JSON.parse(stdout) as { readonly state?: RunState } & RunState;
		return document.state ?? document;
	} catch {
		return 'unreadable';
	}
}

function firstDifference(before: string, after: string): string {
	const [old, now] = [before.split('\n'), after.split('\n')];
	const index = old.findIndex((line, at) => line !== now[at]);
	return index === -1 ? `${now.length - old.length} lines more` : `${old[index]} is ${now[index] ?? 'missing'}`;
}
