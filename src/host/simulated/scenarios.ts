/** What can be seen and tried on the simulated host; `zfs-lockstep demo --scenario NAME`. */
import { addDataset, mount } from './dataset-changes.js';
import { withPool } from './dataset-names.js';
import { syncAll } from './durability.js';
import type { Machine } from './machine.js';
import { withLoaded } from './module-loading.js';
import { file } from './node.js';
import type { Encryption, Pool, Vdev } from './pool.js';
import { exportPool } from './pool-import.js';
import { withActiveFeature } from './programs/zfs/zfs-create.js';
import { kernels, newVersion, ordinaryMachine } from './scenarios/ordinary-machine.js';
import { someFiles } from './scenarios/ordinary-pools.js';
import { makeFolder, putNode, writeText } from './tree.js';
import { startUnit } from './units.js';

export interface Scenario {
	readonly name: string;
	readonly title: string;
	/** What will be seen, in two or three sentences. */
	readonly description: string;
	readonly build: (seed: number) => Machine;
}

/** A scenario that starts from the ordinary host. */
function ordinary(
	name: string,
	title: string,
	description: string,
	change: (machine: Machine) => Machine = (machine) => machine,
): Scenario {
	return { name, title, description, build: (seed) => syncAll(change(ordinaryMachine({ scenario: name, seed }))) };
}

/** The passphrase of the encrypted scenario's dataset; it guards nothing. */
const demoPassphrase = 'correct horse battery';

export const defaultScenario = 'happy';

