import type { Finding } from '../../src/checks/finding.js';
import { rebuildInitramfsCommand } from '../../src/packages/boot/initramfs.js';
import { installCommand } from '../../src/packages/dkms/commands.js';
import { adviseBootOnce } from '../boot-once.js';
import type { moduleLoaded } from '../observe.js';
import type { StepContext } from '../step.js';
import { advise, fine, goBack, rebootNow, source } from './advice.js';

export interface BootedModule {
	readonly loaded: Awaited<ReturnType<typeof moduleLoaded>>;
	/** Undefined: it could not be read. */
	readonly runningKernel: string | undefined;
}

/**
 * The loaded module and the kernel against the plan: the cause that explains the rest, and only that one. A booted
 * kernel that was not planned has its own module, or none.
 */
export async function examineModule(context: StepContext, booted: BootedModule): Promise<readonly Finding[]> {
	const { loaded, runningKernel } = booted;
	const { bootKernel } = context.plan();
	// Reloaded in the kernel that ran before: nothing was booted.
	const wasBooted = context.state().evidence.bootIdBeforeReboot !== undefined;
	const isPlannedKernel = !wasBooted || runningKernel === bootKernel;
	if (!isPlannedKernel) return [await otherKernel(context, booted)];
	const kernel =
		wasBooted && runningKernel !== undefined
			? [fine('verify.kernel', `Kernel ${runningKernel} runs, as planned`, '/proc/sys/kernel/osrelease')]
			: [];
	if (loaded.matches) {
		return [
			fine('verify.module', `The loaded module is ${loaded.text}`, 'Read from /sys/module/zfs/version.'),
			...kernel,
		];
	}
	return [loaded.text === 'not loaded' ? notLoaded(context) : otherModule(context, booted), ...kernel];
}

async function otherKernel(context: StepContext, { loaded, runningKernel }: BootedModule): Promise<Finding> {
	const { bootKernel, targetVersion } = context.plan();
	const module =
		loaded.text === 'not loaded'
			? 'No zfs module is loaded, so no pool is here.'
			: `Its zfs module is ${loaded.text}${loaded.matches ? '' : `, not ${targetVersion}`}.`;
	const ignoring = advise(`To stay on this kernel, where its module is ${targetVersion}.`, [
		'zfs-lockstep',
		'--ignore-check',
		'verify.kernel',
	]);
	return {
		id: 'verify.kernel',
		severity: 'blocker',
		title: `The host booted kernel ${runningKernel ?? 'of an unknown release'}, not ${bootKernel}`,
		detail: `${module} The new module was proven for ${bootKernel} only. Somebody chose another in the boot menu, or the boot loader has another default than the one that was read.`,
		remediation: [await adviseBootOnce(context.host, bootKernel), ...(loaded.matches ? [ignoring] : []), goBack],
		source,
	};
}

/** Commands that bring the target module to the disk of a kernel and into its initramfs. */
function rebuild(context: StepContext, kernel: string): readonly (readonly string[])[] {
	const { initramfsTool, modulePackage, targetUpstream, targetVersion } = context.plan();
	const bringModule = modulePackage.endsWith('-dkms')
		? installCommand(targetUpstream, kernel).argv
		: ['apt-get', 'install', '--reinstall', `${modulePackage}=${targetVersion}`];
	return [bringModule, ...(initramfsTool === 'none' ? [] : [rebuildInitramfsCommand(initramfsTool, kernel).argv])];
}

function notLoaded(context: StepContext): Finding {
	return {
		id: 'verify.module-not-loaded',
		severity: 'blocker',
		title: `The zfs module is not loaded; it should be ${context.plan().targetVersion}`,
		detail: 'Without it no pool is here, and systemd skips the units of ZFS without calling them failed.',
		remediation: [
			advise('See why it does not load.', ['modprobe', 'zfs'], ['journalctl', '-b', '-k', '--grep', 'zfs|spl']),
			advise('See whether something forbids it.', ['grep', '-rn', 'zfs', '/etc/modprobe.d', '/proc/cmdline']),
			advise('When it loads, reboot, so that pools, mounts and units come up in their order.', rebootNow),
			goBack,
		],
		source,
	};
}

/** An old copy was loaded: from the disk, or more often from an initramfs that was not rebuilt. */
function otherModule(context: StepContext, { loaded, runningKernel }: BootedModule): Finding {
	const { bootKernel, targetVersion } = context.plan();
	return {
		id: 'verify.module',
		severity: 'blocker',
		title: `The loaded module is ${loaded.text}, not ${targetVersion}`,
		detail:
			'Read from /sys/module/zfs/version. An old copy was loaded, most likely from an initramfs that was not rebuilt. Userspace must not be upgraded on top of it.',
		remediation: [
			advise('See what the boot loaded.', ['journalctl', '-b', '-k', '--grep', 'zfs|spl']),
			advise(
				'Put the new module in place, rebuild the initramfs, and reboot.',
				...rebuild(context, runningKernel ?? bootKernel),
				rebootNow,
			),
			goBack,
		],
		source,
	};
}
