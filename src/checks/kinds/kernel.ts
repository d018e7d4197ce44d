import type { FindingKind } from '../kind.js';

export const kernelKinds = {
	support: {
		id: 'kernel.support',
		title: 'OpenZFS supports the kernel that boots next',
		when: {
			warning: 'the release that is installed does not, and nothing is planned that would change it',
			ok: 'the release that is planned, or else the installed one, does',
		},
		why:
			'A release names the range of kernels that it was made for. Beyond it the build fails, or an ' +
			'experimental build does what nobody has tested.',
		action: 'Choose a release that supports the kernel, or boot a kernel that the release supports.',
		commands: [['zfs-lockstep', 'compat']],
		source: 'META of each release; openzfs/zfs#15258, #18760',
	},
	offeredTooNew: {
		id: 'kernel.offered-too-new',
		title: 'The next kernel on offer is supported',
		when: { warning: 'the archives offer a kernel newer than the release supports' },
		why:
			'The next ordinary upgrade of the host brings that kernel; the module is then not built for it, and ' +
			'the reboot after it finds no pools.',
		action: 'Hold the kernel packages until OpenZFS supports that kernel.',
		commands: [['apt-mark', 'hold', '<kernel package>']],
		source: 'openzfs/zfs#16139, #14724',
	},
	headersMissing: {
		id: 'kernel.headers-missing',
		title: 'Headers come with each new kernel',
		when: { warning: 'DKMS builds the module, and no installed package brings the headers of new kernels' },
		why: 'DKMS skips a kernel without headers, with exit code 0: the next kernel would have no module.',
		action: "Install the package that follows the kernel's headers.",
		commands: [['apt-get', 'install', '<linux-headers-...>']],
		source: 'measured with dkms 3.0.10 and 3.2.2',
	},
	dkmsState: {
		id: 'kernel.dkms-state',
		title: 'DKMS is in order',
		when: {
			warning:
				'a module is broken, built for no kernel, built but not installed, or not the one that DKMS built; or it ' +
				'could not be read',
			notice: 'sources of a version that is not installed are in its tree',
		},
		why:
			'DKMS builds the newest source in its tree for every new kernel, whatever package is installed, and ' +
			'its exit codes lie in both directions.',
		action: 'Look at the state, and build or remove what is named.',
		commands: [['dkms', 'status', 'zfs']],
		source: 'openzfs/zfs#14803; measured with dkms 3.0.10 and 3.2.2',
	},
	signingKey: {
		id: 'kernel.signing-key',
		title: 'Secure Boot accepts the modules that DKMS builds',
		when: {
			blocker: 'Secure Boot is on and the firmware does not accept the key of DKMS',
			warning: 'the key waits for its enrolment, does not exist yet, or it could not be read',
			ok: 'the key is enrolled',
		},
		why:
			'A module signed by an unknown key is built and installed well, and refused at the boot: "Key was ' +
			'rejected by service". No pool comes up.',
		action: 'Enrol the key. The firmware asks for the password at the next boot, on the console only.',
		commands: [
			['mokutil', '--import', '/var/lib/dkms/mok.pub'],
			['mokutil', '--test-key', '/var/lib/dkms/mok.pub'],
		],
		source: 'openzfs/zfs#14521, #12540; mokutil(1)',
	},
} as const satisfies Readonly<Record<string, FindingKind>>;
