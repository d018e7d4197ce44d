/** What the simulated kernel shows in /proc, /sys and /dev. Nobody can write to it. */
import { featuresOf, isAtLeast } from './features.js';
import type { Machine, Node } from './machine.js';
import { mountedDatasets, volumeFolder } from './mounts.js';
import { directory, file, symlink } from './node.js';
import { lockTable, processes, processNamespace } from './processes.js';
import { seriesOf } from './zfs-version.js';

const cache = new WeakMap<Machine, ReadonlyMap<string, Node>>();

export function kernelNode(machine: Machine, path: string): Node | undefined {
	if (!/^\/(?:proc|sys|dev)(?:\/|$)/.test(path)) return undefined;
	return kernelTree(machine).get(path);
}

/** Names that the kernel adds to a folder. */
export function kernelNames(machine: Machine, folder: string): readonly string[] {
	if (!/^\/(?:proc|sys|dev)(?:\/|$)/.test(folder)) return [];
	const prefix = `${folder}/`;
	return [...kernelTree(machine).keys()].flatMap((path) => {
		const rest = path.startsWith(prefix) ? path.slice(prefix.length) : '';
		return rest === '' || rest.includes('/') ? [] : [rest];
	});
}

function kernelTree(machine: Machine): ReadonlyMap<string, Node> {
	let tree = cache.get(machine);
	if (tree === undefined) {
		const made = new Map<string, Node>();
		for (const [path, node] of [...procFiles(machine), ...sysFiles(machine), ...deviceFiles(machine)]) {
			addFolders(made, path);
			made.set(path, node);
		}
		tree = made;
		cache.set(machine, tree);
	}
	return tree;
}

function addFolders(tree: Map<string, Node>, path: string): void {
	for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
		const folder = path.slice(0, slash);
		if (!tree.has(folder)) tree.set(folder, directory(0o555));
	}
}

type Entry = readonly [path: string, node: Node];

function shown(path: string, text: string): Entry {
	return [path, file(text, { mode: 0o444 })];
}