export const scenarios: readonly Scenario[] = [
	ordinary(
		'happy',
		'Everything goes well',
		'Debian 12 with zfs-dkms 2.1.11 goes to 2.3.2 from backports: module first, reboot, verify, userspace, smoke test.',
	),
	ordinary(
		'degraded-pool',
		'A disk of a mirror is gone',
		'The pool tank works on one of its two disks. The check blocks the upgrade and says how to mend the pool first.',
		(machine) => withPool(machine, 'tank', withoutDisk),
	),
	ordinary(
		'dkms-build-fails',
		'The module does not compile',
		'The build of 2.3.2 stops with a compiler error. Nothing that boots has changed; the log names the line.',
		(machine) => withFaults(machine, { buildFails: [{ version: '2.3.2', kernels: [] }] }),
	),
	ordinary(
		'module-missing-from-initramfs',
		'The initramfs lacks the module',
		'The module is built and installed, but the rebuilt initramfs does not hold it. The proof before the reboot finds it.',
		(machine) => {
			const listed = writeText(machine, '/etc/initramfs-tools/modules', '# loaded early\nzfs\n');
			return withFaults(listed, { initramfsWithoutModule: [...kernels] });
		},
	),
	ordinary(
		'wrong-kernel',
		'The old kernel comes up',
		'At the reboot somebody at the console chooses the older kernel. The verification says which one runs and what to do.',
		(machine) => withFaults(machine, { nextBootKernel: kernels[1] }),
	),
	ordinary(
		'abi-break',
		'The smoke test finds the layout of 2.3.1',
		'The new module calls itself 2.3.2 but was built with the structure layout of 2.3.1 (openzfs/zfs#17330). All versions agree; only real sends with -I and -R fail.',
		(machine) => withFaults(machine, { shiftedSources: ['2.3.2'] }),
	),
	{
		name: 'abi-mismatch',
		title: 'Tools 2.3.2 on a loaded module 2.3.1',
		description:
			'Somebody upgraded the packages from 2.3.1 to 2.3.2 and did not reboot. check and smoke-test show why nightly replication has failed since.',
		build: (seed) => {
			const machine = ordinaryMachine({ scenario: 'abi-mismatch', seed, version: newVersion });
			const [kernel] = kernels;
			const srcversion = '7C1D5A0E93B2F4468A0E113';
			const old = { name: 'zfs', version: '2.3.1-1~bpo12+1', srcversion, kernel, signer: undefined } as const;
			return syncAll(withLoaded({ ...machine, modules: {} }, { ...old, layout: 'shifted' }));
		},
	},
	ordinary(
		'encrypted',
		'Encrypted datasets',
		`tank/secure asks for its passphrase ("${demoPassphrase}"), tank/vault has its key in a file. After the reboot the first is locked until its key is loaded.`,
		addEncrypted,
	),
	ordinary(
		'no-space',
		'The root file system is almost full',
		'There are 90 MB left on /: not enough for the source, the build and a second initramfs. The check says how much is missing.',
		(machine) => fillRoot(machine, 90n * 1_000_000n),
	),
	{
		name: 'nothing-to-do',
		title: 'Already up to date',
		description: 'Both halves are at 2.3.2, and the archive has nothing newer. The program says so and ends with 77.',
		build: (seed) => ordinaryMachine({ scenario: 'nothing-to-do', seed, version: newVersion }),
	},
	ordinary(
		'pool-missing-after-reboot',
		'A pool is missing after the reboot',
		'The disk of the pool backup does not come back with the machine. The verification compares the pools and stops.',
		(machine) => withFaults(machine, { poolsMissingAfterBoot: ['backup'] }),
	),
	ordinary(
		'apt-locked',
		'Another package manager is at work',
		'unattended-upgrades holds the lock of dpkg for ten minutes. The program says who, waits, and gives up in good order.',
		(machine) => ({
			...machine,
			aptLock: { pid: 812, process: 'unattended-upgr', until: machine.clock + 600 },
		}),
	),
	ordinary(
		'suspended-pool',
		'A pool is suspended',
		'The pool backup has lost its disk and stands still. Nothing that would touch it is begun.',
		(machine) => withPool(machine, 'backup', suspend),
	),
	ordinary(
		'no-zfs-module',
		'The module is not loaded',
		'modprobe is told not to load zfs, so no pool is there. The program says so and how to go on.',
		unloadModule,
	),
	ordinary(
		'no-network',
		'The archive cannot be reached',
		'The host has lost its network: the new packages cannot be fetched. Nothing has changed when the program stops.',
		(machine) => ({ ...machine, archive: { ...machine.archive, isUnreachable: true } }),
	),
	{
		name: 'module-with-the-kernel',
		title: 'The module comes with the kernel',
		description:
			'As on Proxmox VE 8: kernel 6.8.12-10-pve brings the module of 2.2.7. The kernel goes first, then a reboot, then the tools.',
		build: (seed) =>
			ordinaryMachine({
				scenario: 'module-with-the-kernel',
				seed,
				version: '2.2.6-pve1',
				modulesFrom: 'kernel',
				suites: ['bookworm', 'pve'],
			}),
	},
	{
		name: 'module-package',
		title: 'The module is a package of its own',
		description:
			"The site builds zfs-modules-6.1.0-56-amd64 for its hosts, beside Debian's tools. It can be upgraded alone, before them.",
		build: (seed) =>
			ordinaryMachine({
				scenario: 'module-package',
				seed,
				modulesFrom: 'package',
				suites: ['bookworm', 'bookworm-backports', 'site'],
			}),
	},
	{
		name: 'locked-packages',
		title: 'Module and tools only together',
		description:
			"The site's packages of module and tools depend on each other's exact version, as those for RPM do. Both go in one transaction, and a reboot follows at once.",
		build: (seed) =>
			ordinaryMachine({
				scenario: 'locked-packages',
				seed,
				version: '2.1.11-1~site12+1',
				modulesFrom: 'package',
				suites: ['bookworm', 'site'],
			}),
	},
	{
		name: 'held-jobs',
		title: 'Replication and pruning on hold',
		description:
			'sanoid, zrepl and a cron file snapshot, prune and replicate. They are put on hold over the reboot and let go at the end.',
		build: (seed) => {
			const extras = ['sanoid', 'mbuffer', 'zrepl'];
			return syncAll(addJobs(ordinaryMachine({ scenario: 'held-jobs', seed, extras })));
		},
	},
];

/** @throws Error for a name that is none */
export function findScenario(name: string): Scenario {
	const found = scenarios.find((scenario) => scenario.name === name);
	if (found === undefined) throw new Error(`There is no scenario ${name}.`);
	return found;
}

export function buildScenario(name: string, seed: number): Machine {
	return findScenario(name).build(seed);
}

function withFaults(machine: Machine, faults: Partial<Machine['faults']>): Machine {
	return { ...machine, faults: { ...machine.faults, ...faults } };
}

/** The second disk of every mirror cannot be opened. */
function withoutDisk(pool: Pool): Pool {
	const degrade = (vdev: Vdev): Vdev => {
		if (vdev.type !== 'mirror') return vdev;
		const children = vdev.children.map((child, index): Vdev => (index === 1 ? { ...child, state: 'UNAVAIL' } : child));
		return { ...vdev, state: 'DEGRADED', children };
	};
	return { ...pool, vdevs: pool.vdevs.map(degrade) };
}

