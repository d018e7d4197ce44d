import type { FindingKind } from '../kind.js';

export const machineKinds = {
	notRoot: {
		id: 'machine.not-root',
		title: 'Whether this runs as root',
		when: { blocker: 'the effective user is not root' },
		why: 'Pools, packages, DKMS and each initramfs can only be read in full, and changed, by root.',
		action: 'Run it as root.',
		commands: [['sudo', 'zfs-lockstep', 'check']],
		source: 'apt-get(8), dkms(8), update-initramfs(8)',
	},
	environmentUnknown: {
		id: 'machine.environment-unknown',
		title: 'Whether this is a machine of its own, a container or a chroot',
		when: { warning: 'nothing on the host tells' },
		why: 'A container or chroot has a kernel that is not its own; a module upgraded in there is never loaded.',
		action: 'Make sure that this is the system whose kernel is to get the new module.',
		commands: [['systemd-detect-virt']],
		source: 'systemd-detect-virt(1)',
	},
	alternateRoot: {
		id: 'machine.alternate-root',
		title: 'The upgraded system is a mounted one',
		when: { notice: '--root was given' },
		why:
			'The mounted system does not run: its loaded module, units and running kernel cannot be looked at, and ' +
			'what they would show is found out only after it has booted.',
		action: 'After the upgrade boot the system and continue there; its state is kept on its own disk.',
		commands: [['zfs-lockstep', 'status']],
		source: 'chroot(8)',
	},
	proxmox: {
		id: 'machine.proxmox',
		title: 'Whether this is Proxmox VE',
		when: { notice: 'pveversion is installed' },
		why:
			'On Proxmox VE the module comes with the kernel package, replication jobs run from pvescheduler, and ' +
			'guests use zvols: upgrade the kernel first, move or stop the guests, then reboot.',
		action: 'Look at the replication jobs and the guests before the reboot.',
		commands: [
			['pvesr', 'list'],
			['qm', 'list'],
			['pct', 'list'],
		],
		source: 'proxmox/pve-kernel debian/rules; pvesr(1)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