function procFiles(machine: Machine): readonly Entry[] {
	const uptime = Math.max(0, machine.clock - machine.bootedAt);
	const release = machine.runningKernel;
	return [
		shown('/proc/sys/kernel/random/boot_id', `${machine.bootId}\n`),
		shown('/proc/sys/kernel/osrelease', `${release}\n`),
		shown('/proc/sys/kernel/hostname', `${machine.hostname}\n`),
		shown('/proc/sys/kernel/tainted', machine.modules.zfs === undefined ? '0\n' : '12289\n'),
		shown('/proc/uptime', `${uptime.toFixed(2)} ${(uptime * 1.9).toFixed(2)}\n`),
		shown('/proc/loadavg', '0.08 0.03 0.01 1/212 4711\n'),
		shown('/proc/version', `${kernelBanner(release)}\n`),
		shown('/proc/cmdline', `BOOT_IMAGE=/boot/vmlinuz-${release} root=UUID=${rootUuid} ro quiet\n`),
		shown('/proc/meminfo', 'MemTotal:       16311240 kB\nMemFree:         9120456 kB\nMemAvailable:   12894320 kB\n'),
		shown('/proc/swaps', 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n'),
		shown('/proc/filesystems', `nodev\ttmpfs\n\text4\n${machine.modules.zfs === undefined ? '' : 'nodev\tzfs\n'}`),
		shown('/proc/locks', lockTable(machine)),
		shown('/proc/sys/user/max_user_namespaces', '63511\n'),
		shown('/proc/sys/kernel/unprivileged_userns_clone', '1\n'),
		['/proc/self/ns/pid', symlink(`pid:[${processNamespace}]`)],
		...processFiles(machine),
		shown('/proc/modules', loadedModules(machine)),
		['/proc/mounts', symlink('self/mounts')],
		shown('/proc/self/mounts', mountTable(machine)),
		shown('/proc/self/mountinfo', mountInfo(machine)),
		...poolStates(machine),
	];
}

function processFiles(machine: Machine): readonly Entry[] {
	return processes(machine).flatMap(({ pid, name, argv, open }) => [
		shown(`/proc/${pid}/comm`, `${name}\n`),
		shown(`/proc/${pid}/cmdline`, `${argv.join('\0')}\0`),
		...Object.entries(open).map(([descriptor, path]): Entry => [`/proc/${pid}/fd/${descriptor}`, symlink(path)]),
	]);
}

export const rootUuid = '5b0d9a31-7c4e-4f0b-9f1e-2d6c5a1e8b70';

function kernelBanner(release: string): string {
	const builder = 'debian-kernel@lists.debian.org';
	const compiler = 'gcc-12 (Debian 12.2.0-14+deb12u1) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40';
	return `Linux version ${release} (${builder}) (${compiler}) ${kernelBuild(release)}`;
}

/** `uname -v` of the kernels that the scenarios install. */
export function kernelBuild(release: string): string {
	const build = release.startsWith('6.1.0-56') ? 'Debian 6.1.192-2 (2026-11-16)' : 'Debian 6.1.187-1 (2026-08-30)';
	return `#1 SMP PREEMPT_DYNAMIC ${build}`;
}

function loadedModules(machine: Machine): string {
	return Object.entries(machine.modules)
		.map(([name, { bytes, usedBy }]) => {
			const users = usedBy.length === 0 ? '-' : `${usedBy.join(',')},`;
			return `${name} ${bytes} ${references(machine, name)} ${users} Live 0x0000000000000000 (POE)\n`;
		})
		.join('');
}

/** Reference count as in lsmod: users among modules, and imported pools on zfs. */
export function references(machine: Machine, module: string): number {
	const users = machine.modules[module]?.usedBy.length ?? 0;
	if (module !== 'zfs') return users;
	const pools = Object.values(machine.pools).filter((pool) => pool.imported).length;
	return users + pools * 3;
}

interface TableRow {
	readonly source: string;
	readonly target: string;
	readonly type: string;
	readonly options: string;
}

/** Octal escapes as in /proc/mounts. */
function escapeField(text: string): string {
	return text.replace(/[ \t\n\\]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
}

export function mountRows(machine: Machine): readonly TableRow[] {
	const disks = machine.fileSystems.map(({ path, type, readOnly }, index) => ({
		source: type === 'tmpfs' ? 'tmpfs' : `/dev/vda${index + 1}`,
		target: path,
		type,
		options: `${readOnly ? 'ro' : 'rw'},relatime`,
	}));
	const kernel = [
		{ source: 'proc', target: '/proc', type: 'proc', options: 'rw,nosuid,nodev,noexec,relatime' },
		{ source: 'sysfs', target: '/sys', type: 'sysfs', options: 'rw,nosuid,nodev,noexec,relatime' },
		{ source: 'udev', target: '/dev', type: 'devtmpfs', options: 'rw,nosuid,relatime' },
	];
	const datasets = [...mountedDatasets(machine)]
		.filter(({ path }) => !path.startsWith(`${volumeFolder}/`))
		.reverse()
		.map(({ path, pool, dataset }) => {
			const readOnly =
				machine.pools[pool]?.readOnly === true || machine.pools[pool]?.datasets[dataset]?.properties.readonly === 'on';
			return { source: dataset, target: path, type: 'zfs', options: `${readOnly ? 'ro' : 'rw'},relatime,xattr,noacl` };
		});
	return [...kernel, ...disks, ...datasets];
}

function mountTable(machine: Machine): string {
	return mountRows(machine)
		.map((row) => `${escapeField(row.source)} ${escapeField(row.target)} ${row.type} ${row.options} 0 0\n`)
		.join('');
}

function mountInfo(machine: Machine): string {
	return mountRows(machine)
		.map((row, index) => {
			const target = `${22 + index} ${index === 0 ? 1 : 22} 0:${20 + index} / ${escapeField(row.target)} ${row.options}`;
			return `${target} shared:${index + 1} - ${row.type} ${escapeField(row.source)} ${row.options.split(',')[0]}\n`;
		})
		.join('');
}

function poolStates(machine: Machine): readonly Entry[] {
	return Object.entries(machine.pools)
		.filter(([, pool]) => pool.imported)
		.map(([name, pool]) => shown(`/proc/spl/kstat/zfs/${name}/state`, `${pool.suspended ? 'SUSPENDED' : 'ONLINE'}\n`));
}

function sysFiles(machine: Machine): readonly Entry[] {
	const modules = Object.entries(machine.modules).flatMap(([name, module]) => [
		shown(`/sys/module/${name}/version`, `${module.version}\n`),
		shown(`/sys/module/${name}/srcversion`, `${module.srcversion}\n`),
		shown(`/sys/module/${name}/refcnt`, `${references(machine, name)}\n`),
		shown(`/sys/module/${name}/initstate`, 'live\n'),
	]);
	const zfs = machine.modules.zfs;
	const features =
		zfs === undefined
			? []
			: featuresOf(seriesOf(zfs.version)).map(({ guid }) =>
					shown(`/sys/module/zfs/features.pool/${guid}/supported`, 'yes\n'),
				);
	const parameters =
		zfs === undefined
			? []
			: [
					shown('/sys/module/spl/parameters/spl_hostid', '0\n'),
					...(isAtLeast(seriesOf(zfs.version), [2, 2])
						? [shown('/sys/module/zfs/parameters/zfs_bclone_enabled', '0\n')]
						: []),
				];
	return [shown('/sys/kernel/kexec_loaded', '0\n'), ...modules, ...parameters, ...features];
}

function deviceFiles(machine: Machine): readonly Entry[] {
	const device: Node = { ...file('', { mode: 0o666 }), device: true };
	const leaves = Object.values(machine.pools)
		.filter((pool) => !pool.missing)
		.flatMap((pool) => pool.vdevs.flatMap((vdev) => (vdev.children.length === 0 ? [vdev] : vdev.children)))
		.flatMap(({ path }): readonly Entry[] => (path?.startsWith('/dev/') === true ? [[path, device]] : []));
	const volumes = mountedDatasets(machine)
		.filter(({ path }) => path.startsWith(`${volumeFolder}/`))
		.map(({ path }): Entry => [path.slice(0, path.lastIndexOf('/')), directory()]);
	const zfs: readonly Entry[] = machine.modules.zfs === undefined ? [] : [['/dev/zfs', device]];
	const always: readonly Entry[] = [
		['/dev/null', device],
		['/dev/zero', device],
		['/dev/urandom', device],
		['/dev/vda1', device],
	];
	return [...always, ...leaves, ...zfs, ...volumes];
}
