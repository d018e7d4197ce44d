/** The units that import, mount and watch the pools. A unit that systemd skipped is a failure that nobody sees. */
import type { ZfsUnit } from '../facts/host-facts.js';
import { poolOf } from '../zfs/names.js';
import { listSome } from './amounts.js';
import type { Finding } from './finding.js';
import { fine, found } from './kind.js';
import { unitKinds as kinds } from './kinds/units.js';
import { areToolsAbsent, type CheckInput, type CheckTopic, isAlternateRoot, isModuleAbsent } from './topic.js';

/** One imports by the cache file, the other without one: the condition of each is that of the other, turned round. */
const imports: readonly string[] = ['zfs-import-cache.service', 'zfs-import-scan.service'];

function checkUnits(input: CheckInput): readonly Finding[] {
	const { machine, units } = input.facts;
	// Without the module they are all skipped, which the versions say already.
	if (isAlternateRoot(input) || areToolsAbsent(input) || isModuleAbsent(input)) return [];
	if (machine.initSystem !== 'systemd') return [];
	if (!units.known) {
		return [
			found(kinds.unreadable, 'warning', {
				title: 'The units of OpenZFS could not be read',
				detail: `${units.why}. ${kinds.unreadable.why}`,
			}),
		];
	}
	const problems = [
		...describe(units.value.filter(isFailed), kinds.failed, 'failed'),
		...describe(findSkipped(units.value), kinds.skipped, 'skipped at boot'),
		...judgeImport(input, units.value),
	];
	if (problems.length > 0 || units.value.length === 0) return problems;
	const active = units.value.filter(({ activeState }) => activeState === 'active');
	return [
		fine(
			kinds.running,
			'No unit of OpenZFS failed or was skipped',
			`Active: ${listSome(
				active.map(({ name }) => name),
				10,
			)}.`,
		),
	];
}

function describe(
	units: readonly ZfsUnit[],
	kind: typeof kinds.failed | typeof kinds.skipped,
	word: string,
): readonly Finding[] {
	if (units.length === 0) return [];
	const names = units.map(({ name }) => name);
	return [
		found(kind, 'warning', {
			title: `Units of OpenZFS ${word}: ${listSome(names)}`,
			detail: `${units.map(({ name, activeState, result }) => `${name} is ${activeState}, result ${result}`).join('; ')}. ${kind.why}`,
			remediation: [
				{
					text: kind.action,
					commands: names.slice(0, 3).map((name) => kind.commands[0].map((word) => (word === '<unit>' ? name : word))),
				},
			],
		}),
	];
}

function isFailed({ activeState, result }: ZfsUnit): boolean {
	return activeState === 'failed' || (result !== 'success' && result !== '');
}

function findSkipped(units: readonly ZfsUnit[]): readonly ZfsUnit[] {
	const isImported = units.some(({ name, activeState }) => imports.includes(name) && activeState === 'active');
	return units.filter(
		({ name, wasConditionChecked, conditionResult, unitFileState }) =>
			wasConditionChecked &&
			conditionResult === 'no' &&
			unitFileState === 'enabled' &&
			!(imports.includes(name) && isImported),
	);
}

function judgeImport({ facts }: CheckInput, units: readonly ZfsUnit[]): readonly Finding[] {
	const { pools, rootDataset } = facts;
	if (!pools.known || !rootDataset.known) return [];
	const rootPool = rootDataset.value === undefined ? undefined : poolOf(rootDataset.value);
	const others = pools.value.filter(({ name }) => name !== rootPool).map(({ name }) => name);
	const isEnabled = units.some(
		({ name, unitFileState }) => imports.includes(name) && unitFileState.startsWith('enabled'),
	);
	if (others.length === 0 || isEnabled || units.length === 0) return [];
	return [
		found(kinds.importDisabled, 'warning', {
			title: 'Nothing that is known here imports the pools at boot',
			detail: `Neither ${imports.join(' nor ')} is enabled; pools: ${listSome(others)}. ${kinds.importDisabled.why}`,
		}),
	];
}

export const unitsTopic: CheckTopic = { check: checkUnits, kinds: Object.values(kinds) };
