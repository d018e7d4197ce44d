/**
 * apt's dependency resolution as far as an upgrade of OpenZFS meets it. It reproduces the recordings, the trap
 * included: a version on the command line does not move the versions of what it depends on, and whoever stands in its
 * way is removed.
 */
import { findRecord, type PackageRecord } from '../catalog.js';
import type { Machine } from '../machine.js';
import { candidateOf, installedVersion, type PolicyOptions } from './policy.js';
import { matchesVersion, parseRelations, type Relation, showRelation } from './relations.js';

export interface ResolveRequest {
	/** Package to version; versions are known to exist. */
	readonly install: ReadonlyMap<string, string>;
	readonly remove: ReadonlySet<string>;
	readonly policy: PolicyOptions;
	/** `-f install`: what is broken may be removed. */
	readonly fixBroken: boolean;
	readonly ignoreHolds: boolean;
}

export interface Solution {
	readonly ok: true;
	/** Package to version, for everything that changes. */
	readonly install: ReadonlyMap<string, string>;
	readonly remove: readonly string[];
}

export interface Unsolvable {
	readonly ok: false;
	readonly reason: 'unmet' | 'held' | 'broken';
	/** ` name : Depends: ...` */
	readonly lines: readonly string[];
}

type Versions = Map<string, string>;

/** Rounds after which the problem counts as unsolvable. */
const roundLimit = 60;

export function resolve(machine: Machine, request: ResolveRequest): Solution | Unsolvable {
	const before = installedVersions(machine);
	const resolution = new Resolution(machine, request, before);
	for (let round = 0; round < roundLimit; round += 1) {
		const outcome = resolution.improve();
		if (outcome === 'done') return resolution.solution();
		if (outcome !== 'changed') return outcome;
	}
	return { ok: false, reason: 'unmet', lines: [] };
}

export function installedVersions(machine: Machine): Versions {
	const names = Object.keys(machine.packages);
	return new Map(
		names.flatMap((name) => {
			const version = installedVersion(machine, name);
			return version === undefined ? [] : [[name, version] as const];
		}),
	);
}

/** Packages, in these versions, whose relations do not hold. */
export function brokenPackages(versions: ReadonlyMap<string, string>): readonly Breakage[] {
	return [...versions].flatMap(([name, version]) => {
		const record = findRecord(name, version);
		return record === undefined ? [] : breakagesOf(record, versions);
	});
}

export interface Breakage {
	readonly name: string;
	readonly kind: 'Depends' | 'Breaks' | 'Conflicts';
	/** The alternatives of a dependency; the one relation of a conflict. */
	readonly relations: readonly Relation[];
}

export function breakagesOf(record: PackageRecord, versions: ReadonlyMap<string, string>): readonly Breakage[] {
	const depends = [...parseRelations(record.preDepends), ...parseRelations(record.depends)]
		.filter((group) => !group.some((relation) => isSatisfied(relation, versions)))
		.map((relations): Breakage => ({ name: record.name, kind: 'Depends', relations }));
	const negative = (['Breaks', 'Conflicts'] as const).flatMap((kind) =>
		parseRelations(record[kind === 'Breaks' ? 'breaks' : 'conflicts'])
			.flat()
			.filter((relation) => hits(relation, versions))
			.map((relation): Breakage => ({ name: record.name, kind, relations: [relation] })),
	);
	return [...depends, ...negative];
}

function hits(relation: Relation, versions: ReadonlyMap<string, string>): boolean {
	const version = versions.get(relation.name);
	return version !== undefined && matchesVersion(relation, version);
}

/** A package that the catalogue does not have is part of the system's rest and there. */
function isSatisfied(relation: Relation, versions: ReadonlyMap<string, string>): boolean {
	const version = versions.get(relation.name);
	if (version !== undefined) return matchesVersion(relation, version);
	if (relation.operator === '' && isProvided(relation.name, versions)) return true;
	return !isManaged(relation.name);
}

function isProvided(name: string, versions: ReadonlyMap<string, string>): boolean {
	return [...versions].some(([one, version]) =>
		parseRelations(findRecord(one, version)?.provides ?? '').some(([relation]) => relation?.name === name),
	);
}

/** Names that only packages of the catalogue stand for: they are there, or they are not. */
function isManaged(name: string): boolean {
	return /^(?:zfs|libz(?:fs|pool)\d|libnvpair|libuutil|proxmox-kernel-)/.test(name);
}

