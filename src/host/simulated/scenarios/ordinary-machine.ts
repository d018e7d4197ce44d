/** An ordinary Debian 12 host: the ground that every scenario starts from. */
import { contentsOf, hasContents } from '../apt/deb-contents.js';
import { bootMachine } from '../boot.js';
import { findRecord, type PackageRecord, type SuiteName } from '../catalog.js';
import { openzfsPackages } from '../catalog-openzfs.js';
import { installedProxmoxKernels } from '../catalog-proxmox.js';
import { manualSystemPackages, systemPackages } from '../catalog-system.js';
import { addToTree, builtFolder, installModules } from '../dkms-tree.js';
import { syncAll } from '../durability.js';
import { grubMenu } from '../grub-menu.js';
import { buildInitramfs } from '../initramfs.js';
import { installedKernels } from '../kernels.js';
import { type Machine, machineSchemaVersion, type Package } from '../machine.js';
import { moduleFile, moduleKinds } from '../module-files.js';
import { file } from '../node.js';
import { cacheFile } from '../pool-import.js';
import { exists, makeFolder, putNode, writeText } from '../tree.js';
import { layoutOf, upstreamOf } from '../zfs-version.js';
import { kernelFiles, ordinaryFiles } from './ordinary-files.js';
import { addOrdinaryPools } from './ordinary-pools.js';

/** Newest first. */
export const kernels = ['6.1.0-56-amd64', '6.1.0-50-amd64'] as const;
const oldVersion = '2.1.11-1+deb12u1';
const proxmoxKernel = '6.8.12-4-pve';
const debianSuites: readonly SuiteName[] = ['bookworm', 'bookworm-backports'];
export const newVersion = '2.3.2-2~bpo12+2';

const hostname = 'storage1';
const machineId = '8f1d7c2b4a5e4c0e9b3a6d2f10c4e7a9';
/** 2026-11-22 20:30 UTC: a Sunday evening, when such things are done. */
const eveningOf = Date.UTC(2026, 10, 22, 20, 30) / 1000;
const daysUp = 41;

/** Packages that only some hosts have. */
const optionalPackages = new Set(['sanoid', 'mbuffer', 'zrepl']);

export interface OrdinaryOptions {
	readonly scenario: string;
	readonly seed: number;
	/** Of OpenZFS's packages. */
	readonly version?: string;
	/** `sanoid`, `zrepl`: with what they need. */
	readonly extras?: readonly string[];
	/** Who brings the module. Default: DKMS. */
	readonly modulesFrom?: 'dkms' | 'package' | 'kernel';
	/** That the machine's sources name. Default: Debian's. */
	readonly suites?: readonly SuiteName[];
}

export function ordinaryMachine(options: OrdinaryOptions): Machine {
	const { version = oldVersion, modulesFrom = 'dkms' } = options;
	const start = eveningOf - daysUp * 86_400;
	const bare = emptyMachine(options, start);
	const packaged = addPackageFiles({ ...bare, packages: packagesOf(version, options) });
	const built = modulesFrom === 'dkms' ? addModules(packaged, version) : packaged;
	const withPools = addOrdinaryPools({ ...built, clock: start - 5 * 86_400 }, [2, 1]);
	const cached = writeText(withPools, cacheFile, 'simulated zpool.cache\ntank\nbackup\n');
	const imaged = installedKernels(cached).reduce(buildInitramfs, cached);
	const booted = bootMachine({ ...imaged, clock: start, power: 'off' });
	const scrubbed = Object.keys(booted.pools).reduce((machine, name) => withScrub(machine, name), booted);
	return syncAll(withFreshLists({ ...scrubbed, clock: eveningOf }));
}

/** apt-daily.timer fetched what is on offer in the morning. */
function withFreshLists(machine: Machine): Machine {
	const mtime = eveningOf - 14 * 3600;
	const fresh = Object.entries(machine.files)
		.filter(([path]) => path.startsWith('/var/lib/apt/'))
		.map(([path, node]) => [path, { ...node, mtime }] as const);
	return { ...machine, files: { ...machine.files, ...Object.fromEntries(fresh) } };
}

