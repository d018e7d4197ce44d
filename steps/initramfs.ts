import { rebuildInitramfsCommand } from '../src/packages/boot/initramfs.js';
import { type PlannedCommand, plan as planCommand } from '../src/plan/planned-command.js';
import type { StepContext } from './step.js';

/**
 * Rebuild the initramfs of each kernel of the plan, by name: the packages' own trigger takes only the newest, and the
 * others keep the old module and the old tools (measured: packages.md 2.6).
 * @param prefix of the commands' ids, so that each step has its own
 */
export function initramfsCommands(context: StepContext, prefix: string): readonly PlannedCommand[] {
	const { initramfsTool, kernels } = context.plan();
	if (initramfsTool === 'none') return [];
	return kernels.map((kernel) =>
		planCommand(
			`${prefix}.initramfs.${kernel}`,
			`Rebuild the initramfs of kernel ${kernel}`,
			rebuildInitramfsCommand(initramfsTool, kernel),
			{ mode: 'detached', inhibitShutdown: true, expectedSeconds: 60 },
		),
	);
}
