import { installCommand } from '../src/packages/dkms/commands.js';
import { type PlannedCommand, plan as planCommand } from '../src/plan/planned-command.js';
import type { StepContext } from './step.js';

/**
 * The module for each kernel of the plan after a package transaction, before the initramfs is rebuilt: the transaction
 * takes the old module from all kernels and builds the new one for the running and the newest only (measured on Debian
 * 12: packages.md 2.3), so that the kernel one falls back to would have none. Empty where DKMS does not make the module.
 * @param prefix of the commands' ids, so that each step has its own
 * @param version OpenZFS's own, `2.3.2`
 */
export function moduleCommands(context: StepContext, prefix: string, version: string): readonly PlannedCommand[] {
	const { kernels, modulePackage } = context.plan();
	if (!modulePackage.endsWith('-dkms')) return [];
	return kernels.map((kernel) =>
		planCommand(
			`${prefix}.dkms-install.${kernel}`,
			`See to it that kernel ${kernel} has the module of ${version}, also where the package did not build it`,
			installCommand(version, kernel),
			{ mode: 'detached', inhibitShutdown: true, expectedSeconds: 900 },
		),
	);
}
