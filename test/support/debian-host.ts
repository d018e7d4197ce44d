/**
 * A Debian 12 host with zfs-dkms, put together from recordings of a real one: stable offers 2.1.11, backports 2.3.2.
 * Each half can be at either version, as in the middle of an upgrade.
 */
import { loadRecording } from '../fixtures/load.js';
import type { TableFile } from './table-files.js';
import { type CommandTable, createTableHost, type TableHost, type TableHostOptions } from './table-host.js';

export const oldVersion = '2.1.11-1+deb12u1';
export const newVersion = '2.3.2-2~bpo12+2';
export const kernelRelease = '6.1.0-56-amd64';

export type Version = typeof oldVersion | typeof newVersion;

interface DebianKernel {
	readonly release: string;
	/** Module on disk; undefined: none. */
	readonly disk: Version | undefined;
	/** Module inside the initramfs; undefined: none inside. */
	readonly initramfs: Version | undefined;
	readonly headers?: boolean;
}

export interface DebianState {
	/** Packages and tools. */
	readonly userspace: Version;
	/** Undefined: not loaded. */
	readonly loaded: Version | undefined;
	/** The first one runs. */
	readonly kernels: readonly [DebianKernel, ...DebianKernel[]];
	/** Names of packages on hold. */
	readonly held?: readonly string[];
}

const atOldVersion: DebianState = {
	userspace: oldVersion,
	loaded: oldVersion,
	kernels: [{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion }],
};

const folder = 'lab/apt-bookworm-2.1.11-to-2.3.2';

/** @param options what is to be otherwise; its commands and files win over the state's */
export function createDebianHost(state: Partial<DebianState> = {}, options: TableHostOptions = {}): TableHost {
	const whole = { ...atOldVersion, ...state };
	return createTableHost({
		...options,
		commands: [...(options.commands ?? []), ...debianCommands(whole)],
		files: { ...debianFiles(whole), ...options.files },
	});
}

function debianCommands(state: DebianState): CommandTable {
	const { userspace, loaded, kernels } = state;
	return [
		['uname -m', 'x86_64\n'],
		['systemd-detect-virt', { exit: 1, stdout: 'none\n' }],
		['systemd-detect-virt --chroot', { exit: 1 }],
		['dpkg-query --show *', statusTable(state)],
		['dpkg-query --search *', unowned],
		['apt-cache policy *', policy(userspace)],
		['stat *', { exit: 1, stdout: '131 /var/lib/dpkg/lock-frontend\n132 /var/lib/dpkg/lock\n' }],
		['ps *', '      1 /sbin/init\n    420 /usr/sbin/zed -F\n'],
		['apt-mark showhold', (state.held ?? []).map((name) => `${name}\n`).join('')],
		['apt-config dump', 'APT "";\nAPT::Architecture "amd64";\n'],
		['dkms status *', dkmsStatus(state)],
		['zfs --version', toolsVersion(userspace, loaded)],
		...kernels.map(
			({ release, disk }) =>
				[`modinfo -k ${release} zfs`, disk === undefined ? noModule : moduleInfo(disk, release)] as const,
		),
		['unmkinitramfs *', ''],
		...initramfsCommands(state),
		['rm *', ''],
		...poolCommands(),
		['systemctl show *', units],
		[
			`apt-get --simulate * install -- zfs-dkms=${newVersion}`,
			loadRecording(`${folder}/s-dkms-alone-with-recommends.txt`),
		],
		[`apt-get --simulate * install -- *=${newVersion}`, loadRecording(`${folder}/s-only-upgrade-eight.txt`)],
	];
}

