/** What is inside the packages: the files that dpkg unpacks, and .deb files as pseudo-archives. */
import { findRecord, type PackageRecord } from '../catalog.js';
import { proxmoxKernelOf } from '../catalog-proxmox.js';
import { isAtLeast } from '../features.js';
import type { Archive } from '../initramfs.js';
import type { FileNode, Machine, Node } from '../machine.js';
import { kernelModuleFolder, moduleFile, moduleKinds, packageModuleFolder } from '../module-files.js';
import { directory, file } from '../node.js';
import { layoutOf, seriesOf, upstreamOf } from '../zfs-version.js';

const magic = '!<arch>\nsimulated debian package\n';

/** A .deb of the archive, byte for byte always the same. */
export function makeDeb(machine: Machine, record: PackageRecord): FileNode {
	return file(`${magic}${record.name}\n${record.version}\n`, {
		mtime: Math.floor(machine.clock),
		bytes: BigInt(record.size),
		sha256: record.sha256,
	});
}

/** The package that a .deb holds; undefined when it is no whole package file. */
export function readDeb(text: string): PackageRecord | undefined {
	if (!text.startsWith(magic)) return undefined;
	const [name = '', version = ''] = text.slice(magic.length).split('\n');
	return findRecord(name, version);
}

/** Paths without a leading `./`, folders among them. */
export function contentsOf(machine: Machine, record: PackageRecord): Archive {
	const files: Readonly<Record<string, Node>> = {
		...ownFiles(machine, record),
		[`usr/share/doc/${record.name}/changelog.Debian.gz`]: file(`${record.name} (${record.version})\n`),
	};
	const whole: Record<string, Node> = {};
	for (const [path, node] of Object.entries(files)) {
		const parts = path.split('/');
		for (let count = 1; count < parts.length; count += 1) whole[parts.slice(0, count).join('/')] ??= directory();
		whole[path] = node;
	}
	return Object.fromEntries(Object.entries(whole).sort(([one], [other]) => (one < other ? -1 : 1)));
}

/** Whether the catalogue knows more of a package than its changelog. */
export function hasContents({ name, source }: PackageRecord): boolean {
	return source === 'zfs-linux' || proxmoxKernelOf(name) !== undefined;
}

function ownFiles(machine: Machine, record: PackageRecord): Readonly<Record<string, Node>> {
	const { name, version } = record;
	const proxmox = proxmoxKernelOf(name);
	if (proxmox !== undefined) return proxmoxFiles(proxmox.release, proxmox.module);
	const kernel = /^zfs-modules-(.+)$/.exec(name)?.[1];
	if (kernel !== undefined) return moduleFiles(kernel, version, packageModuleFolder);
	switch (name) {
		case 'zfs-dkms':
			return moduleSource(machine, version);
		case 'zfsutils-linux':
			return {
				'usr/sbin/zfs': file(`zfs ${version}\n`, { mode: 0o755 }),
				'usr/sbin/zpool': file(`zpool ${version}\n`, { mode: 0o755 }),
				'usr/bin/zstream': file(`zstream ${version}\n`, { mode: 0o755 }),
				'etc/default/zfs': file(`# OpenZFS ${version} userland configuration\n`),
				'etc/cron.d/zfsutils-linux': file(scrubCron),
				'etc/zfs/zfs-functions': file(`# functions ${version}\n`),
			};
		case 'zfs-zed':
			return {
				'usr/sbin/zed': file(`zed ${version}\n`, { mode: 0o755 }),
				'etc/zfs/zed.d/zed.rc': file(`# zed.rc ${version}\n`, { mode: 0o600 }),
			};
		case 'zfs-initramfs':
			return { 'usr/share/initramfs-tools/hooks/zfs': file(`#!/bin/sh\n# ${version}\n`, { mode: 0o755 }) };
		default: {
			const library = /^(libzfs|libzpool|libnvpair|libuutil)(\d+)linux$/.exec(name);
			if (library === null) return {};
			return { [`usr/lib/x86_64-linux-gnu/${library[1]}.so.${library[2]}`]: file(`${name} ${version}\n`) };
		}
	}
}

function moduleFiles(kernel: string, version: string, folder: string): Readonly<Record<string, Node>> {
	const built = { version, kernel, layout: layoutOf(upstreamOf(version)), at: 0, signer: undefined };
	return Object.fromEntries(
		moduleKinds(version).map((kind) => [`lib/modules/${kernel}/${folder}/${kind.name}.ko`, moduleFile(kind, built)]),
	);
}

function proxmoxFiles(release: string, module: string): Readonly<Record<string, Node>> {
	return {
		[`boot/vmlinuz-${release}`]: file(`kernel ${release}\n`, { bytes: 14_680_064n }),
		[`boot/config-${release}`]: file(`# Linux/x86 ${release} Kernel Configuration\n`, { bytes: 285_000n }),
		[`lib/modules/${release}/modules.dep`]: file(''),
		...moduleFiles(release, module, kernelModuleFolder),
	};
}

const scrubCron = [
	'PATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin',
	'',
	'# TRIM the first Sunday of every month.',
	'24 0 1-7 * * root if [ $(date +\\%w) -eq 0 ] && [ -x /usr/lib/zfs-linux/trim ]; then /usr/lib/zfs-linux/trim; fi',
	'',
	'# Scrub the second Sunday of every month.',
	'24 0 8-14 * * root if [ $(date +\\%w) -eq 0 ] && [ -x /usr/lib/zfs-linux/scrub ]; then /usr/lib/zfs-linux/scrub; fi',
	'',
].join('\n');

/** Enough of the source to be recognised, built, and told from another one. */
function moduleSource(machine: Machine, version: string): Readonly<Record<string, Node>> {
	const upstream = upstreamOf(version);
	const release = version.slice(upstream.length + 1);
	const folder = `usr/src/zfs-${upstream}`;
	const isShifted = upstream === '2.3.1' || machine.faults.shiftedSources.includes(upstream);
	const [from, to] = isAtLeast(seriesOf(version), [2, 3]) ? ['4.18', '6.14'] : ['3.10', '6.2'];
	const meta = [
		'Meta:          1',
		'Name:          zfs',
		'Branch:        1.0',
		`Version:       ${upstream}`,
		`Release:       ${release}`,
		`Linux-Maximum: ${to}`,
		`Linux-Minimum: ${from}`,
	];
	return {
		[`${folder}/META`]: file(`${meta.join('\n')}\n`),
		[`${folder}/dkms.conf`]: file(
			`PACKAGE_NAME="zfs"\nPACKAGE_VERSION="${upstream}"\nPACKAGE_CONFIG="/etc/default/zfs"\nAUTOINSTALL="yes"\n`,
		),
		[`${folder}/configure`]: file('#! /bin/sh\n', { mode: 0o755, bytes: 3_145_728n }),
		[`${folder}/Makefile.in`]: file('# Makefile.in\n', { bytes: 786_432n }),
		[`${folder}/include/sys/zfs_ioctl.h`]: file(
			`typedef struct zinject_record {\n\tuint64_t zi_objset;\n${isShifted ? '\tuint64_t zi_match_count;\n\tuint64_t zi_inject_count;\n' : ''}} zinject_record_t;\n`,
		),
		[`${folder}/module/zfs/zfs_ioctl.c`]: file('/* zfs_ioctl.c */\n', { bytes: 204_800n }),
		[`${folder}/scripts/dkms.mkconf`]: file('#!/usr/bin/env bash\n', { mode: 0o755 }),
	};
}
