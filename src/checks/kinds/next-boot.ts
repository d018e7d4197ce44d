import type { FindingKind } from '../kind.js';

export const nextBootKinds = {
	nextVersions: {
		id: 'boot.next-versions',
		title: 'Kernel, module and tools after the next boot',
		when: {
			blocker: 'the next boot finds no module and no planned upgrade builds it, or the two halves break each other',
			warning: 'the next boot brings another module than runs now, halves that differ, or it cannot be told',
			ok: 'the next boot brings module and tools of one release, and no other than run now',
		},
		why:
			'What a host will run after a reboot is decided today, by files that nobody looks at: a failed build, ' +
			'or an initramfs that was not rebuilt, shows only when the pools do not come back.',
		action: 'Look at the module of each kernel, on disk and inside its initramfs.',
		commands: [['zfs-lockstep', 'check']],
		source: 'openzfs/zfs#14803, #3354, #10498, #11556',
	},
	initramfsDiffers: {
		id: 'boot.initramfs-differs',
		title: 'The initramfs holds the module that is on disk',
		when: {
			warning: 'the initramfs of the kernel that boots next holds another version than the disk',
			notice: 'the same of another kernel',
		},
		why:
			'An initramfs keeps its own copy of module and tools. An old copy is loaded where the initramfs mounts ' +
			'or imports pools, whatever is on disk; package triggers rebuild that of the newest kernel only.',
		action: 'Rebuild it.',
		commands: [['update-initramfs', '-u', '-k', '<kernel>']],
		source: 'openzfs/zfs#9891, #11556; measured with initramfs-tools 0.142',
	},
	initramfsUnknown: {
		id: 'boot.initramfs-unknown',
		title: 'Each initramfs could be looked into',
		when: {
			warning: 'that of the kernel that boots next could not be read',
			notice: 'that of another kernel could not be read',
		},
		why: 'A module that is missing inside, or old, shows only at the boot.',
		action: 'Look into it by hand.',
		commands: [['lsinitramfs', '<initramfs>']],
		source: 'lsinitramfs(8), lsinitrd(1)',
	},
	kernelWithoutModule: {
		id: 'boot.kernel-without-module',
		title: 'Every kernel in the boot menu has a zfs module',
		when: {
			warning:
				'an installed kernel that is not the next one has none, with root on ZFS its initramfs has none, or it ' +
				'could not be read',
		},
		why:
			'Booted from the menu, as one does when the new kernel fails, it finds no pools; with root on ZFS it ' +
			'does not come up.',
		action: 'Build the module for it, or remove the kernel.',
		commands: [['dkms', 'autoinstall', '-k', '<kernel>']],
		source: 'openzfs/zfs#14803; measured: zfs-dkms removes the old module from all kernels first',
	},
	kernelsUnknown: {
		id: 'boot.kernels-unknown',
		title: 'The installed kernels could be read',
		when: { blocker: 'they could not' },
		why: 'Which kernel needs the module, and what the next boot loads, cannot be told without them.',
		action: 'See what stands in the way, mend it and check again.',
		commands: [
			['ls', '-l', '/boot'],
			['ls', '/lib/modules'],
		],
		source: 'what could not be read passes no check',
	},
	nextKernelUnknown: {
		id: 'boot.next-kernel-unknown',
		title: 'The kernel that boots next',
		when: { warning: 'the boot loader does not tell it' },
		why:
			'The proof before the reboot is about the kernel that boots next; for a kernel that is only presumed ' +
			'it proves little.',
		action: 'Look at the default of the boot loader.',
		commands: [['grep', 'GRUB_DEFAULT', '/etc/default/grub']],
		source: 'grub-set-default(8), bootctl(1)',
	},
	rebootPending: {
		id: 'boot.reboot-pending',
		title: 'No reboot was pending before',
		when: {
			warning: 'packages have asked for a reboot',
			notice: 'the running kernel is not the one that boots next, or it could not be read',
		},
		why:
			'The next reboot will change more than OpenZFS. If something fails after it, two changes have to be ' +
			'told apart.',
		action: 'Better reboot now, see that all is well, and upgrade OpenZFS afterwards.',
		commands: [['systemctl', 'reboot']],
		source: '/run/reboot-required',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
