/** The versions in every place that an upgrade must bring in step, read with the guest's own tools. */
import type { Machine } from '../machine/machine.ts';

export interface Versions {
	/** Of the tools, e.g. 2.1.11-1+deb12u1. */
	readonly userspace: string;
	readonly loaded: string;
	/** What the next modprobe would load from the root disk. */
	readonly onDisk: string;
	/** What the initramfs of the running kernel holds. */
	readonly inInitramfs: string;
	/** dpkg's: `zfs-dkms=... zfsutils-linux=...`, with dpkg's state where it is not `ii`. */
	readonly packages: string;
}

const initramfsModule = [
	'zstd -dqc /boot/initrd.img-$(uname -r) > /tmp/initrd.cpio',
	"cpio -i --quiet --to-stdout '*/zfs.ko' < /tmp/initrd.cpio > /tmp/initrd-zfs.ko",
	'rm /tmp/initrd.cpio',
	'modinfo -F version /tmp/initrd-zfs.ko',
].join(' && ');

const packageList =
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own format
	"dpkg-query -W -f '${db:Status-Abbrev} ${Package}=${Version}\\n' zfs-dkms zfsutils-linux zfs-zed zfs-initramfs";

export async function readVersions(machine: Machine): Promise<Versions> {
	const say = async (command: string): Promise<string> => {
		const result = await machine.exec(command);
		return result.exitCode === 0 ? result.stdout.trim() : 'none';
	};
	return {
		userspace: (await say("zfs version | sed -n '1s/^zfs-//p'")) || 'none',
		loaded: await say('cat /sys/module/zfs/version'),
		onDisk: await say('modinfo -k $(uname -r) -F version zfs'),
		inInitramfs: await say(initramfsModule),
		packages: (await say(packageList)).replace(/^ii +/gm, '').replaceAll('\n', ' '),
	};
}