function emptyMachine({ scenario, seed, modulesFrom, suites = debianSuites }: OrdinaryOptions, clock: number): Machine {
	// Proxmox's kernels come as packages with files of their own.
	const own = modulesFrom === 'kernel' ? [] : kernels;
	const installed = modulesFrom === 'kernel' ? [proxmoxKernel] : kernels;
	const files = Object.fromEntries([
		...Object.entries(ordinaryFiles(hostname, machineId, clock)),
		['/boot/grub/grub.cfg', file(grubMenu(installed), { mtime: clock, mode: 0o444 })],
		['/boot/grub/grubenv', file(`# GRUB Environment Block\n${'#'.repeat(999)}`, { mtime: clock })],
		...own.flatMap((kernel) => Object.entries(kernelFiles(kernel, clock))),
	]);
	const gibibyte = 1024n ** 3n;
	return {
		schemaVersion: machineSchemaVersion,
		scenario,
		seed,
		drawn: 0,
		clock,
		power: 'off',
		hostname,
		machineId,
		bootId: '',
		bootedAt: clock,
		boots: 0,
		runningKernel: installed[0] ?? kernels[0],
		rebootAt: null,
		files,
		unsynced: {},
		fileSystems: [
			{
				path: '/',
				type: 'ext4',
				totalBytes: String(40n * gibibyte),
				usedBytes: String(9n * gibibyte),
				readOnly: false,
			},
			{ path: '/run', type: 'tmpfs', totalBytes: String(gibibyte), usedBytes: '1048576', readOnly: false },
		],
		modules: {},
		packages: {},
		archive: {
			suites,
			withdrawn: ['2.3.1-1~bpo12+1'],
			isUnreachable: false,
		},
		aptLock: null,
		units: {},
		loadedDropIns: {},
		pools: {},
		poolEvents: [],
		jobs: {},
		log: [],
		faults: {
			buildFails: [],
			initramfsWithoutModule: [],
			shiftedSources: [],
			nextBootKernel: null,
			poolsMissingAfterBoot: [],
		},
	};
}

/** Those that somebody asked for; their libraries, and what a default kernel stands for, came along. */
const manualPackages = /^(?:zfs-(?:dkms|zed|initramfs|modules-.*)|zfsutils-linux|proxmox-default-kernel)$/;

function packagesOf(version: string, options: OrdinaryOptions): Readonly<Record<string, Package>> {
	const { modulesFrom = 'dkms', extras = [] } = options;
	const ours = openzfsPackages.filter((record) => record.version === version && isWanted(record.name, modulesFrom));
	const system = systemPackages.filter(
		({ name }) =>
			(!optionalPackages.has(name) || extras.includes(name)) && (modulesFrom !== 'kernel' || !isDebianKernel(name)),
	);
	const kernel = modulesFrom === 'kernel' ? installedProxmoxKernels(proxmoxKernel) : [];
	const installed = (record: PackageRecord): [string, Package] => {
		const automatic = !manualPackages.test(record.name) && !manualSystemPackages.has(record.name);
		return [record.name, { version: record.version, state: 'installed', want: 'install', automatic }];
	};
	return Object.fromEntries([...system, ...ours, ...kernel].map(installed));
}

function isWanted(name: string, modulesFrom: NonNullable<OrdinaryOptions['modulesFrom']>): boolean {
	if (name === 'zfs-dkms') return modulesFrom === 'dkms';
	return !name.startsWith('zfs-modules-') || modulesFrom === 'package';
}

function isDebianKernel(name: string): boolean {
	return /^linux-(?:image|headers)-/.test(name);
}

/** Of the packages whose contents the catalogue knows. */
function addPackageFiles(machine: Machine): Machine {
	const records = Object.entries(machine.packages).flatMap(([name, { version }]) => {
		const record = findRecord(name, version);
		return record !== undefined && hasContents(record) ? [record] : [];
	});
	return records.reduce((current, record) => {
		let changed = current;
		for (const [path, node] of Object.entries(contentsOf(machine, record))) {
			if (node.kind === 'directory') changed = makeFolder(changed, `/${path}`);
			else if (!exists(changed, `/${path}`))
				changed = putNode(changed, `/${path}`, { ...node, mtime: Math.floor(machine.clock) });
		}
		return changed;
	}, machine);
}

/** DKMS has built and installed the packages' module for every kernel. */
function addModules(machine: Machine, version: string): Machine {
	const upstream = upstreamOf(version);
	return kernels.reduce(
		(current, kernel) => {
			const folder = `${builtFolder(upstream, kernel)}/module`;
			const built = {
				version,
				kernel,
				layout: layoutOf(upstream),
				at: current.clock,
				signer: 'DKMS module signing key',
			};
			const modules = moduleKinds(version).reduce(
				(one, kind) => putNode(one, `${folder}/${kind.name}.ko`, moduleFile(kind, built)),
				makeFolder(current, folder),
			);
			return installModules(modules, upstream, kernel);
		},
		addToTree(machine, upstream),
	);
}

/** The monthly scrub of Debian's cron file found nothing. */
function withScrub(machine: Machine, name: string): Machine {
	const pool = machine.pools[name];
	if (pool === undefined) return machine;
	const endsAt = eveningOf - 14 * 86_400;
	const scan = {
		function: 'scrub',
		startedAt: endsAt - 1640,
		endsAt,
		state: 'finished',
		repairedBytes: '0',
		errors: 0,
	} as const;
	return { ...machine, pools: { ...machine.pools, [name]: { ...pool, scan } } };
}
