import { PAIR_FAULTS } from './advisories/pairs.js';
import type { Advisory } from './advisory.js';
import { isInRange, parseSeries, parseZfsRelease } from './version.js';

/** How releases lay out zfs_cmd_t, the structure that every /dev/zfs call passes. */
export interface CommandLayout {
	readonly id: 'original' | 'original-without-zoneid' | 'shifted';
	/** Semver range of the releases that have it. */
	readonly range: string;
	readonly bytes: number;
}

/**
 * Only 2.3.1 moves fields. 0.8 lacks the last field and agrees in all others; 2.4 keeps size and offsets by a union
 * and a static assertion, so later releases are expected to.
 * Source: include/sys/zfs_ioctl.h of every tag; openzfs/zfs#17137, #17367.
 */
export const COMMAND_LAYOUTS: readonly CommandLayout[] = [
	{ id: 'original-without-zoneid', range: '>=0.8.0 <2.0.0', bytes: 13_736 },
	{ id: 'original', range: '>=2.0.0 <2.3.1 || >2.3.1', bytes: 13_744 },
	{ id: 'shifted', range: '2.3.1', bytes: 13_760 },
];

/** The layout of a version in any spelling. Undefined for releases before 0.8 and for what is no version. */
export function layoutOf(version: string): CommandLayout | undefined {
	const plain = parseZfsRelease(version);
	return plain === undefined ? undefined : COMMAND_LAYOUTS.find((layout) => isInRange(plain, layout.range));
}

export interface PairVerdict {
	/** `unknown`: at least one of the texts is no OpenZFS version. */
	readonly verdict: 'same' | 'abi-break' | 'known-fault' | 'mixed' | 'module-absent' | 'unknown';
	/** What a finding about this pair deserves. `unknown` is a warning: a check that needs it does not pass. */
	readonly severity: 'ok' | 'warning' | 'blocker';
	/** The halves differ even in `x.y`, which is a blocker outside the run's own planned window. */
	readonly seriesDiffers: boolean;
	/** What is known to break, in the order of the list; for `mixed` the general entry. */
	readonly breaks: readonly Advisory[];
}

/**
 * What is known of a userspace on a module, by `x.y.z` without distribution suffix.
 * Rule: a blocker if exactly one side is 2.3.1, a warning for any other difference (openzfs/zfs#17323, #3326).
 * @param module null: known not to be loaded.
 */
export function pairVerdict(userspace: string, module: string | null): PairVerdict {
	if (module === null) {
		const breaks = PAIR_FAULTS.filter((fault) => fault.affects.kind === 'module-absent');
		return { verdict: 'module-absent', severity: 'blocker', seriesDiffers: false, breaks };
	}
	const [left, right] = [parseZfsRelease(userspace), parseZfsRelease(module)];
	if (left === undefined || right === undefined) {
		return { verdict: 'unknown', severity: 'warning', seriesDiffers: false, breaks: [] };
	}
	if (left === right) {
		return { verdict: 'same', severity: 'ok', seriesDiffers: false, breaks: [] };
	}
	const seriesDiffers = parseSeries(left) !== parseSeries(right);
	const broken = PAIR_FAULTS.filter((fault) => isPairAffected(fault, left, right));
	if (broken.some((fault) => fault.affects.kind === 'one-side')) {
		return { verdict: 'abi-break', severity: 'blocker', seriesDiffers, breaks: broken };
	}
	if (broken.length > 0) {
		return { verdict: 'known-fault', severity: 'warning', seriesDiffers, breaks: broken };
	}
	const general = PAIR_FAULTS.filter((fault) => fault.affects.kind === 'unequal');
	return { verdict: 'mixed', severity: 'warning', seriesDiffers, breaks: general };
}

/** Whether a particular fault concerns two plain `x.y.z`; the general ones (`unequal`, `module-absent`) never do. */
export function isPairAffected({ affects }: Advisory, userspace: string, module: string): boolean {
	switch (affects.kind) {
		case 'one-side':
			return isInRange(userspace, affects.range) !== isInRange(module, affects.range);
		case 'pairs':
			return affects.pairs.some((pair) => isInRange(userspace, pair.userspace) && isInRange(module, pair.module));
		default:
			return false;
	}
}
