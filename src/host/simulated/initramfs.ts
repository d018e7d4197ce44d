/** initramfs images: an archive of files with the module and the tools that were there when it was made. */
import { moduleOnDisk, modulePathOf } from './kernels.js';
import type { Machine, Node } from './machine.js';
import { type ModuleInfo, moduleKinds, modulePlaces, parseModuleFile } from './module-files.js';
import { directory, file } from './node.js';
import { find, makeFolder, putNode, textOf } from './tree.js';
import { seriesOf, toolsVersion } from './zfs-version.js';

const magic = 'simulated cpio archive\n';

export function initramfsPath(kernel: string): string {
	return `/boot/initrd.img-${kernel}`;
}

/** Paths without a leading slash, sorted. */
export type Archive = Readonly<Record<string, Node>>;

export function packArchive(archive: Archive): string {
	return `${magic}${JSON.stringify(archive)}`;
}

/** Undefined when the text is no such archive. */
export function unpackArchive(text: string): Archive | undefined {
	if (!text.startsWith(magic)) return undefined;
	try {
		// `packArchive` wrote it: the magic line says so.
		return JSON.parse(text.slice(magic.length)) as Archive;
	} catch {
		return undefined;
	}
}

/** Makes the image of a kernel anew from what is on the machine now. @throws TreeError (ENOSPC) */
export function buildInitramfs(machine: Machine, kernel: string): Machine {
	const archive = withFolders({ ...alwaysThere(machine), ...modulesFor(machine, kernel), ...zfsFiles(machine) });
	const hasModule = Object.keys(archive).some((path) => path.endsWith('/zfs.ko'));
	const bytes = hasModule ? 33_656_496n : 31_204_112n;
	const image = file(packArchive(archive), { mtime: Math.floor(machine.clock), bytes });
	return putNode(machine, initramfsPath(kernel), image);
}

function withFolders(files: Archive): Archive {
	const whole: Record<string, Node> = {};
	for (const path of Object.keys(files).sort()) {
		const parts = path.split('/');
		for (let count = 1; count < parts.length; count += 1) {
			const folder = parts.slice(0, count).join('/');
			whole[folder] ??= directory();
		}
		const node = files[path];
		if (node !== undefined) whole[path] = node;
	}
	return whole;
}

function alwaysThere(machine: Machine): Archive {
	const texts: Readonly<Record<string, string>> = {
		init: '#!/bin/sh\n',
		'conf/initramfs.conf': 'MODULES=most\n',
		'etc/hostname': `${machine.hostname}\n`,
		'usr/bin/busybox': 'busybox\n',
	};
	return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, file(text)]));
}

/** The hook of zfs-initramfs adds the module of the kernel, where it is and the hook is not broken. */
function modulesFor(machine: Machine, kernel: string): Archive {
	if (!hasHook(machine) || machine.faults.initramfsWithoutModule.includes(kernel)) return {};
	const version = moduleOnDisk(machine, kernel)?.version;
	if (version === undefined) return {};
	return Object.fromEntries(
		moduleKinds(version).flatMap(({ name }): (readonly [string, Node])[] => {
			const path = modulePathOf(machine, kernel, name);
			const node = path === undefined ? undefined : find(machine, path).node;
			return path === undefined || node === undefined ? [] : [[`usr${path}`, node]];
		}),
	);
}

function hasHook(machine: Machine): boolean {
	const state = machine.packages['zfs-initramfs']?.state;
	return state !== undefined && state !== 'config-files';
}

/** Source: recordings guest-upgrade-2.1.11-to-2.3.2/before-reboot/lsinitramfs. */
function zfsFiles(machine: Machine): Archive {
	const tools = toolsVersion(machine);
	if (!hasHook(machine) || tools === undefined) return {};
	const [major, minor] = seriesOf(tools);
	const soname = major === 2 && minor >= 2 ? (minor >= 4 ? 7 : 6) : 4;
	const texts: Record<string, string> = {
		'conf/conf.d/zfs': 'MODULES_ZFS=y\n',
		'etc/zfs/zfs-functions': '# functions\n',
		'scripts/local-top/zfs': '#!/bin/sh\n',
		'scripts/zfs': '#!/bin/sh\n',
		'usr/bin/zfsunlock': '#!/bin/sh\n',
		[`usr/lib/x86_64-linux-gnu/libzfs.so.${soname}`]: `libzfs ${tools}\n`,
		'usr/sbin/mount.zfs': `mount.zfs ${tools}\n`,
		'usr/sbin/zfs': `zfs ${tools}\n`,
		'usr/sbin/zpool': `zpool ${tools}\n`,
	};
	for (const path of ['/etc/zfs/zpool.cache', '/etc/hostid', '/etc/default/zfs']) {
		const text = textOf(machine, path);
		if (text !== undefined) texts[path.slice(1)] = text;
	}
	return Object.fromEntries(Object.entries(texts).map(([path, text]) => [path, file(text)]));
}

/** The files of a kernel's image; undefined when it has none or one that cannot be read. */
function readInitramfs(machine: Machine, kernel: string): Archive | undefined {
	const text = textOf(machine, initramfsPath(kernel));
	return text === undefined ? undefined : unpackArchive(text);
}

/** A module inside a kernel's image. */
export function moduleInInitramfs(machine: Machine, kernel: string, name = 'zfs'): ModuleInfo | undefined {
	const archive = readInitramfs(machine, kernel);
	const [node] = modulePlaces(kernel, name).flatMap((place) => archive?.[`usr/${place}`] ?? []);
	return node?.kind === 'file' ? parseModuleFile(node.text) : undefined;
}

/** Puts an archive's files below a folder, which is made. @throws TreeError */
export function extractArchive(machine: Machine, archive: Archive, target: string): Machine {
	let changed = makeFolder(machine, target);
	for (const [path, node] of Object.entries(archive)) {
		const place = `${target}/${path}`;
		if (node.kind === 'directory' && find(changed, place).node?.kind === 'directory') continue;
		changed = putNode(changed, place, { ...node, mtime: Math.floor(machine.clock) });
	}
	return changed;
}
