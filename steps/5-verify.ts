import type { Finding } from '../src/checks/finding.js';
import type { BootedFacts } from '../src/facts/booted.js';
import type { ZfsUnit } from '../src/facts/host-facts.js';
import { compareInventories } from '../src/inventory/compare.js';
import { describeDiff } from '../src/inventory/describe.js';
import { takeInventory } from '../src/inventory/take.js';
import { moduleLoaded, readBootId } from './observe.js';
import type { Probe, Step, StepContext, StepOutcome, StepRun } from './step.js';

/** Health of a pool from best to worst: after the reboot it may not be further down than before. */
const healthOrder = ['ONLINE', 'DEGRADED', 'FAULTED', 'UNAVAIL', 'SUSPENDED'];

function finding(
	id: string,
	severity: Finding['severity'],
	title: string,
	detail: string,
	remedy: string,
	...commands: string[][]
): Finding {
	return {
		id,
		severity,
		title,
		detail,
		remediation: [commands.length === 0 ? { text: remedy } : { text: remedy, commands }],
		source: 'observed after the reboot',
	};
}

/**
 * Units that systemd did not run because their condition failed. That is how a module that did not load looks:
 * `systemctl --failed` shows nothing, for all zfs units carry ConditionPathIsDirectory=/sys/module/zfs.
 */
function skippedUnits(units: readonly ZfsUnit[]): readonly ZfsUnit[] {
	// Of the two import units one is always skipped: which one depends on the cache file.
	const imports = units.filter((unit) => /^zfs-import-(?:cache|scan)\.service$/.test(unit.name));
	const someImported = imports.some((unit) => unit.activeState === 'active');
	return units.filter(
		(unit) =>
			unit.unitFileState.startsWith('enabled') &&
			unit.wasConditionChecked &&
			unit.conditionResult === 'no' &&
			!(someImported && imports.includes(unit)),
	);
}

function examineUnits(facts: BootedFacts): readonly Finding[] {
	if (!facts.units.known) {
		return [
			finding(
				'verify.units-unknown',
				'blocker',
				'The state of the zfs units could not be read',
				facts.units.why,
				'Look at them.',
				['systemctl', 'status', 'zfs.target'],
			),
		];
	}
	const skipped = skippedUnits(facts.units.value).map((unit) =>
		finding(
			'verify.unit-skipped',
			'blocker',
			`${unit.name} was skipped`,
			'Its condition failed, so it did nothing, and systemd does not count that as a failure.',
			'See which condition it was and mend it.',
			['systemctl', 'status', unit.name],
		),
	);
	const failed = facts.units.value
		.filter((unit) => unit.activeState === 'failed')
		.map((unit) =>
			finding(
				'verify.unit-failed',
				'blocker',
				`${unit.name} failed`,
				`Its result is ${unit.result}.`,
				'Look at its journal.',
				['journalctl', '-b', '-u', unit.name],
			),
		);
	return [...skipped, ...failed];
}

function examinePools(context: StepContext, facts: BootedFacts): readonly Finding[] {
	if (!facts.pools.known) {
		return [
			finding('verify.pools-unknown', 'blocker', 'The pools could not be read', facts.pools.why, 'Look at them.', [
				'zpool',
				'status',
			]),
		];
	}
	const pools = new Map(facts.pools.value.map((pool) => [String(pool.name), pool]));
	return context.state().pools.flatMap((name) => {
		const pool = pools.get(name);
		if (pool === undefined) {
			return [
				finding(
					'verify.pool-missing',
					'blocker',
					`Pool "${name}" is not imported`,
					'It was imported before the reboot.',
					'See whether it can be found, then import it; do not force it before you know why it is missing.',
					['zpool', 'import'],
					['zpool', 'import', name],
				),
			];
		}
		if (healthOrder.indexOf(pool.health) > 0 || !healthOrder.includes(pool.health)) {
			return [
				finding(
					'verify.pool-health',
					pool.health === 'DEGRADED' ? 'warning' : 'blocker',
					`Pool "${name}" is ${pool.health}`,
					'Compare with what step 1 found.',
					'See which device it is.',
					['zpool', 'status', '-v', name],
				),
			];
		}
		return [
			finding(
				'verify.pool',
				'ok',
				`Pool "${name}" is imported and ${pool.health}`,
				`guid ${pool.guid}`,
				'Nothing to do.',
			),
		];
	});
}

/** The module was proven for the kernel of the plan; another one that came up says that the next boot may differ too. */
function examineKernel(context: StepContext, facts: BootedFacts): readonly Finding[] {
	const { bootKernel } = context.plan();
	const { runningKernel } = facts.boot;
	// Reloaded in the kernel that ran before: nothing was booted.
	if (context.state().evidence.bootIdBeforeReboot === undefined) return [];
	if (runningKernel.known && runningKernel.value === bootKernel) {
		return [
			finding('verify.kernel', 'ok', `Kernel ${bootKernel} runs, as planned`, runningKernel.source, 'Nothing to do.'),
		];
	}
	const running = runningKernel.known ? runningKernel.value : `an unknown kernel (${runningKernel.why})`;
	return [
		finding(
			'verify.kernel',
			'blocker',
			`The host booted kernel ${running}, not ${bootKernel}`,
			'Somebody chose it in the boot menu, or the boot loader has another default than the one that was read.',
			`Choose kernel ${bootKernel} in the boot menu or make it the default, and reboot; to stay on this one: --ignore-check verify.kernel`,
			['systemctl', 'reboot'],
		),
	];
}

