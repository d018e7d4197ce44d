/** systemd's units: which there are, when their conditions let them run, what starting and stopping does. */
import type { Machine, UnitState } from './machine.js';
import { nodeBytes } from './node.js';
import { cacheFile } from './pool-import.js';
import { exists, find, listNames, textOf } from './tree.js';

export interface UnitKind {
	readonly name: string;
	readonly description: string;
	/** Package that brings it; without it the unit is not found. */
	readonly package: string;
	readonly runs: 'oneshot' | 'daemon' | 'target' | 'timer';
	/** Started at boot where it is enabled. */
	readonly wantedBy: string;
	/** Unmet: skipped, which is no failure. */
	readonly conditions: readonly ('module' | 'cache' | 'no-cache')[];
	/** What a timer starts. */
	readonly triggers?: string;
	readonly calendar?: string;
	/** Of a service: its command line. */
	readonly command?: string;
	readonly isEnabledByDefault: boolean;
}

type Row = readonly [
	name: string,
	description: string,
	owner: string,
	runs: UnitKind['runs'],
	wantedBy: string,
	conditions: UnitKind['conditions'],
	more?: Partial<UnitKind>,
];

/** Source: recordings after-reboot/units, OpenZFS's etc/systemd/system, sanoid's packages.d. In the order of a boot. */
const rows: readonly Row[] = [
	['systemd-journald.service', 'Journal Service', 'systemd', 'daemon', 'sysinit.target', []],
	['ssh.service', 'OpenBSD Secure Shell server', 'openssh-server', 'daemon', 'multi-user.target', []],
	['cron.service', 'Regular background program processing daemon', 'cron', 'daemon', 'multi-user.target', []],
	['zfs-load-module.service', 'Install ZFS kernel module', 'zfsutils-linux', 'oneshot', 'zfs-mount.service', []],
	[
		'zfs-import-cache.service',
		'Import ZFS pools by cache file',
		'zfsutils-linux',
		'oneshot',
		'zfs-import.target',
		['cache', 'module'],
	],
	[
		'zfs-import-scan.service',
		'Import ZFS pools by device scanning',
		'zfsutils-linux',
		'oneshot',
		'zfs-import.target',
		['no-cache', 'module'],
		{ isEnabledByDefault: false },
	],
	['zfs-import.target', 'ZFS pool import target', 'zfsutils-linux', 'target', 'zfs.target', []],
	['zfs-mount.service', 'Mount ZFS filesystems', 'zfsutils-linux', 'oneshot', 'zfs.target', ['module']],
	['zfs-share.service', 'ZFS file system shares', 'zfsutils-linux', 'oneshot', 'zfs.target', ['module']],
	[
		'zfs-volume-wait.service',
		'Wait for ZFS Volume (zvol) links in /dev',
		'zfsutils-linux',
		'oneshot',
		'zfs-volumes.target',
		['module'],
	],
	['zfs-volumes.target', 'ZFS volumes are ready', 'zfsutils-linux', 'target', 'zfs.target', []],
	['zfs.target', 'ZFS startup target', 'zfsutils-linux', 'target', 'multi-user.target', []],
	['zfs-zed.service', 'ZFS Event Daemon (zed)', 'zfs-zed', 'daemon', 'zfs.target', ['module']],
	[
		'apt-daily-upgrade.timer',
		'Daily apt upgrade and clean activities',
		'apt',
		'timer',
		'timers.target',
		[],
		{ triggers: 'apt-daily-upgrade.service', calendar: '*-*-* 6:00' },
	],
	[
		'apt-daily-upgrade.service',
		'Daily apt upgrade and clean activities',
		'apt',
		'oneshot',
		'',
		[],
		{ isEnabledByDefault: false, command: '/usr/lib/apt/apt.systemd.daily install' },
	],
	[
		'apt-daily.timer',
		'Daily apt download activities',
		'apt',
		'timer',
		'timers.target',
		[],
		{ triggers: 'apt-daily.service', calendar: '*-*-* 6,18:00' },
	],
	[
		'apt-daily.service',
		'Daily apt download activities',
		'apt',
		'oneshot',
		'',
		[],
		{ isEnabledByDefault: false, command: '/usr/lib/apt/apt.systemd.daily update' },
	],
	[
		'sanoid.timer',
		'Run Sanoid Every 15 Minutes',
		'sanoid',
		'timer',
		'timers.target',
		[],
		{ triggers: 'sanoid.service', calendar: '*:0/15' },
	],
	[
		'sanoid.service',
		'Snapshot ZFS filesystems',
		'sanoid',
		'oneshot',
		'',
		[],
		{ isEnabledByDefault: false, command: '/usr/sbin/sanoid --take-snapshots --verbose' },
	],
	[
		'sanoid-prune.service',
		'Prune ZFS snapshots',
		'sanoid',
		'oneshot',
		'sanoid.service',
		[],
		{ command: '/usr/sbin/sanoid --prune-snapshots --verbose' },
	],
	[
		'zrepl.service',
		'zrepl',
		'zrepl',
		'daemon',
		'multi-user.target',
		[],
		{ command: '/usr/bin/zrepl --config /etc/zrepl/zrepl.yml daemon' },
	],
];

