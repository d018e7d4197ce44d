/** The files of an ordinary Debian 12 with OpenZFS from its packages. */

import { rootUuid } from '../kernel-files.js';
import type { Node } from '../machine.js';
import { directory, file, symlink } from '../node.js';

const folders = [
	'/boot/grub',
	'/etc/apt/apt.conf.d',
	'/etc/apt/preferences.d',
	'/etc/cron.d',
	'/etc/default',
	'/etc/dkms',
	'/etc/initramfs-tools',
	'/etc/kernel',
	'/etc/modprobe.d',
	'/etc/modules-load.d',
	'/etc/systemd/system',
	'/etc/zfs/zed.d',
	'/home',
	'/mnt',
	'/opt',
	'/root',
	'/run/lock',
	'/srv',
	'/usr/bin',
	'/usr/lib/modules',
	'/usr/lib/systemd/system',
	'/usr/sbin',
	'/usr/share',
	'/usr/src',
	'/var/cache/apt/archives/partial',
	'/var/cache/debconf',
	'/var/lib/apt/lists/partial',
	'/var/lib/apt/periodic',
	'/var/lib/dkms',
	'/var/lib/dpkg/updates',
	'/var/log/apt',
];

const osRelease = [
	'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"',
	'NAME="Debian GNU/Linux"',
	'VERSION_ID="12"',
	'VERSION="12 (bookworm)"',
	'VERSION_CODENAME=bookworm',
	'ID=debian',
	'HOME_URL="https://www.debian.org/"',
	'SUPPORT_URL="https://www.debian.org/support"',
	'BUG_REPORT_URL="https://bugs.debian.org/"',
	'',
].join('\n');

const sources = [
	'deb http://deb.debian.org/debian bookworm main contrib',
	'deb http://deb.debian.org/debian bookworm-backports main contrib',
	'',
].join('\n');

/** `mtime` of what was there from the start, seconds since the epoch. */
export function ordinaryFiles(hostname: string, machineId: string, mtime: number): Readonly<Record<string, Node>> {
	const text = (content: string, mode = 0o644) => file(content, { mode, mtime });
	const files: Readonly<Record<string, Node>> = {
		'/bin': symlink('usr/bin', mtime),
		'/lib': symlink('usr/lib', mtime),
		'/sbin': symlink('usr/sbin', mtime),
		'/tmp': directory(0o1777, mtime),
		'/var/tmp': directory(0o1777, mtime),
		'/etc/apt/apt.conf.d/20auto-upgrades': text(
			'APT::Periodic::Update-Package-Lists "1";\nAPT::Periodic::Unattended-Upgrade "1";\n',
		),
		'/etc/apt/sources.list': text(sources),
		'/etc/default/grub': text('GRUB_DEFAULT=0\nGRUB_TIMEOUT=5\nGRUB_CMDLINE_LINUX_DEFAULT="quiet"\n'),
		'/etc/dkms/framework.conf': text(
			'# mok_signing_key=/var/lib/dkms/mok.key\n# mok_certificate=/var/lib/dkms/mok.pub\n',
		),
		'/etc/fstab': text(`UUID=${rootUuid} / ext4 errors=remount-ro 0 1\n`),
		'/etc/hostid': text('\u0007\u0010\u0042\u0001'),
		'/etc/hostname': text(`${hostname}\n`),
		'/etc/hosts': text(`127.0.0.1\tlocalhost\n127.0.1.1\t${hostname}\n`),
		'/etc/initramfs-tools/modules': text('# List of modules that you want to include in your initramfs.\n'),
		'/etc/initramfs-tools/update-initramfs.conf': text('update_initramfs=yes\nbackup_initramfs=no\n'),
		'/etc/machine-id': text(`${machineId}\n`, 0o444),
		'/etc/os-release': symlink('../usr/lib/os-release', mtime),
		'/usr/lib/os-release': text(osRelease),
		'/var/cache/apt/archives/lock': text('', 0o640),
		'/var/cache/debconf/config.dat': text('Name: zfs-dkms/note-incompatible-licenses\n'),
		'/var/lib/apt/lists/lock': text('', 0o640),
		'/var/lib/apt/periodic/update-success-stamp': text(''),
		'/var/lib/dkms/mok.key': text('simulated private key\n', 0o600),
		'/var/lib/dkms/mok.pub': text('simulated certificate\n'),
		'/var/lib/dpkg/lock': text('', 0o640),
		'/var/lib/dpkg/lock-frontend': text('', 0o640),
		'/var/lib/dpkg/status': text('Package: dpkg\nStatus: install ok installed\n'),
		'/var/log/apt/history.log': text(''),
	};
	const made: Record<string, Node> = { '/': directory(0o755, mtime) };
	for (const path of [...folders, ...Object.keys(files)]) {
		const parts = path.split('/').slice(1);
		for (let count = 1; count < parts.length; count += 1) {
			made[`/${parts.slice(0, count).join('/')}`] ??= directory(0o755, mtime);
		}
	}
	for (const path of folders) made[path] ??= directory(0o755, mtime);
	return { ...made, ...files };
}