function debianFiles({ loaded, kernels }: DebianState): Record<string, TableFile> {
	const [running] = kernels;
	return {
		'/etc/os-release':
			'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION="12 (bookworm)"\nVERSION_CODENAME=bookworm\nID=debian\n',
		'/etc/machine-id': '0b9f5a8c6a1d4c6f9a3d2e1f00c0ffee\n',
		'/proc/sys/kernel/hostname': 'labguest\n',
		'/proc/sys/kernel/osrelease': `${running.release}\n`,
		'/proc/sys/kernel/random/boot_id': '5f0c1a52-6f43-4b4c-9a83-4f5a1c7f2d10\n',
		'/proc/locks': '1: FLOCK  ADVISORY  WRITE 420 00:19:611 0 EOF\n',
		'/proc/self/mountinfo': [
			'22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw',
			'23 22 0:21 / /proc rw,nosuid - proc proc rw',
			'40 22 0:38 / /fx rw,relatime shared:9 - zfs fx rw,xattr',
			'',
		].join('\n'),
		'/run/systemd/system': { directory: true },
		'/usr/sbin/dkms': '#!/bin/bash\n',
		'/var/lib/dpkg/status': 'Package: zfs-dkms\n',
		'/var/log/apt/history.log':
			'\nStart-Date: 2026-11-22  07:05:52\nCommandline: apt-get install zfs-dkms\nEnd-Date: 2026-11-22  07:25:52\n',
		'/etc/initramfs-tools/modules': 'ext4\n',
		'/boot/grub/grub.cfg': grubMenu(kernels),
		'/boot/grub/grubenv': '# GRUB Environment Block\n#######\n',
		...(loaded === undefined ? {} : { '/sys/module/zfs/version': `${loaded}\n` }),
		...Object.fromEntries(kernels.flatMap(kernelFiles)),
	};
}

function kernelFiles({ release, headers = true }: DebianKernel): [string, TableFile][] {
	return [
		[`/boot/vmlinuz-${release}`, 'kernel'],
		[`/boot/initrd.img-${release}`, { text: 'initramfs', size: 60_000_000, mtime: 1_795_000_000 }],
		[`/lib/modules/${release}/modules.builtin`, ''],
		...(headers ? ([[`/lib/modules/${release}/build/Makefile`, '']] as [string, TableFile][]) : []),
	];
}

/** As grub-mkconfig writes it: the first entry is the newest kernel, all are in the submenu. */
function grubMenu(kernels: DebianState['kernels']): string {
	const entry = (title: string, id: string, release: string) =>
		`menuentry '${title}' --class debian $menuentry_id_option '${id}' {\n\tlinux\t/boot/vmlinuz-${release} root=UUID=abc ro\n}\n`;
	const newest =
		kernels
			.map(({ release }) => release)
			.toSorted()
			.at(-1) ?? '';
	return [
		// biome-ignore lint/suspicious/noTemplateCurlyInString: GRUB's own variable
		'if [ "${next_entry}" ] ; then\n   set default="${next_entry}"\nelse\n   set default="0"\nfi\n',
		entry('Debian GNU/Linux', 'gnulinux-simple-abc', newest),
		"submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-abc' {\n",
		...kernels.map(({ release }) =>
			entry(`Debian GNU/Linux, with Linux ${release}`, `gnulinux-${release}-advanced-abc`, release),
		),
		'}\n',
	].join('');
}

/** The recorded rows in the columns that are asked for. */
function statusTable({ userspace, held = [] }: DebianState): string {
	const rows = loadRecording(`${folder}/dpkg-query.txt`).stdout.trimEnd().split('\n');
	const kernelRows = ['linux-image-amd64', 'linux-headers-amd64', 'initramfs-tools'].map(
		(name) => `${name}\t6.1.192-2\tamd64\tii \tlinux-signed-amd64\t6.1.192+2`,
	);
	return [...rows, ...kernelRows]
		.map((row) => {
			const [name = '', version = '', architecture = '', status = '', source = ''] = row.split('\t');
			const isOfSet = source === 'zfs-linux';
			const columns = [
				isOfSet ? renamed(name, userspace) : name,
				architecture,
				isOfSet ? userspace : version,
				held.includes(name) ? status.replace('ii', 'hi') : status,
				source,
			];
			return `${columns.join('\t')}\n`;
		})
		.join('');
}

function renamed(name: string, userspace: Version): string {
	return userspace === oldVersion ? name : name.replace('libzfs4', 'libzfs6').replace('libzpool5', 'libzpool6');
}