export const unitKinds: readonly UnitKind[] = rows.map(
	([name, description, owner, runs, wantedBy, conditions, more]) => ({
		name,
		description,
		package: owner,
		runs,
		wantedBy,
		conditions,
		isEnabledByDefault: true,
		...more,
	}),
);

/** The unit of a name, where its package is there. A name without a suffix is a service's. */
export function findUnit(machine: Machine, name: string): UnitKind | undefined {
	const full = /\.(?:service|timer|target|socket|mount|slice|path)$/.test(name) ? name : `${name}.service`;
	const kind = unitKinds.find((one) => one.name === full);
	if (kind === undefined) return undefined;
	const state = machine.packages[kind.package]?.state;
	return state === undefined || state === 'config-files' ? undefined : kind;
}

export function unitState(machine: Machine, kind: UnitKind): UnitState {
	return (
		machine.units[kind.name] ?? {
			activeState: 'inactive',
			subState: 'dead',
			conditionResult: 'no',
			enabled: kind.isEnabledByDefault,
			masked: false,
			since: 0,
			mainPid: 0,
		}
	);
}

/** Where the unit's file is. */
export function fragmentPath({ name }: UnitKind): string {
	return `/lib/systemd/system/${name}`;
}

/** Paths of drop-ins of a unit on the disk. */
function dropInPaths(machine: Machine, name: string): readonly string[] {
	return ['/etc/systemd/system', '/run/systemd/system', '/lib/systemd/system'].flatMap((folder) =>
		(listNames(machine, `${folder}/${name}.d`) ?? [])
			.filter((file) => file.endsWith('.conf'))
			.map((file) => `${folder}/${name}.d/${file}`),
	);
}

/** Reads drop-ins as `systemctl daemon-reload` does: until then systemd believes what it read before. */
export function reloadUnits(machine: Machine): Machine {
	const texts = unitKinds.flatMap(({ name }) =>
		dropInPaths(machine, name).map((path) => [path, textOf(machine, path) ?? ''] as const),
	);
	return { ...machine, loadedDropIns: Object.fromEntries(texts) };
}

/** Drop-ins of a unit that systemd has read. */
export function loadedDropIns(machine: Machine, name: string): readonly string[] {
	return Object.keys(machine.loadedDropIns).filter((path) => path.includes(`/${name}.d/`));
}

/** Whether what is on the disk is not what systemd has read. */
export function needsReload(machine: Machine, name: string): boolean {
	const onDisk = dropInPaths(machine, name);
	const loaded = loadedDropIns(machine, name);
	return (
		onDisk.length !== loaded.length || onDisk.some((path) => machine.loadedDropIns[path] !== textOf(machine, path))
	);
}

function areConditionsMet(machine: Machine, kind: UnitKind): boolean {
	const cache = find(machine, cacheFile).node;
	const hasCache = cache !== undefined && nodeBytes(cache) > 0n;
	const own = kind.conditions.every((condition) => {
		if (condition === 'module') return machine.modules.zfs !== undefined;
		return condition === 'cache' ? hasCache : !hasCache;
	});
	const added = loadedDropIns(machine, kind.name).flatMap((path) => {
		const text = machine.loadedDropIns[path] ?? '';
		return [...text.matchAll(/^ConditionPathExists=(!?)(\S+)$/gm)].map(([, not, place = '']) => {
			return exists(machine, place) === (not !== '!');
		});
	});
	return own && added.every((isMet) => isMet);
}

/** `systemctl start`: one whose condition is not met is skipped, and the command succeeds. */
export function startUnit(machine: Machine, name: string): Machine {
	const kind = findUnit(machine, name);
	if (kind === undefined) return machine;
	const old = unitState(machine, kind);
	const since = Math.floor(machine.clock);
	if (old.masked) return machine;
	if (!areConditionsMet(machine, kind)) {
		const skipped = { ...old, activeState: 'inactive', subState: 'dead', conditionResult: 'no', since } as const;
		return withUnit(machine, kind.name, { ...skipped, mainPid: 0 });
	}
	const subStates = { oneshot: 'exited', daemon: 'running', target: 'active', timer: 'waiting' } as const;
	const mainPid = kind.runs === 'daemon' ? 400 + unitKinds.indexOf(kind) * 7 + (since % 50) : 0;
	// A job that a timer starts is over before anybody looks.
	const isOver = kind.runs === 'oneshot' && kind.wantedBy === '';
	const state = isOver ? ({ activeState: 'inactive', subState: 'dead' } as const) : undefined;
	return withUnit(machine, kind.name, {
		...old,
		activeState: state?.activeState ?? 'active',
		subState: state?.subState ?? subStates[kind.runs],
		conditionResult: 'yes',
		since,
		mainPid,
	});
}

export function stopUnit(machine: Machine, name: string): Machine {
	const kind = findUnit(machine, name);
	if (kind === undefined) return machine;
	const stopped = { activeState: 'inactive', subState: 'dead', since: Math.floor(machine.clock), mainPid: 0 } as const;
	return withUnit(machine, kind.name, { ...unitState(machine, kind), ...stopped });
}

export function withUnit(machine: Machine, name: string, state: UnitState): Machine {
	return { ...machine, units: { ...machine.units, [name]: state } };
}
