import { isPairAffected } from './abi.js';
import { ADVISORIES } from './advisories/index.js';
import type { Advisory, Condition, OtherComponent } from './advisory.js';
import { releaseOf } from './releases.js';
import { isInRange, parseVersion, parseZfsRelease } from './version.js';

/** What is known of a host and of what is planned. Everything that could not be read is left out or undefined. */
export interface Situation {
	readonly userspace?: string | undefined;
	/** The loaded module; null: known not to be loaded. */
	readonly module?: string | null | undefined;
	/** The release that both halves shall have; undefined: nothing is to be upgraded. */
	readonly target?: string | undefined;
	/** `uname -r` of the kernel in question, normally the next one to boot. */
	readonly kernel?: string | undefined;
	/** A condition that is not named here is unknown. */
	readonly conditions: Readonly<Partial<Record<Condition, boolean>>>;
	/** Systems that are on the host; a system that is not named here is not there. */
	readonly systems?: Readonly<Partial<Record<OtherComponent, SystemVersions>>>;
}

interface SystemVersions {
	readonly version?: string | undefined;
	/** Only where the system itself is about to be upgraded. */
	readonly target?: string | undefined;
}

/** `present` is used where nothing is to be upgraded. */
type Outcome = 'fixed-by-upgrade' | 'open-after-upgrade' | 'brought-by-upgrade' | 'present';

export interface AppliedAdvisory {
	readonly advisory: Advisory;
	readonly outcome: Outcome;
	/** What would have to be known to be sure: names of conditions, `kernel`, `version` or `target`. Empty: sure. */
	readonly undetermined: readonly (Condition | 'kernel' | 'version' | 'target')[];
	/** The target is a release that nobody looked at when the data was collected; the outcome is extrapolated. */
	readonly isExtrapolated: boolean;
}

/** Whether the fault exists at one moment. */
type Presence = 'yes' | 'no' | 'unknown';

interface Moment {
	readonly userspace: string | undefined;
	readonly module: string | null | undefined;
	/** Version of the advisory's own component. */
	readonly own: string | undefined;
	/** The distribution has put the fix into this very build. */
	readonly isPatched: boolean;
}

/** All advisories that concern this host and this plan, or may do so, in the order of the list. */
export function applyAdvisories(
	situation: Situation,
	advisories: readonly Advisory[] = ADVISORIES,
): readonly AppliedAdvisory[] {
	return advisories.flatMap((advisory) => {
		const applied = applyOne(advisory, situation);
		return applied === undefined ? [] : [applied];
	});
}

function applyOne(advisory: Advisory, situation: Situation): AppliedAdvisory | undefined {
	const gates = [kernelGate(advisory, situation), ...conditionGates(advisory, situation)];
	const system = situation.systems?.[advisory.component as OtherComponent];
	const isZfs = advisory.component.startsWith('zfs-');
	if (gates.includes('closed') || (!isZfs && system === undefined)) {
		return undefined;
	}
	const now = momentNow(advisory, situation, system);
	const after = momentAfter(advisory, now, situation, system);
	const verdict =
		advisory.affects.kind === 'path' ? judgePath(advisory, now, after) : judgeStates(advisory, now, after);
	if (verdict === undefined) {
		return undefined;
	}
	const open = gates.filter((gate) => gate !== 'open' && gate !== 'closed');
	return {
		advisory,
		outcome: verdict.outcome,
		undetermined: [...open, ...verdict.undetermined],
		isExtrapolated: isZfs && situation.target !== undefined && releaseOf(situation.target) === undefined,
	};
}

type Gate = 'open' | 'closed' | Condition | 'kernel';

function kernelGate({ kernel }: Advisory, situation: Situation): Gate {
	if (kernel === undefined) {
		return 'open';
	}
	const running = situation.kernel === undefined ? undefined : parseVersion(situation.kernel);
	if (running === undefined) {
		return 'kernel';
	}
	return isInRange(running, kernel) ? 'open' : 'closed';
}

function conditionGates({ requires = [] }: Advisory, { conditions }: Situation): readonly Gate[] {
	return requires.map((condition) => {
		const holds = conditions[condition];
		if (holds === undefined) {
			return condition;
		}
		return holds ? 'open' : 'closed';
	});
}

function isPatched({ patchedBuilds = [] }: Advisory, build: string | null | undefined): boolean {
	return typeof build === 'string' && patchedBuilds.includes(build);
}

