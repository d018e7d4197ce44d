/** Debian's OpenZFS packages. Source: recordings apt-cache-show and print-uris-eight; unrecorded sizes are close ones. */
import { createHash } from 'node:crypto';
import type { PackageRecord, SuiteName } from './catalog.js';

interface Release {
	readonly version: string;
	readonly suite: SuiteName;
	/** Who brings the module: DKMS, a package of its own for each of these kernels, or the kernel. */
	readonly module: 'dkms' | readonly ModulePackage[] | 'kernel';
	/** Number in the names of libzfs and libzpool. */
	readonly libzfs: number;
	readonly libzpool: number;
	/** Libraries of several architectures, since 2.2. */
	readonly isMultiArch: boolean;
	/** Highest kernel, exclusive: `6.15~`. */
	readonly kernelBelow: string;
	readonly kernelFrom: string;
	readonly facts: Readonly<Record<string, Facts>>;
}

interface ModulePackage {
	readonly kernel: string;
	/** It depends on tools of exactly its version. */
	readonly isLocked: boolean;
}

/** Installed size in KiB, size of the .deb in bytes, its checksums where they were recorded. */
type Facts = readonly [installedSize: number, size: number, md5?: string, sha256?: string];

const debianReleases = [
	{
		version: '2.1.11-1+deb12u1',
		suite: 'bookworm',
		module: 'dkms',
		libzfs: 4,
		libzpool: 5,
		isMultiArch: false,
		kernelBelow: '6.3~',
		kernelFrom: '3.10~',
		facts: {
			'zfs-dkms': [
				17719,
				2304676,
				'6d432a0295abbc6969829818803c923e',
				'2863f936900d315b499ab67cc7b7db3bcba9d5fc5fd33ec5f12fb3ed1ff5580e',
			],
			'zfsutils-linux': [
				1611,
				502308,
				'c3cc144b6ad526bfc60165b1cb580d3d',
				'b1a4dc3ae5a70556f83aec9dc370621c2d37fb30e100f640ae669bb4fe4637bc',
			],
			'zfs-zed': [
				268,
				75944,
				'a5125a429d569357c5b2c35399483ff1',
				'f2f2972bd11ef8c8b0dac12bba621e42ab74ac4132e124ce6e8f8cc08b51a868',
			],
			'zfs-initramfs': [
				114,
				34192,
				'08b57e37ba5825ecfed09638ad8cdb14',
				'ea4bab32977552d83e6a372590e6226f7d4a2ca66c9c34cbe0aa90c896942e2c',
			],
			libzfs: [
				651,
				232632,
				'cbbe74828e212e51d9c204493a143fd7',
				'4e20bb93e1615a7e7c1b5c3634f4017f6247be3a4166502bb74f54d610a38ed6',
			],
			libzpool: [4164, 1288104],
			libnvpair3linux: [154, 58524],
			libuutil3linux: [129, 51512],
		},
	},
	{
		version: '2.3.1-1~bpo12+1',
		suite: 'bookworm-backports',
		module: 'dkms',
		libzfs: 6,
		libzpool: 6,
		isMultiArch: true,
		kernelBelow: '6.14~',
		kernelFrom: '4.18~',
		facts: {
			'zfs-dkms': [18180, 2441208],
			'zfsutils-linux': [1848, 593912],
			'zfs-zed': [283, 82904],
			'zfs-initramfs': [119, 38064],
			libzfs: [669, 237912],
			libzpool: [4441, 1382204],
			libnvpair3linux: [168, 62560],
			libuutil3linux: [138, 53952],
		},
	},
	{
		version: '2.3.2-2~bpo12+2',
		suite: 'bookworm-backports',
		module: 'dkms',
		libzfs: 6,
		libzpool: 6,
		isMultiArch: true,
		kernelBelow: '6.15~',
		kernelFrom: '4.18~',
		facts: {
			'zfs-dkms': [
				18204,
				2446968,
				'f3e903366de8e93e3774c2937582c65d',
				'b403a37d32cc677a74dab31587a2f04072f981c7fcd9c5773f6c8c5f69646e92',
			],
			'zfsutils-linux': [
				1850,
				594756,
				'747a89de66cfbe64160f3b7fd28c8306',
				'23dba35ee369fe08e9da966fe57be71bdc2dfc60fd983bb36b513120f4ac7671',
			],
			'zfs-zed': [
				283,
				82920,
				'dd3bb63031fd4c2a75a21d48f9da2783',
				'a0d4c094dd1b300fb4c0f025565995583b474be41d0543e63acd99f4c6d5272d',
			],
			'zfs-initramfs': [
				119,
				38092,
				'3e0a029290f2214aced3cc24d532eeca',
				'82dccea1b143b24ef8e7aeee7fc3e3a4f91458e6b251cd419b587591f65ee553',
			],
			libzfs: [
				669,
				238100,
				'ad653f8b4c81fbd7e0a5004a8ff3dbe0',
				'ce34abd754eef5740664df47b261889d8ffcab3c18fd9e6f99c29938c7ff07ff',
			],
			libzpool: [
				4443,
				1383048,
				'7cf6cb885b22ff6df851a6cdabd609b5',
				'3e6d929e68f21574a9e661a2a96795fef3f9af9e0820d5f9537a00424e1c2313',
			],
			libnvpair3linux: [168, 62576, '7f2285d16e92abba88626606fa083fe7'],
			libuutil3linux: [139, 53968, '445b604b5983d3f79fee07f8222cbcc2'],
		},
	},
] as const satisfies readonly Release[];

