/** A transaction as apt plans it: what is asked for, what comes of it, and the words around it. */
import { findRecord, findSuite, isOffered, type PackageRecord } from '../catalog.js';
import type { Machine } from '../machine.js';
import { textOf } from '../tree.js';
import { compareVersions } from '../version-order.js';
import { readDeb } from './deb-contents.js';
import { candidateOf, installedVersion, versionsOf } from './policy.js';
import { parseRelations, showRelation } from './relations.js';
import type { AptRequest } from './request.js';
import {
	brokenPackages,
	describeBreakages,
	installedVersions,
	resolve,
	type Unsolvable,
	unneeded,
} from './resolver.js';
import { nameList } from './words.js';

export interface Transaction {
	readonly install: ReadonlyMap<string, string>;
	/** Already of the wanted version, but named again or in need of it. */
	readonly reinstall: readonly string[];
	readonly remove: readonly string[];
	/** Named on the command line. */
	readonly named: ReadonlySet<string>;
	/** Versions that come from a file of the command line, by name. */
	readonly files: ReadonlyMap<string, string>;
	/** Packages that are unpacked and wait for their configuration. */
	readonly unfinished: readonly string[];
}

export type Planned =
	| { readonly ok: true; readonly transaction: Transaction; readonly notes: readonly string[] }
	| { readonly ok: false; readonly out: readonly string[]; readonly err: readonly string[] };

function refuse(...err: string[]): Planned {
	return { ok: false, out: [], err };
}

export function planTransaction(machine: Machine, request: AptRequest): Planned {
	const policy = { targetRelease: request.targetRelease, preferencesFile: request.preferencesFile };
	if (request.targetRelease !== undefined && findSuite(request.targetRelease) === undefined) {
		return refuse(
			`E: The value '${request.targetRelease}' is invalid for APT::Default-Release as such a release is not available in the sources`,
		);
	}
	const wanted = collectTargets(machine, request);
	if (!wanted.ok) return wanted;
	const unfinished = Object.keys(machine.packages).filter((name) => isUnfinished(machine, name));
	const solution = resolve(machine, {
		install: wanted.install,
		remove: wanted.remove,
		policy,
		fixBroken: request.has('f'),
		ignoreHolds: request.has('ignore-hold'),
	});
	if (!solution.ok) return explainUnsolvable(machine, solution);
	const broken = unfinished.filter((name) => machine.packages[name]?.reinstallRequired === true);
	// Measured with apt 2.6.2; one that is to go as well.
	const lost = broken.find(
		(name) => !wanted.files.has(name) && !solution.install.has(name) && !isToBeHad(machine, name),
	);
	if (lost !== undefined) {
		return refuse(`E: The package ${lost} needs to be reinstalled, but I can't find an archive for it.`);
	}
	const reinstall = [...wanted.reinstall, ...broken].filter(
		(name) => !solution.install.has(name) && !solution.remove.includes(name),
	);
	const transaction = {
		install: solution.install,
		reinstall: [...new Set(reinstall)],
		remove: solution.remove,
		named: wanted.named,
		files: wanted.files,
		unfinished,
	};
	return { ok: true, transaction, notes: wanted.notes };
}

function isToBeHad(machine: Machine, name: string): boolean {
	const record = findRecord(name, installedVersion(machine, name) ?? '');
	return record !== undefined && isOffered(machine, record);
}

function isUnfinished(machine: Machine, name: string): boolean {
	const state = machine.packages[name]?.state;
	return state === 'unpacked' || state === 'half-configured' || state === 'half-installed';
}

interface Wanted {
	readonly ok: true;
	readonly install: ReadonlyMap<string, string>;
	readonly reinstall: readonly string[];
	readonly remove: ReadonlySet<string>;
	readonly named: ReadonlySet<string>;
	readonly files: ReadonlyMap<string, string>;
	readonly notes: readonly string[];
}