/** The recorded table; with the new packages installed their blocks say so. */
function policy(userspace: Version): string {
	const { stdout } = loadRecording(`${folder}/apt-cache-policy.txt`);
	return userspace === oldVersion ? stdout : stdout.replaceAll(`Installed: ${oldVersion}`, `Installed: ${newVersion}`);
}

const noModule = { exit: 1, stderr: 'modinfo: ERROR: Module zfs not found.\n' };

const unowned = (command: { readonly argv: readonly string[] }) => ({
	exit: 1,
	stderr: command.argv
		.slice(2)
		.map((path) => `dpkg-query: no path found matching pattern ${path}\n`)
		.join(''),
});

export function moduleInfo(version: Version, release: string): string {
	const recording = version === oldVersion ? 'modinfo-zfs.txt' : 'modinfo-after.txt';
	return loadRecording(`${folder}/${recording}`).stdout.replaceAll(kernelRelease, release);
}

function dkmsStatus({ kernels }: DebianState): string {
	return kernels
		.filter(({ disk }) => disk !== undefined)
		.map(({ release, disk = '' }) => `zfs/${disk.split('-')[0]}, ${release}, x86_64: installed\n`)
		.join('');
}

function toolsVersion(userspace: Version, loaded: Version | undefined) {
	if (loaded === undefined) {
		return {
			exit: 1,
			stdout: `zfs-${userspace}\n`,
			stderr: 'zfs_version_kernel() failed: No such file or directory\n',
		};
	}
	return `zfs-${userspace}\nzfs-kmod-${loaded}\n`;
}

/** Which kernel's initramfs was unpacked last is in the path that `find` prints; so one `find` a kernel. */
function initramfsCommands({ kernels }: DebianState): CommandTable {
	const inside = kernels.filter(({ initramfs }) => initramfs !== undefined);
	const pathOf = (release: string) => `/usr/lib/modules/${release}/updates/dkms/zfs.ko`;
	return [
		['find *', (command) => inside.map(({ release }) => `${command.argv[1]}/root${pathOf(release)}\n`).join('')],
		...inside.map(
			({ release, initramfs = oldVersion }) =>
				[`modinfo /var/tmp/*${pathOf(release)}`, moduleInfo(initramfs, release)] as const,
		),
	];
}

function poolCommands(): CommandTable {
	const row = ['fx', '1118112069581758768', '-', '26329088', '24576', '32391168', '-', 'on', 'yes'];
	const datasets = `${[...row, 'off', '-', '-', '-', 'none', '/fx', 'filesystem'].join('\t')}\n`;
	return [
		['zpool get -Hp *', loadRecording('lab/zfs-2.1.11/zpool-get-all.txt')],
		['zpool status -p', loadRecording('lab/zfs-2.1.11/zpool-status.txt')],
		['zpool get -jp all', exact(loadRecording('lab/zfs-2.3.2/json-zpool-get--j-all-fx.txt').stdout)],
		['zpool status -jp', exact(loadRecording('lab/zfs-2.3.2/json-zpool-status--j-fx.txt').stdout)],
		['zfs list -Hp -t filesystem,volume *', datasets],
	];
}

/** The recorded JSON was taken without `-p`; these are the figures that `-p` gives. */
function exact(json: string): string {
	return json
		.replaceAll('"22%"', '"22"')
		.replaceAll('"24%"', '"24"')
		.replaceAll(/"(\d+)(?:\.\d)?M"/g, '"$1000000"');
}

const units = [
	'Id=zfs-import-cache.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nConditionResult=yes\nConditionTimestampMonotonic=8123456\nResult=success\n',
	'Id=zfs-import-scan.service\nLoadState=loaded\nActiveState=inactive\nUnitFileState=disabled\nConditionResult=no\nConditionTimestampMonotonic=0\nResult=success\n',
	'Id=zfs-zed.service\nLoadState=loaded\nActiveState=active\nUnitFileState=enabled\nConditionResult=yes\nConditionTimestampMonotonic=8623456\nResult=success\n',
	'Id=zfs-volume-wait.service\nLoadState=not-found\nActiveState=inactive\nUnitFileState=\nConditionResult=no\nConditionTimestampMonotonic=0\nResult=success\n',
].join('\n');