const [oldest, , newest] = debianReleases;

/** As `debian/control.modules.in` of zfs-linux makes them; here by somebody who builds them once for many hosts. */
const siteModules = (isLocked: boolean) => [{ kernel: '6.1.0-56-amd64', isLocked }];

const releases: readonly Release[] = [
	...debianReleases,
	// Modules in packages beside Debian's own tools: nothing ties them together.
	{ ...oldest, suite: 'site', module: siteModules(false) },
	{ ...newest, suite: 'site', module: siteModules(false) },
	// Everything built by the site, each part for the others only, as OpenZFS's kmod packages for RPM are.
	{ ...oldest, version: '2.1.11-1~site12+1', suite: 'site', module: siteModules(true) },
	{ ...newest, version: '2.3.2-1~site12+1', suite: 'site', module: siteModules(true) },
	// Proxmox VE 8: the module is the kernel's (packages.md 1.9).
	{ ...newest, version: '2.2.6-pve1', suite: 'pve', module: 'kernel', libzfs: 4, libzpool: 5 },
	{ ...newest, version: '2.2.7-pve2', suite: 'pve', module: 'kernel', libzfs: 4, libzpool: 5 },
];

/** A site that packages modules only has the tools from Debian. */
const hasTools = ({ suite, version }: Release) => suite !== 'site' || version.includes('site');

export const openzfsPackages: readonly PackageRecord[] = releases.flatMap((release) => [
	...(release.module === 'dkms' ? [dkmsPackage(release)] : []),
	...(typeof release.module === 'string' ? [] : release.module.map((one) => modulePackage(release, one))),
	...(hasTools(release) ? toolPackages(release) : []),
]);

type Fields = Partial<
	Pick<
		PackageRecord,
		'depends' | 'preDepends' | 'recommends' | 'suggests' | 'breaks' | 'conflicts' | 'replaces' | 'provides'
	>
>;

function dkmsPackage(release: Release): PackageRecord {
	const { version: v, isMultiArch } = release;
	const isOld = !isMultiArch;
	return make(release, 'zfs-dkms', 'kernel', 'OpenZFS filesystem kernel modules for Linux', {
		provides: 'zfs-modules',
		depends: isOld
			? 'dkms (>> 2.1.1.2-5), file, libc6-dev | libc-dev, lsb-release, python3-distutils | libpython3-stdlib (<< 3.6.4), debconf (>= 0.5) | debconf-2.0, perl:any'
			: 'dkms (>= 3.0.3-4~), file, libc6-dev | libc-dev, lsb-release, libpython3-stdlib, debconf (>= 0.5) | debconf-2.0',
		recommends: `zfs-zed, zfsutils-linux (>= ${v}), linux-libc-dev (<< ${release.kernelBelow}), linux-libc-dev (>= ${release.kernelFrom})`,
		suggests: 'debhelper',
		breaks: isOld ? 'spl-dkms (<< 0.8.0~rc1)' : `spl-dkms (<< 0.8.0~rc1), zfs-fuse (<< ${v})`,
		replaces: 'spl-dkms',
	});
}

function modulePackage(release: Release, { kernel, isLocked }: ModulePackage): PackageRecord {
	const { version: v } = release;
	return make(
		release,
		`zfs-modules-${kernel}`,
		'kernel',
		`OpenZFS filesystem kernel modules for Linux (kernel ${kernel})`,
		{
			provides: 'zfs-modules',
			depends: `linux-image-${kernel}${isLocked ? `, zfsutils-linux (= ${v})` : ''}`,
			recommends: `zfsutils-linux (>= ${v})`,
		},
	);
}

