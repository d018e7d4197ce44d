/** The one transaction that brings the whole OpenZFS set to the target, as the package manager itself foresees it. */
import { type Fact, known } from '../facts/fact.js';
import type { Host } from '../host/host.js';
import { judgeTransaction, type Refusal } from '../packages/judge-transaction.js';
import type { PackageChange, PackageManager } from '../packages/package-manager.js';
import { fullSetChange, laggingPackages, type PackageSet } from './package-set.js';

/** What the transaction does, for the plan. */
export interface SetTransaction {
	/** Installed packages that end at the target version. */
	readonly packages: readonly string[];
	/** Libraries that come under a new name. */
	readonly packagesNew: readonly string[];
	/** Libraries whose successor comes; nothing else goes. */
	readonly packagesRemoved: readonly string[];
	/** Packages outside the set that change as well. */
	readonly bystanders: readonly PackageChange[];
	/** Packages of the set that the administrator has on hold. */
	readonly held: readonly string[];
}

export type FullSetResult =
	| { readonly kind: 'acceptable'; readonly transaction: SetTransaction }
	| { readonly kind: 'impossible'; readonly reasons: readonly string[] }
	| { readonly kind: 'refused'; readonly refusals: readonly [Refusal, ...Refusal[]] };

/** Simulates the transaction and judges it. With every package at the target already there is none to simulate. */
export async function foreseeFullSet(
	host: Host,
	manager: PackageManager,
	set: PackageSet,
	version: string,
): Promise<Fact<FullSetResult>> {
	const held = set.installed.filter(({ isHeld }) => isHeld).map(({ name }) => name);
	const atTarget = set.installed.filter((each) => each.version === version).map(({ name }) => name);
	if (laggingPackages(set, version).length === 0) {
		const transaction = { packages: atTarget, packagesNew: [], packagesRemoved: [], bystanders: [], held };
		return known({ kind: 'acceptable', transaction }, 'the installed packages');
	}
	const simulation = await manager.simulate(host, fullSetChange(set, version));
	if (!simulation.known) return simulation;
	if (simulation.value.kind === 'impossible') return known(simulation.value, simulation.source);
	const { transaction } = simulation.value;
	const judgement = judgeTransaction(transaction, {
		direction: 'forward',
		targetVersion: version,
		installed: set.installed,
		agreedHeld: held,
	});
	if (judgement.kind === 'refused') return known(judgement, simulation.source);
	const upgraded = transaction.upgrade.filter(({ to }) => to === version).map(({ name }) => name);
	return known(
		{
			kind: 'acceptable',
			transaction: {
				packages: [...new Set([...atTarget, ...upgraded])],
				packagesNew: transaction.install.filter(({ to }) => to === version).map(({ name }) => name),
				packagesRemoved: judgement.renamedLibraries,
				bystanders: judgement.bystanders,
				held,
			},
		},
		simulation.source,
	);
}