function momentNow(advisory: Advisory, { userspace, module }: Situation, system: SystemVersions | undefined): Moment {
	const zfs = {
		userspace: userspace === undefined ? undefined : parseZfsRelease(userspace),
		module: typeof module === 'string' ? parseZfsRelease(module) : module,
	};
	switch (advisory.component) {
		case 'zfs-module':
			return { ...zfs, own: zfs.module ?? undefined, isPatched: isPatched(advisory, module) };
		case 'zfs-userspace':
		case 'zfs-pair':
			return { ...zfs, own: zfs.userspace, isPatched: isPatched(advisory, userspace) };
		default: {
			const own = system?.version === undefined ? undefined : parseVersion(system.version);
			return { ...zfs, own, isPatched: isPatched(advisory, system?.version) };
		}
	}
}

/** Undefined: nothing is to be upgraded. A system without a plan of its own stays as it is while ZFS changes. */
function momentAfter(
	advisory: Advisory,
	now: Moment,
	{ target }: Situation,
	system: SystemVersions | undefined,
): Moment | undefined {
	if (target === undefined && system?.target === undefined) {
		return undefined;
	}
	const plain = target === undefined ? undefined : parseZfsRelease(target);
	const zfs = target === undefined ? now : { userspace: plain, module: plain };
	if (advisory.component.startsWith('zfs-')) {
		return { ...zfs, own: plain, isPatched: isPatched(advisory, target) };
	}
	return system?.target === undefined
		? { ...zfs, own: now.own, isPatched: now.isPatched }
		: { ...zfs, own: parseVersion(system.target), isPatched: isPatched(advisory, system.target) };
}

interface Judgement {
	readonly outcome: Outcome;
	readonly undetermined: readonly ('version' | 'target')[];
}

function judgeStates(advisory: Advisory, now: Moment, after: Moment | undefined): Judgement | undefined {
	const before = presence(advisory, now);
	if (after === undefined) {
		return before === 'no' ? undefined : { outcome: 'present', undetermined: before === 'yes' ? [] : ['version'] };
	}
	const then = presence(advisory, after);
	if (then === 'no') {
		return before === 'yes' ? { outcome: 'fixed-by-upgrade', undetermined: [] } : undefined;
	}
	return {
		outcome: before === 'no' ? 'brought-by-upgrade' : 'open-after-upgrade',
		undetermined: then === 'yes' ? [] : ['target'],
	};
}

function presence(advisory: Advisory, { userspace, module, own, isPatched }: Moment): Presence {
	const { affects } = advisory;
	if (isPatched) return 'no';
	switch (affects.kind) {
		case 'versions':
			return own === undefined ? unlessAny(affects.range) : toPresence(isInRange(own, affects.range));
		case 'module-absent':
			return module === undefined ? 'unknown' : toPresence(module === null);
		case 'path':
			return 'no';
		default:
			if (userspace === undefined || module === undefined) {
				return 'unknown';
			}
			if (module === null) {
				return 'no';
			}
			return toPresence(
				affects.kind === 'unequal' ? userspace !== module : isPairAffected(advisory, userspace, module),
			);
	}
}

/** A range that holds for every version needs no version. */
function unlessAny(range: string): Presence {
	return range === '*' ? 'yes' : 'unknown';
}

function toPresence(holds: boolean): Presence {
	return holds ? 'yes' : 'no';
}

/**
 * A known-bad way from one version to another. Where a system stands at the start of one and it is not known whether it
 * will go on, the entry is kept as `present`.
 */
function judgePath({ affects, component }: Advisory, now: Moment, after: Moment | undefined): Judgement | undefined {
	if (affects.kind !== 'path') {
		return undefined;
	}
	const [from, to] = [now.own, after?.own];
	const isPlanned = after !== undefined && (component.startsWith('zfs-') || to !== from);
	if (from !== undefined && !isInRange(from, affects.from)) {
		return undefined;
	}
	if (!isPlanned) {
		const undetermined: Judgement['undetermined'] = from === undefined ? ['version', 'target'] : ['target'];
		return component.startsWith('zfs-') ? undefined : { outcome: 'present', undetermined };
	}
	if (from === to || (to !== undefined && !isInRange(to, affects.to))) {
		return undefined;
	}
	const undetermined = [
		...(from === undefined ? ['version' as const] : []),
		...(to === undefined ? ['target' as const] : []),
	];
	return { outcome: 'brought-by-upgrade', undetermined };
}