function toolPackages(release: Release): readonly PackageRecord[] {
	const { version: v, libzfs, libzpool, isMultiArch } = release;
	const libzfsName = `libzfs${libzfs}linux`;
	const libzpoolName = `libzpool${libzpool}linux`;
	const isOld = !isMultiArch;
	const isSmallSoname = libzfs === 4;
	// Proxmox's packages ask for no module: it comes with the kernel.
	const modules = release.module === 'kernel' ? '' : 'zfs-modules | zfs-dkms, ';
	return [
		make(release, 'zfsutils-linux', 'admin', 'command-line tools to manage OpenZFS filesystems', {
			provides: 'zfsutils',
			preDepends: 'init-system-helpers (>= 1.54~)',
			depends: `libnvpair3linux (= ${v}), libuutil3linux (= ${v}), ${libzfsName} (= ${v}), ${libzpoolName} (= ${v}), python3, libblkid1 (>= 2.16), libc6 (>= 2.34),${isOld ? '' : ' libssl3 (>= 3.0.0), libudev1 (>= 183),'} libuuid1 (>= 2.16)`,
			recommends: 'zfs-modules | zfs-dkms, zfs-zed',
			suggests: 'nfs-kernel-server, samba-common-bin (>= 3.0.23), zfs-initramfs | zfs-dracut',
			conflicts: isOld ? 'zfs, zfs-fuse' : 'nordugrid-arc-client, zfs, zfs-fuse',
			breaks: `${isOld ? 'openrc, ' : ''}spl (<< 0.7.9-2), spl-dkms (<< 0.8.0~rc1), zfs-dkms (>> ${v}...), zfs-dkms (<< ${v})`,
			replaces: 'spl (<< 0.7.9-2), spl-dkms',
		}),
		make(release, 'zfs-zed', 'admin', 'OpenZFS Event Daemon', {
			preDepends: 'init-system-helpers (>= 1.54~)',
			depends: `${modules}zfsutils-linux (>= ${v}), libc6 (>= 2.34), libnvpair3linux (>= 0.8.2), libudev1 (>= 183), libuuid1 (>= 2.16), libuutil3linux (>= 0.8.2), ${libzfsName} (>= ${isOld ? '2.1.11' : '2.2.3'})`,
		}),
		make(release, 'zfs-initramfs', 'kernel', 'OpenZFS root filesystem capabilities for Linux - initramfs', {
			depends: `busybox-initramfs | busybox-static | busybox, initramfs-tools, ${modules}zfsutils-linux (>= ${v})`,
			breaks: 'zfsutils-linux (<= 0.7.11-2)',
			replaces: 'zfsutils-linux (<= 0.7.11-2)',
		}),
		make(release, libzfsName, 'libs', 'OpenZFS filesystem library for Linux - general support', {
			depends:
				'libblkid1 (>= 2.16), libc6 (>= 2.34), libnvpair3linux (>= 0.8.2), libssl3 (>= 3.0.0), libudev1 (>= 183), libuuid1 (>= 2.16), libuutil3linux (>= 0.8.2), zlib1g (>= 1:1.1.4)',
			recommends: 'libcurl4',
			breaks: isSmallSoname ? 'libzfs2, libzfs4' : 'libzfs2, libzfs4, libzfs4linux',
			replaces: isSmallSoname ? 'libzfs2, libzfs4' : 'libzfs2, libzfs4, libzfs4linux',
		}),
		make(release, libzpoolName, 'libs', 'OpenZFS pool library for Linux', {
			depends:
				'libblkid1 (>= 2.16), libc6 (>= 2.34), libnvpair3linux (>= 0.8.2), libudev1 (>= 183), libuuid1 (>= 2.16), zlib1g (>= 1:1.1.4)',
			breaks: isSmallSoname ? 'libzpool2, libzpool5' : 'libzpool2, libzpool5, libzpool5linux',
			replaces: isSmallSoname ? 'libzpool2, libzpool5' : 'libzpool2, libzpool5, libzpool5linux',
		}),
		make(release, 'libnvpair3linux', 'libs', 'Solaris name-value library for Linux', { depends: 'libc6 (>= 2.34)' }),
		make(release, 'libuutil3linux', 'libs', 'Solaris userland utility library for Linux', {
			depends: 'libc6 (>= 2.34)',
		}),
	];
}

/** What was recorded; about as much for a module of the same kind that is built already. */
function factsOf({ facts, suite }: Release, key: string): Facts {
	const [installedSize, size, ...checksums] = facts[key] ?? ([9000, 1_900_000] as const);
	return suite.startsWith('bookworm') ? [installedSize, size, ...checksums] : [installedSize, size];
}

function make(release: Release, name: string, section: string, description: string, fields: Fields): PackageRecord {
	const { version, suite, isMultiArch } = release;
	const key = /^libz(?:fs|pool)/.test(name) ? name.replace(/\d+linux$/, '') : name;
	// Checksums are those of Debian's own builds.
	const [installedSize, size, md5, sha256] = factsOf(release, key);
	const made = (algorithm: 'md5' | 'sha256') => createHash(algorithm).update(`${name} ${version}`).digest('hex');
	const isIndependent = name === 'zfs-dkms' || name === 'zfs-initramfs';
	return {
		name,
		version,
		architecture: isIndependent ? 'all' : 'amd64',
		source: 'zfs-linux',
		component: 'contrib',
		section: `contrib/${section}`,
		suite,
		isMultiArchSame: isMultiArch && section === 'libs',
		installedSize,
		size,
		md5: md5 ?? made('md5'),
		sha256: sha256 ?? made('sha256'),
		depends: '',
		preDepends: '',
		recommends: '',
		suggests: '',
		breaks: '',
		conflicts: '',
		replaces: '',
		provides: '',
		description,
		...fields,
	};
}