function collectTargets(machine: Machine, request: AptRequest): Wanted | (Planned & { readonly ok: false }) {
	const install = new Map<string, string>();
	const files = new Map<string, string>();
	const remove = new Set<string>();
	const named = new Set<string>();
	const reinstall: string[] = [];
	const notes: string[] = [];
	const policy = { targetRelease: request.targetRelease, preferencesFile: request.preferencesFile };
	const fail = (...err: string[]): Planned & { readonly ok: false } => ({ ok: false, out: [], err });
	if (request.operation === 'upgrade' || request.operation === 'dist-upgrade') {
		for (const name of Object.keys(machine.packages)) {
			const installed = installedVersion(machine, name);
			const candidate = candidateOf(machine, name, policy);
			if (installed === undefined || candidate === undefined || candidate === installed) continue;
			if (machine.packages[name]?.want !== 'hold') install.set(name, candidate);
		}
	}
	for (const target of request.targets) {
		if (target.startsWith('/') || target.startsWith('./')) {
			const record = readDeb(textOf(machine, target) ?? '');
			if (record === undefined) return fail(`E: Unsupported file ${target} given on commandline`);
			files.set(record.name, target);
			named.add(record.name);
			if (installedVersion(machine, record.name) !== record.version) install.set(record.name, record.version);
			else if (request.has('reinstall')) reinstall.push(record.name);
			else reinstallNote(record.name, record.version);
			continue;
		}
		const isRemoval = request.operation === 'remove' || request.operation === 'purge' || target.endsWith('-');
		const [, name = '', separator = '', value = ''] =
			/^([a-z0-9][a-z0-9+.-]*?)(?::(?:amd64|all|any))?(?:([=/])(.+))?-?$/.exec(target) ?? [];
		const versions = versionsOf(machine, name, policy);
		if (versions.length === 0) return fail(`E: Unable to locate package ${name === '' ? target : name}`);
		const installed = installedVersion(machine, name);
		if (isRemoval) {
			if (installed !== undefined) remove.add(name);
			else notes.push(`Package '${name}' is not installed, so not removed`);
			continue;
		}
		const version = chooseVersion(machine, name, separator, value, request);
		if (version === undefined) {
			return fail(
				separator === '/'
					? `E: Release '${value}' for '${name}' was not found`
					: `E: Version '${value}' for '${name}' was not found`,
			);
		}
		if (separator === '/') notes.push(`Selected version '${version}' for '${name}'`);
		named.add(name);
		if (installed === undefined && request.has('only-upgrade')) {
			notes.push(`Skipping ${name}, it is not installed and only upgrades are requested.`);
			continue;
		}
		if (installed === version) {
			if (request.has('reinstall')) reinstall.push(name);
			else reinstallNote(name, version);
		} else install.set(name, version);
	}
	function reinstallNote(name: string, version: string): void {
		notes.push(`${name} is already the newest version (${version}).`);
	}
	return { ok: true, install, reinstall, remove, named, files, notes };
}

function chooseVersion(
	machine: Machine,
	name: string,
	separator: string,
	value: string,
	request: AptRequest,
): string | undefined {
	const policy = { targetRelease: request.targetRelease, preferencesFile: request.preferencesFile };
	const versions = versionsOf(machine, name, policy);
	if (separator === '=') return versions.find(({ version }) => version === value)?.version;
	if (separator === '/') {
		const suite = findSuite(value)?.name;
		return versions.find(({ record, isOffered }) => isOffered && record?.suite === suite)?.version;
	}
	return candidateOf(machine, name, policy);
}

function explainUnsolvable(machine: Machine, { reason, lines }: Unsolvable): Planned {
	if (reason === 'broken') return { ok: false, ...unmetNow(machine, 'to be installed') };
	const out = [
		'Some packages could not be installed. This may mean that you have',
		'requested an impossible situation or if you are using the unstable',
		'distribution that some required packages have not yet been created',
		'or been moved out of Incoming.',
		'The following information may help to resolve the situation:',
		'',
		'The following packages have unmet dependencies:',
		...lines,
	];
	const error =
		reason === 'held'
			? 'E: Error, pkgProblemResolver::Resolve generated breaks, this may be caused by held packages.'
			: 'E: Unable to correct problems, you have held broken packages.';
	return { ok: false, out, err: [error] };
}

/** What apt says of a machine that is broken already. */
export function unmetNow(
	machine: Machine,
	state: 'to be installed' | 'installed',
): { readonly out: readonly string[]; readonly err: readonly string[] } {
	const versions = installedVersions(machine);
	const lines = describeBreakages(brokenPackages(versions), versions, state);
	return {
		out: [
			"You might want to run 'apt --fix-broken install' to correct these.",
			'The following packages have unmet dependencies:',
			...lines,
		],
		err: ["E: Unmet dependencies. Try 'apt --fix-broken install' with no packages (or specify a solution)."],
	};
}

type Change = 'new' | 'upgraded' | 'downgraded';

export function changeOf(machine: Machine, name: string, version: string): Change {
	const installed = installedVersion(machine, name);
	if (installed === undefined) return 'new';
	return compareVersions(version, installed) > 0 ? 'upgraded' : 'downgraded';
}