/** What an installed kernel brings: image, configuration, modules, headers. */
export function kernelFiles(release: string, mtime: number): Readonly<Record<string, Node>> {
	const headers = `/usr/src/linux-headers-${release}`;
	const modules = `/usr/lib/modules/${release}`;
	return {
		[`/boot/vmlinuz-${release}`]: file(`kernel ${release}\n`, { mtime, bytes: 8_246_912n }),
		[`/boot/config-${release}`]: file(`# Linux/x86 ${release} Kernel Configuration\n`, { mtime, bytes: 259_310n }),
		[headers]: directory(0o755, mtime),
		[`${headers}/Makefile`]: file('include ../Makefile\n', { mtime }),
		[modules]: directory(0o755, mtime),
		[`${modules}/build`]: symlink(headers, mtime),
		[`${modules}/modules.dep`]: file('', { mtime }),
		[`${modules}/kernel`]: directory(0o755, mtime),
	};
}

/** A variable of GRUB's own language. */
const nextEntry = '$' + '{next_entry}';

/** grub.cfg as grub-mkconfig writes it, newest kernel first. */
export function grubFiles(releases: readonly string[], mtime: number): Readonly<Record<string, Node>> {
	const [newest = ''] = releases;
	const entry = (title: string, id: string, release: string, options: string) => [
		`menuentry '${title}' --class debian --class gnu-linux $menuentry_id_option '${id}' {`,
		`\tlinux\t/boot/vmlinuz-${release} root=UUID=${rootUuid} ro ${options}`,
		`\tinitrd\t/boot/initrd.img-${release}`,
		'}',
	];
	const lines = [
		'### BEGIN /etc/grub.d/00_header ###',
		'if [ -s $prefix/grubenv ]; then',
		'  load_env',
		'fi',
		`if [ "${nextEntry}" ] ; then`,
		`   set default="${nextEntry}"`,
		'   set next_entry=',
		'   save_env next_entry',
		'   set boot_once=true',
		'else',
		'   set default="0"',
		'fi',
		'### END /etc/grub.d/00_header ###',
		'### BEGIN /etc/grub.d/10_linux ###',
		...entry('Debian GNU/Linux', `gnulinux-simple-${rootUuid}`, newest, 'quiet'),
		`submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-${rootUuid}' {`,
		...releases.flatMap((release) => [
			...entry(`Debian GNU/Linux, with Linux ${release}`, `gnulinux-${release}-advanced-${rootUuid}`, release, 'quiet'),
			...entry(
				`Debian GNU/Linux, with Linux ${release} (recovery mode)`,
				`gnulinux-${release}-recovery-${rootUuid}`,
				release,
				'single',
			),
		]),
		'}',
		'### END /etc/grub.d/10_linux ###',
		'',
	];
	return {
		'/boot/grub/grub.cfg': file(lines.join('\n'), { mtime, mode: 0o444 }),
		'/boot/grub/grubenv': file(`# GRUB Environment Block\n${'#'.repeat(999)}`, { mtime }),
	};
}