/** Whether the host came up with the planned kernel, the run's pools and OpenZFS's units. Reads nothing itself. */
export function examineBoot(context: StepContext, facts: BootedFacts): readonly Finding[] {
	return [...examineKernel(context, facts), ...examinePools(context, facts), ...examineUnits(facts)];
}

async function examineInventory(context: StepContext): Promise<readonly Finding[]> {
	const before = context.state().evidence.inventory;
	if (before === undefined) {
		return [
			finding(
				'verify.inventory-absent',
				'warning',
				'There is no inventory from before the reboot',
				'Nothing can be compared.',
				'Compare by eye.',
				['zfs', 'list'],
			),
		];
	}
	const after = `${context.runDirectory}/inventory-after-reboot`;
	const taken = await takeInventory(context.host, after);
	const diff = taken.known ? await compareInventories(context.host, before, after) : taken;
	if (!diff.known) {
		return [
			finding(
				'verify.inventory-unknown',
				'blocker',
				'The inventories could not be compared',
				diff.why,
				'Mend the cause and run zfs-lockstep again.',
			),
		];
	}
	const { mustNotChange, mayChange } = diff.value;
	if (mustNotChange.length === 0) {
		return [
			finding(
				'verify.inventory',
				'ok',
				'Pools, datasets, snapshots, properties and mounts are as before',
				`${mayChange.length} changes that may be.`,
				'Nothing to do.',
			),
		];
	}
	return mustNotChange.map((entry) =>
		finding(
			`verify.inventory-${entry.kind}`,
			entry.severity,
			entry.text,
			describeDiff({ mustNotChange: [entry], mayChange: [] }).join(' '),
			'Find out why before going on.',
			['zfs', 'list', '-o', 'name,mounted,keystatus'],
		),
	);
}

async function probe(context: StepContext): Promise<Probe> {
	const { bootIdAfterReboot } = context.state().evidence;
	const now = await readBootId(context.host);
	const loaded = await moduleLoaded(context);
	if (bootIdAfterReboot !== undefined && bootIdAfterReboot === now && loaded.matches) {
		return { state: 'done', evidence: `Verified in this boot; the loaded module is ${loaded.text}.` };
	}
	// A later reboot with the right module needs no second comparison once the userspace has followed.
	if (bootIdAfterReboot !== undefined && loaded.matches && context.state().steps.userspace.status === 'done') {
		return { state: 'done', evidence: `The loaded module is ${loaded.text}.` };
	}
	return { state: 'todo', evidence: `The loaded module is ${loaded.text}; this boot has not been verified.` };
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	const loaded = await moduleLoaded(context);
	if (!loaded.matches) {
		return {
			kind: 'failed',
			rollbackNeeded: true,
			failure: {
				what: `The loaded module is ${loaded.text}, not ${context.plan().targetVersion}.`,
				why: 'The userspace is not upgraded on top of another module.',
				todo: [
					'See what the boot loaded: journalctl -b -k --grep zfs',
					'Mend it and reboot, or go back: zfs-lockstep rollback',
				],
			},
		};
	}
	context.refresh();
	const facts = await context.facts();
	yield { type: 'facts', facts };
	const findings = [
		finding(
			'verify.module',
			'ok',
			`The loaded module is ${loaded.text}`,
			'Read from /sys/module/zfs/version.',
			'Nothing to do.',
		),
		...examineBoot(context, facts),
		...(await examineInventory(context)),
	].map((one) => (context.options.ignoredChecks.includes(one.id) ? { ...one, ignored: true as const } : one));
	for (const one of findings) {
		yield { type: 'finding', finding: one };
	}
	const blockers = findings.filter((one) => one.severity === 'blocker' && one.ignored !== true);
	if (blockers.length > 0) {
		return {
			kind: 'failed',
			rollbackNeeded: false,
			failure: {
				what: `After the reboot ${blockers.length} thing${blockers.length === 1 ? ' is' : 's are'} not as before.`,
				why: blockers.map((one) => one.title).join('; '),
				todo: [
					...new Set(blockers.flatMap((one) => one.remediation.map((remedy) => remedy.text))),
					'Then run zfs-lockstep again; or go back: zfs-lockstep rollback',
				],
			},
		};
	}
	const bootId = await readBootId(context.host);
	if (bootId !== undefined) await context.record({ bootIdAfterReboot: bootId });
	return {
		kind: 'done',
		evidence: `The loaded module is ${loaded.text}; ${context.state().pools.length} pools are as before.`,
	};
}

/** Step 5: the new module runs, and everything that was there is there. */
export const verify: Step = {
	id: 'verify',
	title: 'Verify',
	purpose:
		'Looks whether the target module is really loaded, the pools are imported and no worse than before, the datasets ' +
		'are mounted, keys are loaded and the units ran; compares the inventory by guid.',
	plan: async () => [],
	probe,
	run,
	rollback: async () => [],
};
