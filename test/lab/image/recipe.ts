/** What the guest is made of. Every value here is part of a cache key: a change rebuilds what depends on it. */

export const suite = 'bookworm';

/** In the order of apt's sources.list; the mirror is the one that this host uses. */
export function aptSources(mirror: string): string {
	const security = mirror.replace(/\/debian\/?$/, '/debian-security');
	return [
		`deb ${mirror} ${suite} main contrib`,
		`deb ${mirror} ${suite}-updates main contrib`,
		`deb ${security} ${suite}-security main contrib`,
		`deb ${mirror} ${suite}-backports main contrib`,
		'',
	].join('\n');
}

const words = (text: string): string[] => text.trim().split(/\s+/);

/** A small but ordinary Debian server: real systemd, dkms, initramfs-tools, GRUB; the dependencies of zfs-dkms, sanoid. */
export const rootPackages = words(`
	systemd-sysv udev dbus kmod cron initramfs-tools busybox zstd
	linux-image-amd64 linux-headers-amd64 dkms libc6-dev python3-distutils file lsb-release
	grub2-common grub-pc-bin e2fsprogs apt-utils iproute2 procps psmisc less
	qemu-guest-agent openssh-server pv mbuffer lzop
	libconfig-inifiles-perl libcapture-tiny-perl python3-cffi python3-packaging
`);

/** Binaries of source zfs-linux that the guest starts with, and those that only its offline archive offers. */
export const installedZfsPackages = words('zfs-dkms zfsutils-linux zfs-zed zfs-initramfs');
export const offeredZfsPackages = words('libnvpair3linux libuutil3linux python3-pyzfs libpam-zfs');
export const sonamesOld = words('libzfs4linux libzpool5linux');
export const sonamesNew = words('libzfs6linux libzpool6linux');
export const otherOfferedPackages = words('sanoid');

/**
 * Kernel modules that no virtio guest loads are never unpacked: about 600 of 4,000 stay. depmod and update-initramfs
 * read all of them at every module installation, which costs minutes under emulation.
 */
const unusedDrivers = words(`
	gpu net media infiniband staging usb scsi iio hwmon input mtd hid platform ata mfd mmc i2c edac leds power regulator
	rtc spi thunderbolt watchdog video target message firewire isdn bluetooth nfc crypto acpi gpio pinctrl extcon hsi
	comedi parport pcmcia pci ptp soundwire ufs vfio vhost w1 xen hv
`);
const unusedNetworks = words(`
	ipv4 ipv6 netfilter bluetooth mac80211 sched wireless sctp tipc ceph batman-adv bridge can openvswitch sunrpc rxrpc
	smc atm ax25 dccp ieee802154 nfc l2tp mptcp dsa rds xfrm phonet mac802154 hsr mpls 6lowpan
`);
const unusedFileSystems = words(`
	btrfs xfs ocfs2 ceph cifs f2fs gfs2 jfs nfs nfsd nilfs2 reiserfs ubifs udf ufs hfs hfsplus ntfs ntfs3 dlm afs
	orangefs lockd coda smbfs_common ksmbd jffs2 erofs minix hpfs befs bfs affs efs omfs qnx4 qnx6 romfs
`);

export const dpkgOptions = [
	'path-exclude=/usr/share/doc/*',
	'path-include=/usr/share/doc/*/copyright',
	'path-exclude=/usr/share/man/*',
	'path-exclude=/usr/share/locale/*',
	'path-exclude=/lib/modules/*/kernel/sound/*',
	...unusedDrivers.map((name) => `path-exclude=/lib/modules/*/kernel/drivers/${name}/*`),
	...unusedNetworks.map((name) => `path-exclude=/lib/modules/*/kernel/net/${name}/*`),
	...unusedFileSystems.map((name) => `path-exclude=/lib/modules/*/kernel/fs/${name}/*`),
];

/** The root disk: ext4 in one partition, so that GRUB, initramfs and fstab are what an installer leaves. */
export const rootDiskGiB = 6;
export const rootLabel = 'labroot';
