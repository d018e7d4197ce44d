/** Whether a simulated transaction does what was planned and nothing else. */
import { isLaterSoname } from './libraries.js';
import type { Direction, InstalledPackage, PackageChange, Transaction } from './package-manager.js';

export interface Expectation {
	readonly direction: Direction;
	/** Full package version that every package of the set is to have afterwards. */
	readonly targetVersion: string;
	/** The OpenZFS set as it is installed now. */
	readonly installed: readonly InstalledPackage[];
	/** Names that the administrator agreed to lose, beyond renamed libraries. */
	readonly agreedRemovals?: readonly string[];
	/** Names on hold that the administrator agreed to change. */
	readonly agreedHeld?: readonly string[];
}

export type Refusal =
	/** It would remove a package that nobody agreed to lose. */
	| { readonly kind: 'removal'; readonly name: string; readonly version: string | undefined }
	/** A package of the set would stay behind at another version. */
	| { readonly kind: 'left-behind'; readonly name: string; readonly version: string }
	/** A package of the set would get another version than the target. */
	| { readonly kind: 'wrong-version'; readonly name: string; readonly version: string | undefined }
	/** A package outside the set would be downgraded, or one on hold changed. */
	| { readonly kind: 'downgrade' | 'held'; readonly name: string };

export type Judgement =
	| {
			readonly kind: 'acceptable';
			/** Libraries that go because another SONAME of the same library comes. */
			readonly renamedLibraries: readonly string[];
			/** Packages outside the set that would change as well: shown, not refused. */
			readonly bystanders: readonly PackageChange[];
	  }
	| { readonly kind: 'refused'; readonly refusals: readonly [Refusal, ...Refusal[]] };

/**
 * A removal passes only if it was agreed to, or if the package is a library whose other SONAME is in place afterwards:
 * a later one on the way forward, an earlier one on the way back. `--no-remove` could not say this: it also refuses
 * the correct transaction.
 */
export function judgeTransaction(transaction: Transaction, expectation: Expectation): Judgement {
	const changes = [...transaction.install, ...transaction.upgrade, ...transaction.downgrade, ...transaction.reinstall];
	const { installed, targetVersion, agreedRemovals = [], agreedHeld = [] } = expectation;
	const inPlace = [
		...changes.filter(({ to }) => to === targetVersion).map(({ name }) => name),
		...installed.filter(({ version }) => version === targetVersion).map(({ name }) => name),
	];
	const isReplaced = (name: string) => inPlace.some((other) => replaces(other, name, expectation.direction));
	const isOfSet = (name: string) => inPlace.includes(name) || installed.some((each) => isRelated(each.name, name));

	const removals = transaction.remove.filter(({ name }) => !agreedRemovals.includes(name) && !isReplaced(name));
	const touched = new Set([...changes, ...transaction.remove].map(({ name }) => name));
	const leftBehind = installed.filter(
		({ name, version }) => version !== targetVersion && !touched.has(name) && !isReplaced(name),
	);
	const refusals: readonly Refusal[] = [
		...removals.map(({ name, from }) => ({ kind: 'removal', name, version: from }) as const),
		...leftBehind.map(({ name, version }) => ({ kind: 'left-behind', name, version }) as const),
		...changes
			.filter(({ name, to }) => isOfSet(name) && to !== targetVersion)
			.map(({ name, to }) => ({ kind: 'wrong-version', name, version: to }) as const),
		...transaction.downgrade
			.filter(({ name }) => expectation.direction === 'forward' || !isOfSet(name))
			.map(({ name }) => ({ kind: 'downgrade', name }) as const),
		...transaction.heldChanged
			.filter((name) => !agreedHeld.includes(name))
			.map((name) => ({ kind: 'held', name }) as const),
	];
	const [first, ...rest] = refusals;
	if (first !== undefined) return { kind: 'refused', refusals: [first, ...rest] };
	return {
		kind: 'acceptable',
		renamedLibraries: transaction.remove.map(({ name }) => name).filter(isReplaced),
		bystanders: changes.filter(({ name }) => !isOfSet(name)),
	};
}

function replaces(other: string, name: string, direction: Direction): boolean {
	return direction === 'forward' ? isLaterSoname(other, name) : isLaterSoname(name, other);
}

function isRelated(a: string, b: string): boolean {
	return a === b || isLaterSoname(a, b) || isLaterSoname(b, a);
}