function suspend(pool: Pool): Pool {
	return { ...pool, suspended: true, vdevs: pool.vdevs.map((vdev) => ({ ...vdev, errors: [3, 26, 0] })) };
}

function addEncrypted(machine: Machine): Machine {
	const mtime = Math.floor(machine.clock);
	const keyFile = '/etc/zfs/keys/vault.key';
	const fileSecret = '4b6f1e2d'.repeat(8);
	const keyed = putNode(
		makeFolder(machine, '/etc/zfs/keys', 0o700),
		keyFile,
		file(`${fileSecret}\n`, { mode: 0o600, mtime }),
	);
	const encryptionOf = (root: string, secret: string, keyFormat: Encryption['keyFormat']): Encryption => ({
		root,
		suite: 'aes-256-gcm',
		keyFormat,
		secret,
		keyLoaded: true,
	});
	let made = addDataset(keyed, 'tank/secure', {
		properties: { keylocation: 'prompt' },
		content: someFiles('secure', 3n, mtime),
		encryption: encryptionOf('tank/secure', demoPassphrase, 'passphrase'),
	});
	made = addDataset(made, 'tank/secure/mail', { content: someFiles('mail', 1n, mtime) });
	made = addDataset(made, 'tank/vault', {
		properties: { keylocation: `file://${keyFile}` },
		content: someFiles('vault', 2n, mtime),
		encryption: encryptionOf('tank/vault', fileSecret, 'hex'),
	});
	const mounted = ['tank/secure', 'tank/secure/mail', 'tank/vault'].reduce(mount, made);
	return withActiveFeature(mounted, 'tank', ['encryption', 'bookmark_v2']);
}

function fillRoot(machine: Machine, leftBytes: bigint): Machine {
	const filled = machine.fileSystems.map((one) => {
		if (one.path !== '/') return one;
		const shown = Object.values(machine.files).reduce((sum, node) => sum + sizeOf(node), 0n);
		return { ...one, usedBytes: String(BigInt(one.totalBytes) - shown - leftBytes) };
	});
	return { ...machine, fileSystems: filled };
}

function sizeOf(node: Machine['files'][string]): bigint {
	if (node.kind !== 'file') return 0n;
	return node.bytes === undefined ? BigInt(Buffer.byteLength(node.text)) : BigInt(node.bytes);
}

/** As after a boot at which the module could not be loaded: no pools, units skipped. */
function unloadModule(machine: Machine): Machine {
	const blocked = writeText(machine, '/etc/modprobe.d/zfs-blocked.conf', 'install zfs /bin/false\n');
	const pools = Object.keys(blocked.pools);
	const exported = pools.reduce(exportPool, blocked);
	const cached = putNode(exported, '/etc/zfs/zpool.cache', machine.files['/etc/zfs/zpool.cache'] ?? file(''));
	const units = ['zfs-import-cache', 'zfs-mount', 'zfs-share', 'zfs-volume-wait', 'zfs-zed'];
	return units.reduce((current, unit) => startUnit(current, `${unit}.service`), { ...cached, modules: {} });
}

const cronFile = [
	'# Replicate to the backup pool every night.',
	'30 2 * * * root /usr/sbin/syncoid --no-sync-snap tank/home backup/replica/home',
	'',
].join('\n');

const sanoidConfiguration = [
	'[tank/home]',
	'\tuse_template = production',
	'[template_production]',
	'\thourly = 36',
	'\tdaily = 30',
	'\tautosnap = yes',
	'\tautoprune = yes',
	'',
].join('\n');

const zreplConfiguration = [
	'jobs:',
	'  - name: srv_to_backup',
	'    type: push',
	'    filesystems: {"tank/srv<": true}',
	'',
].join('\n');

function addJobs(machine: Machine): Machine {
	const files: Readonly<Record<string, string>> = {
		'/etc/cron.d/zfs-replicate': cronFile,
		'/etc/sanoid/sanoid.conf': sanoidConfiguration,
		'/etc/zrepl/zrepl.yml': zreplConfiguration,
	};
	return Object.entries(files).reduce((current, [path, text]) => {
		return writeText(makeFolder(current, path.slice(0, path.lastIndexOf('/'))), path, text);
	}, machine);
}
