import { examineBoot } from '../../steps/5-verify.js';
import { moduleLoaded, readBootId } from '../../steps/observe.js';
import type { StepContext } from '../../steps/step.js';
import { blocking, type Finding } from '../checks/finding.js';
import { readBootedFacts } from '../facts/booted.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import type { Session } from './session.js';

/** What a boot in the middle of a run brought. */
export interface BootReport {
	/** One sentence. */
	readonly title: string;
	/** What is not as the run needs it; empty: it can go on. */
	readonly faults: readonly Finding[];
	readonly exitCode: ExitCode;
}

/**
 * The module against the plan. Until the module was upgraded any may be loaded: the host was rebooted between, or a
 * rollback took the new one away again.
 */
async function examineModule(context: StepContext): Promise<{ readonly text: string; readonly fault?: Finding }> {
	const { matches, text } = await moduleLoaded(context);
	const isUpgraded = context.state().steps.module.status === 'done';
	if (matches || (!isUpgraded && text !== 'not loaded')) return { text };
	const { targetVersion } = context.plan();
	const title =
		text !== 'not loaded'
			? `The loaded module is ${text}, not ${targetVersion}`
			: `The zfs module is not loaded${isUpgraded ? `; it should be ${targetVersion}` : ''}`;
	const fault: Finding = {
		id: 'verify.module',
		severity: 'blocker',
		title,
		detail: 'Read from /sys/module/zfs/version.',
		remediation: [
			{ text: 'See what the boot loaded.', commands: [['journalctl', '-b', '-k', '--grep', 'zfs']] },
			{ text: 'Go back to the module from before.', commands: [['zfs-lockstep', 'rollback']] },
		],
		source: 'observed after the reboot',
	};
	return { text, fault };
}

/**
 * Verifies a boot by reading only: module, kernel, pools, units. Undefined: the host has not been rebooted since the run
 * asked for it. What takes long, the comparison of inventories, is left to step 5.
 */
export async function examineAfterBoot(session: Session): Promise<BootReport | undefined> {
	const { context, host, state } = session;
	const before = state.evidence.bootIdBeforeReboot;
	if (before !== undefined && before === (await readBootId(host))) return undefined;
	const [module, facts] = await Promise.all([examineModule(context), readBootedFacts(host)]);
	const isUpgraded = state.steps.module.status === 'done';
	// Before the module was upgraded nothing was promised of the kernel.
	const expected = examineBoot(context, facts).filter((finding) => isUpgraded || finding.id !== 'verify.kernel');
	const found = [...(module.fault === undefined ? [] : [module.fault]), ...expected].map((finding) =>
		state.ignoredChecks.includes(finding.id) ? { ...finding, ignored: true as const } : finding,
	);
	const faults = blocking(found);
	if (faults.length === 0) {
		const title = `The host came up with the zfs module ${module.text} and the run's pools; the rest waits for you.`;
		return { title, faults, exitCode: exitCodes.done };
	}
	const things = faults.length === 1 ? 'one thing is' : `${faults.length} things are`;
	const exitCode = faults.some(({ id }) => id === 'verify.module') ? exitCodes.rollbackNeeded : exitCodes.blocked;
	return { title: `After the reboot ${things} not as the upgrade needs them.`, faults, exitCode };
}
