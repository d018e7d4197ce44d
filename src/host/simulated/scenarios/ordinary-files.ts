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
