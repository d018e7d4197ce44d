import { blocking } from '../../src/checks/finding.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { failureOf } from '../5-verify/advice.js';
import { examineModule } from '../5-verify/examine-module.js';
import { moduleLoaded, readBootId } from '../observe.js';
import type { Choice, Probe, Step, StepContext, StepOutcome, StepRun } from '../step.js';
import { holdAgain } from './hold-again.js';
import { refuseOtherKernel } from './next-kernel.js';
import { reloadModule, reloadObstacles } from './reload.js';

function rebootCommand(): PlannedCommand {
	return planCommand('reboot.systemctl-reboot', 'Reboot the host through systemd', { argv: ['systemctl', 'reboot'] });
}

/**
 * A boot later than the verified one came up without the module, as half a package transaction leaves a host. Bringing
 * the transaction to its end has loaded the module; the units that import pools were skipped in this boot.
 */
async function missesPools(context: StepContext, bootId: string | undefined): Promise<boolean> {
	const { evidence, steps, pools } = context.state();
	const isLater = evidence.bootIdAfterReboot !== undefined && evidence.bootIdAfterReboot !== bootId;
	if (!isLater || steps.userspace.status !== 'done') return false;
	const seen = (await context.facts()).pools;
	return seen.known && pools.length > 0 && !seen.value.some(({ name }) => pools.includes(name));
}

async function probe(context: StepContext): Promise<Probe> {
	const loaded = await moduleLoaded(context);
	const before = context.state().evidence.bootIdBeforeReboot;
	const now = await readBootId(context.host);
	if (loaded.matches && (await missesPools(context, now))) {
		return { state: 'todo', evidence: 'The module came only after this boot, and no pool of the run was imported.' };
	}
	if (loaded.matches && (before === undefined || now !== before)) {
		return { state: 'done', evidence: `The loaded module is ${loaded.text}.` };
	}
	if (before !== undefined && now !== undefined && now !== before) {
		return { state: 'partial', evidence: `The host was rebooted, but the loaded module is ${loaded.text}.` };
	}
	return { state: 'todo', evidence: `The host has not been rebooted; the loaded module is ${loaded.text}.` };
}

async function describe(context: StepContext): Promise<readonly string[]> {
	const facts = await context.facts();
	const { bootKernel, targetVersion } = context.plan();
	const lines = [
		`The host boots kernel ${bootKernel} and loads OpenZFS ${targetVersion}.`,
		'A server takes two to ten minutes; firmware checks and a memory test can take longer.',
		'Have the console at hand (IPMI, iDRAC, the hypervisor): SSH is no help when the root pool does not come back.',
		`If it does not come back: boot the rescue shell and follow ${context.runDirectory}/ROLLBACK.txt.`,
		`After the reboot go on from here with: ${context.ownCommands.resumeCommand}`,
	];
	const prompts = facts.datasets.known
		? facts.datasets.value.filter(
				(dataset) => dataset.keyLocation === 'prompt' && dataset.encryptionRoot === dataset.name,
			)
		: [];
	if (prompts.length > 0) {
		lines.push(
			`Keys are asked for at the prompt: ${prompts.map((dataset) => `"${dataset.name}"`).join(', ')}. Load them after the boot with: zfs load-key -a`,
		);
	}
	return lines;
}

const later: Choice = {
	value: 'later',
	label: 'Later',
	hint: 'the wizard ends here; the login notice reminds of it; replication stays on hold',
};
const reload: Choice = {
	value: 'reload',
	label: 'Reload',
	hint: 'no reboot: every pool is exported and imported again; stop what uses them first',
};
const now: Choice = { value: 'now', label: 'Now', hint: 'reboot as soon as you have typed the word' };

/**
 * Step 3 was done again after the reboot that did not bring the module; or step 6, whose package transaction was cut
 * short when the module was away, was brought to its end. What is due is another reboot.
 */
function wasMendedSince(context: StepContext): boolean {
	const { steps, evidence } = context.state();
	const mended = [steps.module, steps.userspace];
	return mended.some((step) => step.status === 'done' && step.at > (evidence.rebootRequestedAt ?? 0));
}

/** The host came up, but not with the module that was proven. */
async function* explainBoot(context: StepContext): StepRun<StepOutcome> {
	context.refresh();
	const { boot } = await context.facts();
	const runningKernel = boot.runningKernel.known ? boot.runningKernel.value : undefined;
	const loaded = await moduleLoaded(context);
	const findings = blocking(await examineModule(context, { loaded, runningKernel }));
	for (const finding of findings) yield { type: 'finding', finding };
	const [first, ...rest] = findings;
	if (first === undefined) return { kind: 'done', evidence: `The loaded module is ${loaded.text}.` };
	return { kind: 'failed', rollbackNeeded: false, failure: failureOf([first, ...rest], context.ownCommands) };
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	const seen = await probe(context);
	if (seen.state === 'done') {
		return { kind: 'done', evidence: seen.evidence };
	}
	if (seen.state === 'partial' && !wasMendedSince(context)) {
		return yield* explainBoot(context);
	}
	const otherKernel = yield* refuseOtherKernel(context);
	if (otherKernel !== undefined) return otherKernel;
	const unheld = yield* holdAgain(context);
	if (unheld !== undefined) return unheld;
	const obstacles = await reloadObstacles(context);
	const answer = yield* context.ask({
		id: 'reboot.when',
		kind: 'choose',
		title: 'Reboot into the new kernel module?',
		body: [...(await describe(context)), ...obstacles.map((why) => `Reloading without a reboot is out: ${why}.`)],
		choices: obstacles.length === 0 ? [later, now, reload] : [later, now],
		suggested: 'later',
	});
	if (answer.value === 'reload') return yield* reloadModule(context);
	const waiting: StepOutcome = {
		kind: 'waiting',
		waitingFor: 'reboot',
		text: `Waiting for a reboot into OpenZFS ${context.plan().targetVersion}.`,
	};
	const bootId = await readBootId(context.host);
	if (bootId === undefined) {
		return {
			kind: 'failed',
			rollbackNeeded: false,
			failure: {
				what: 'The boot id could not be read from /proc/sys/kernel/random/boot_id.',
				why: 'Without it nobody can prove afterwards that the host was really rebooted.',
				todo: [`Mount /proc, then go on with: ${context.ownCommands.resumeCommand}`],
			},
		};
	}
	await context.record({ bootIdBeforeReboot: bootId, rebootRequestedAt: context.host.now() });
	if (answer.value === 'now') {
		const command = rebootCommand();
		const sure = yield* context.ask({
			id: 'reboot.confirm',
			kind: 'confirm',
			title: 'The host goes down now. Type the word to go on.',
			body: ['Everybody who is logged in is disconnected; services stop in good order.'],
			commands: [command],
			typeWord: 'reboot',
		});
		if (sure.value === true) {
			yield* context.execute(command);
		}
	}
	return waiting;
}

/** Step 4: reboot, never without a yes, and know afterwards that it happened. */
export const reboot: Step = {
	id: 'reboot',
	title: 'Reboot',
	purpose:
		'Says what will happen, how long it takes and what to do if the host does not come back; then reboots now, or ' +
		'leaves it to you. After the reboot the wizard goes on where it was.',
	plan: async () => [rebootCommand()],
	probe,
	run,
	rollback: async () => [],
};
