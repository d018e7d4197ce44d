import { examineBoot } from '../../steps/5-verify/examine-boot.js';
import { examineModule } from '../../steps/5-verify/examine-module.js';
import { moduleLoaded, readBootId } from '../../steps/observe.js';
import type { StepContext } from '../../steps/step.js';
import { blocking, type Finding } from '../checks/finding.js';
import { type BootedFacts, readBootedFacts } from '../facts/booted.js';
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
 * The module against the plan. Until the module was upgraded any may be loaded, in any kernel: the host was rebooted
 * between, or a rollback took the new one away again.
 */
async function examineLoaded(context: StepContext, facts: BootedFacts): Promise<readonly Finding[]> {
	const loaded = await moduleLoaded(context);
	const isUpgraded = context.state().steps.module.status === 'done';
	if (!isUpgraded && loaded.text !== 'not loaded') return [];
	const { runningKernel } = facts.boot;
	const running = runningKernel.known ? runningKernel.value : undefined;
	return examineModule(context, { loaded, runningKernel: running });
}

/**
 * Verifies a boot by reading only: module, kernel, pools, units. Undefined: the host has not been rebooted since the run
 * asked for it. What takes long, the comparison of inventories, is left to step 5.
 */
export async function examineAfterBoot(session: Session): Promise<BootReport | undefined> {
	const { context, host, state } = session;
	const before = state.evidence.bootIdBeforeReboot;
	if (before !== undefined && before === (await readBootId(host))) return undefined;
	const facts = await readBootedFacts(host);
	const module = await examineLoaded(context, facts);
	const { text } = await moduleLoaded(context);
	// Without a module everything else that is amiss follows from it.
	const others = text === 'not loaded' ? [] : examineBoot(context, facts);
	const found = [...module, ...others].map((finding) =>
		state.ignoredChecks.includes(finding.id) ? { ...finding, ignored: true as const } : finding,
	);
	const faults = blocking(found);
	if (faults.length === 0) {
		const title = `The host came up with the zfs module ${text} and the run's pools; the rest waits for you.`;
		return { title, faults, exitCode: exitCodes.done };
	}
	const things =
		faults.length === 1
			? 'one thing is not as the upgrade needs it'
			: `${faults.length} things are not as the upgrade needs them`;
	const exitCode = faults.some(({ id }) => id.startsWith('verify.module'))
		? exitCodes.rollbackNeeded
		: exitCodes.blocked;
	return { title: `After the reboot ${things}.`, faults, exitCode };
}