class Resolution {
	readonly #machine: Machine;
	readonly #request: ResolveRequest;
	readonly #before: ReadonlyMap<string, string>;
	readonly #after: Versions;
	/** Packages of which a dependency cannot be met: nothing else is done for them. */
	readonly #failed = new Set<string>();
	/** Packages that had to go: nothing brings them back. */
	readonly #gone = new Set<string>();

	constructor(machine: Machine, request: ResolveRequest, before: ReadonlyMap<string, string>) {
		this.#machine = machine;
		this.#request = request;
		this.#before = before;
		this.#after = new Map([...before, ...request.install]);
		for (const name of request.remove) this.#after.delete(name);
	}

	/** One repair. */
	improve(): 'done' | 'changed' | Unsolvable {
		if (this.#upgradeCompanions()) return 'changed';
		for (const breakage of brokenPackages(this.#after)) {
			if (this.#failed.has(breakage.name)) continue;
			const outcome = breakage.kind === 'Depends' ? this.#meet(breakage) : this.#separate(breakage);
			if (outcome === 'changed') return outcome;
			if (outcome !== undefined) return outcome;
		}
		const left = brokenPackages(this.#after);
		return left.length === 0 ? 'done' : this.#unsolvable('unmet', left);
	}

	solution(): Solution {
		const changed = [...this.#after].filter(([name, version]) => this.#before.get(name) !== version);
		const remove = [...this.#before.keys()].filter((name) => !this.#after.has(name));
		return { ok: true, install: new Map(changed), remove };
	}

	#isExplicit(name: string): boolean {
		return this.#request.install.has(name);
	}

	#isHeld(name: string): boolean {
		return !this.#request.ignoreHolds && this.#machine.packages[name]?.want === 'hold' && !this.#isExplicit(name);
	}

	#candidate(name: string): string | undefined {
		return candidateOf(this.#machine, name, this.#request.policy);
	}

	/** Installed packages of the same source go along where their candidates are of the same version. */
	#upgradeCompanions(): boolean {
		const moved = [...this.#after].flatMap(([name, version]) => {
			const record = findRecord(name, version);
			const isMoved = this.#before.get(name) !== version;
			return isMoved && record !== undefined ? [`${record.source} ${version}`] : [];
		});
		for (const [name, version] of this.#after) {
			const record = findRecord(name, version);
			const candidate = this.#candidate(name);
			if (record === undefined || candidate === undefined || candidate === version) continue;
			if (this.#isExplicit(name) || this.#isHeld(name) || !this.#before.has(name)) continue;
			if (!moved.includes(`${record.source} ${candidate}`)) continue;
			this.#after.set(name, candidate);
			return true;
		}
		return false;
	}

	/** A dependency: its candidate, or whoever has it goes. */
	#meet({ name, relations }: Breakage): 'changed' | Unsolvable | undefined {
		const version = this.#after.get(name);
		const record = version === undefined ? undefined : findRecord(name, version);
		const groups =
			record === undefined ? [] : breakagesOf(record, this.#after).filter(({ kind }) => kind === 'Depends');
		const isHopeless = groups.some((group) => this.#helperFor(group.relations) === undefined);
		const isChanged = this.#before.get(name) !== version;
		if (!isHopeless) {
			const helper = this.#helperFor(relations);
			if (helper !== undefined) {
				this.#after.set(...helper);
				return 'changed';
			}
		}
		if (isChanged) {
			this.#failed.add(name);
			return 'changed';
		}
		return this.#upgradeOrRemove(name);
	}

	/** What would meet one of the alternatives. */
	#helperFor(relations: readonly Relation[]): readonly [string, string] | undefined {
		for (const relation of relations) {
			const candidate = this.#candidate(relation.name);
			if (candidate === undefined || !matchesVersion(relation, candidate)) continue;
			if (this.#isExplicit(relation.name) || this.#isHeld(relation.name)) continue;
			if (this.#request.remove.has(relation.name) || this.#gone.has(relation.name)) continue;
			return [relation.name, candidate];
		}
		return undefined;
	}

	/** Two packages that cannot be together: the one that nobody asked for gives way. */
	#separate({ name, kind, relations }: Breakage): 'changed' | Unsolvable | undefined {
		const other = relations[0]?.name ?? '';
		const givesWay = this.#isExplicit(other) ? name : this.#isExplicit(name) || this.#isNew(name) ? other : name;
		if (this.#isExplicit(givesWay)) {
			return this.#unsolvable('unmet', [{ name, kind, relations }]);
		}
		if (this.#isHeld(givesWay)) return this.#unsolvable('held', [{ name, kind, relations }]);
		return this.#upgradeOrRemove(givesWay);
	}

	#isNew(name: string): boolean {
		return this.#before.get(name) !== this.#after.get(name);
	}

	#upgradeOrRemove(name: string): 'changed' | Unsolvable {
		const candidate = this.#candidate(name);
		const record = candidate === undefined ? undefined : findRecord(name, candidate);
		const isHeld = this.#isHeld(name);
		if (record !== undefined && candidate !== this.#after.get(name) && !isHeld && this.#canBe(record)) {
			this.#after.set(name, record.version);
			return 'changed';
		}
		const broken = brokenPackages(this.#after).filter((one) => one.name === name || one.relations[0]?.name === name);
		if (isHeld) return this.#unsolvable('held', broken);
		const wasBrokenBefore = brokenPackages(this.#before).some((one) => one.name === name);
		if (wasBrokenBefore && !this.#request.fixBroken) return this.#unsolvable('broken', broken);
		this.#after.delete(name);
		this.#gone.add(name);
		return 'changed';
	}

	/** Whether a package can be of this version beside what was asked for, perhaps with helpers. */
	#canBe(record: PackageRecord): boolean {
		const trial = new Map([...this.#after, [record.name, record.version] as const]);
		const isPossible = breakagesOf(record, trial).every(({ kind, relations }) =>
			kind === 'Depends' ? this.#helperFor(relations) !== undefined : !this.#isExplicit(relations[0]?.name ?? ''),
		);
		const isBrokenByOthers = brokenPackages(trial).some(
			({ kind, relations }) => kind !== 'Depends' && relations[0]?.name === record.name,
		);
		return isPossible && !isBrokenByOthers;
	}

	#unsolvable(reason: Unsolvable['reason'], breakages: readonly Breakage[]): Unsolvable {
		return { ok: false, reason, lines: describeBreakages(breakages, this.#after) };
	}
}

/**
 * ` zfsutils-linux : Depends: libnvpair3linux (= 2.3.2) but 2.1.11 is to be installed`, further ones of the same package
 * below it.
 * @param state `installed` when it is about what is there
 */
export function describeBreakages(
	breakages: readonly Breakage[],
	versions: ReadonlyMap<string, string>,
	state: 'to be installed' | 'installed' = 'to be installed',
): readonly string[] {
	let last = '';
	return breakages.map(({ name, kind, relations }) => {
		const [relation] = relations;
		if (relation === undefined) return '';
		const head = name === last ? ' '.repeat(name.length + 4) : ` ${name} : `;
		last = name;
		const there = versions.get(relation.name);
		const isNegative = kind !== 'Depends';
		const but = there === undefined ? 'it is not going to be installed' : `${there} is ${state}`;
		return `${head}${kind}: ${showRelation(relation, isNegative)} but ${but}`;
	});
}

/** Packages that came as dependencies and that nothing installed needs any more. */
export function unneeded(machine: Machine, versions: ReadonlyMap<string, string>): readonly string[] {
	const needed = new Set<string>();
	const queue = [...versions.keys()].filter((name) => machine.packages[name]?.automatic !== true);
	for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
		if (needed.has(name)) continue;
		needed.add(name);
		const record = findRecord(name, versions.get(name) ?? '');
		if (record === undefined) continue;
		const groups = [record.preDepends, record.depends, record.recommends].flatMap(parseRelations);
		for (const relation of groups.flat()) if (versions.has(relation.name)) queue.push(relation.name);
	}
	return [...versions.keys()].filter((name) => isLeftOver(machine, name) && !needed.has(name)).sort();
}

/** Only what OpenZFS brought in can become superfluous here; the rest of the system needs itself. */
function isLeftOver(machine: Machine, name: string): boolean {
	const isOurs = /^(?:lib(?:zfs|zpool|nvpair|uutil)|python3-(?:distutils|lib2to3)$|zfs-)/.test(name);
	return isOurs && machine.packages[name]?.automatic === true;
}
