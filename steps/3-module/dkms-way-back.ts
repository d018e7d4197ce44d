import { readInitramfsOnce } from '../../src/facts/initramfs-cache.js';
import { versionFact } from '../../src/facts/version-fact.js';
import { readInstalledKernels } from '../../src/packages/boot/installed-kernels.js';
import { installCommand, removeCommand } from '../../src/packages/dkms/commands.js';
import { removeSourceCommand } from '../../src/packages/dkms/module-source.js';
import { type ModuleInfo, readModuleOfKernel } from '../../src/packages/module/modinfo.js';
import { plan as planCommand } from '../../src/plan/planned-command.js';
import { initramfsCommands } from '../initramfs.js';
import { moduleLoaded } from '../observe.js';
import type { RollbackStage, RollbackTime, StepContext } from '../step.js';

/** Whether every kernel has the old module again, on the disk and, where there is one inside, in the initramfs. */
async function isOldModuleInPlace({ host, plan }: StepContext): Promise<boolean> {
	const { kernels, fromUpstream, initramfsTool } = plan();
	const isOld = (module: ModuleInfo) => {
		const version = versionFact(module.version, module.path);
		return version.known && version.value.upstream === fromUpstream;
	};
	const installed = await readInstalledKernels(host);
	for (const release of kernels) {
		const module = await readModuleOfKernel(host, release);
		if (!module.known || module.value === undefined || !isOld(module.value)) return false;
		const image = installed.known ? installed.value.find((kernel) => kernel.release === release)?.initramfs : undefined;
		if (initramfsTool === 'none' || image === undefined) continue;
		const inside = await readInitramfsOnce(host, initramfsTool, image, release);
		if (!inside.known || (inside.value !== undefined && !isOld(inside.value))) return false;
	}
	return installed.known;
}

/** Until the packages follow, the old module is still built in DKMS: putting it back compiles nothing. */
export async function rollbackAhead(context: StepContext, when: RollbackTime): Promise<readonly RollbackStage[]> {
	const { fromUpstream, targetUpstream, kernels, fromVersion, targetVersion } = context.plan();
	const { evidence, steps } = context.state();
	// The package transaction owns the module from then on, and its own way back restores it.
	if (steps.userspace.status !== 'pending') return [];
	// Until the step has ended, what it is about to put in place must be undone too.
	const isPlacing = when === 'ahead' && steps.module.status !== 'pending' && steps.module.status !== 'done';
	const directory = evidence.moduleSource?.directory;
	const isPlaced = directory !== undefined && (await context.host.files.stat(directory)) !== undefined;
	if (!isPlacing && !isPlaced) return [];
	const isLoaded = (await moduleLoaded(context)).matches;
	const putBack: readonly RollbackStage[] = [
		{
			title: `Put the module of ${fromVersion} back`,
			undoes: ['reboot', 'verify'],
			why: 'It is still built in DKMS, so nothing is compiled.',
			commands: [
				...kernels.map((kernel) =>
					planCommand(
						`rollback.dkms-install.${kernel}`,
						`Put the module of ${fromUpstream} in place for kernel ${kernel}`,
						installCommand(fromUpstream, kernel),
						{ mode: 'detached', inhibitShutdown: true },
					),
				),
				...initramfsCommands(context, 'rollback'),
			],
			rebootAfter: isLoaded,
			notes: isLoaded
				? ['The new module stays loaded until the reboot.']
				: [
						'While the old module is the loaded one no reboot is needed: cat /sys/module/zfs/version',
						`If that says ${targetVersion}, reboot afterwards.`,
					],
		},
	];
	return [
		...(!isPlacing && !isLoaded && (await isOldModuleInPlace(context)) ? [] : putBack),
		{
			title: `Remove the source of ${targetUpstream}`,
			undoes: ['module'],
			why: 'Otherwise DKMS builds it for the next kernel that is installed.',
			commands: [
				planCommand('rollback.dkms-remove', `Let DKMS forget ${targetUpstream}`, removeCommand(targetUpstream)),
				planCommand(
					'rollback.remove-source',
					'Remove the source that this run unpacked',
					removeSourceCommand(targetUpstream),
				),
			],
			rebootAfter: false,
			notes: [],
		},
	];
}