/** The sections before the first question, up to the summary line. */
export function describeTransaction(
	machine: Machine,
	transaction: Transaction,
	request: AptRequest,
): readonly string[] {
	const { install, reinstall, remove, named, unfinished } = transaction;
	const after = new Map([...installedVersions(machine), ...install]);
	for (const name of remove) after.delete(name);
	const names = [...install.keys()].sort();
	const of = (change: Change) => names.filter((name) => changeOf(machine, name, install.get(name) ?? '') === change);
	const held = [...names, ...remove].filter((name) => machine.packages[name]?.want === 'hold').sort();
	const leftOver = unneeded(machine, after);
	const section = (title: string, list: readonly string[]) => (list.length === 0 ? [] : [title, nameList(list)]);
	const isRemoval = request.operation === 'remove' || request.operation === 'purge';
	const counts = [
		`${of('upgraded').length} upgraded, ${of('new').length} newly installed,`,
		...(reinstall.length === 0 ? [] : [`${reinstall.length} reinstalled,`]),
		...(of('downgraded').length === 0 ? [] : [`${of('downgraded').length} downgraded,`]),
		`${remove.length} to remove and 0 not upgraded.`,
	].join(' ');
	return [
		...(leftOver.length === 0 || request.operation === 'autoremove'
			? []
			: [
					'The following packages were automatically installed and are no longer required:',
					nameList(leftOver),
					"Use 'apt autoremove' to remove them.",
				]),
		...section(
			'The following additional packages will be installed:',
			isRemoval || request.operation.endsWith('upgrade') ? [] : names.filter((name) => !named.has(name)),
		),
		...section('Suggested packages:', optional(install, after, 'suggests')),
		...section('Recommended packages:', optional(install, after, 'recommends')),
		...section('The following packages will be REMOVED:', remove.toSorted()),
		...section('The following NEW packages will be installed:', of('new')),
		...section('The following held packages will be changed:', held),
		...section('The following packages will be upgraded:', of('upgraded')),
		...section('The following packages will be DOWNGRADED:', of('downgraded')),
		counts,
		...(unfinished.length === 0 ? [] : [`${unfinished.length} not fully installed or removed.`]),
	];
}

/** Recommended or suggested packages of what comes that will not be there. */
function optional(
	install: ReadonlyMap<string, string>,
	after: ReadonlyMap<string, string>,
	field: 'suggests' | 'recommends',
): readonly string[] {
	const absent = new Set(['debhelper', 'nfs-kernel-server', 'samba-common-bin', 'libcurl4']);
	const groups = [...install].flatMap(([name, version]) => parseRelations(findRecord(name, version)?.[field] ?? ''));
	const missing = groups.filter((group) =>
		group.every(({ name }) => !after.has(name) && (absent.has(name) || name.startsWith('zfs'))),
	);
	return [
		...new Set(
			missing.map((group) => group.map((relation) => showRelation({ ...relation, operator: '' })).join(' | ')),
		),
	].sort();
}

/** What apt refuses to do without being told so. */
export function findRefusal(machine: Machine, transaction: Transaction, request: AptRequest): string | undefined {
	const { install, remove } = transaction;
	if (remove.length > 0 && request.has('no-remove')) return 'E: Packages need to be removed but remove is disabled.';
	if (!request.assumeYes) return undefined;
	const changed = [...install.keys(), ...remove];
	const isHeld = changed.some((name) => machine.packages[name]?.want === 'hold');
	if (isHeld && !request.has('allow-change-held-packages')) {
		return 'E: Held packages were changed and -y was used without --allow-change-held-packages.';
	}
	const isDown = [...install].some(([name, version]) => changeOf(machine, name, version) === 'downgraded');
	if (isDown && !request.has('allow-downgrades')) {
		return 'E: Packages were downgraded and -y was used without --allow-downgrades.';
	}
	return undefined;
}

/** Bytes to fetch in all, and by how many KiB the machine grows. */
export function sizesOf(
	machine: Machine,
	{ install, reinstall, remove }: Transaction,
): { readonly archiveBytes: number; readonly growthBytes: number } {
	const coming = [...install, ...reinstall.map((name) => [name, installedVersion(machine, name) ?? ''] as const)];
	const records = coming.flatMap(([name, version]) => findRecord(name, version) ?? []);
	const oldSize = (name: string) => findRecord(name, installedVersion(machine, name) ?? '')?.installedSize ?? 0;
	const grown = records.reduce((sum, record) => sum + record.installedSize - oldSize(record.name), 0);
	const shrunk = remove.reduce((sum, name) => sum + oldSize(name), 0);
	return {
		archiveBytes: records.reduce((sum, record) => sum + record.size, 0),
		growthBytes: (grown - shrunk) * 1024,
	};
}

/** Records in the order in which apt fetches them (recordings: print-uris-eight). */
export function inFetchOrder(records: readonly PackageRecord[]): readonly PackageRecord[] {
	const order = [
		'zfs-initramfs',
		'zfs-dkms',
		'zfsutils-linux',
		'libnvpair3linux',
		'libuutil3linux',
		'zfs-zed',
		'libzfs',
		'libzpool',
	];
	const rank = ({ name }: PackageRecord) => {
		const index = order.findIndex((one) => name.startsWith(one));
		return index < 0 ? order.length : index;
	};
	return records.toSorted((one, other) => rank(one) - rank(other));
}
