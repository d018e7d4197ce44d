/** Which version of a package apt would take: priorities of the suites, pins, what is installed (apt_preferences(5)). */
import { findRecord, findSuite, isOffered, type PackageRecord, recordsOf } from '../catalog.js';
import { matchesGlob } from '../glob.js';
import type { Machine } from '../machine.js';
import { listNames, textOf } from '../tree.js';
import { compareVersions } from '../version-order.js';

/** What changes the policy for one command. */
export interface PolicyOptions {
	/** `-t SUITE` */
	readonly targetRelease?: string | undefined;
	/** `-o Dir::Etc::Preferences=FILE` */
	readonly preferencesFile?: string | undefined;
}

interface Pin {
	readonly packages: readonly string[];
	readonly kind: string;
	readonly value: string;
	readonly priority: number;
}

export interface OfferedVersion {
	readonly version: string;
	readonly priority: number;
	/** Undefined: only installed, no archive has it. */
	readonly record: PackageRecord | undefined;
	readonly isOffered: boolean;
}

function parsePins(text: string): readonly Pin[] {
	return text.split(/\n\s*\n/).flatMap((stanza) => {
		const fields = new Map(
			stanza
				.split('\n')
				.filter((line) => !line.startsWith('#'))
				.map((line) => {
					const [, name = '', value = ''] = /^(\S+):\s*(.*)$/.exec(line) ?? [];
					return [name.toLowerCase(), value.trim()] as const;
				}),
		);
		const [packages, pin, priority] = [fields.get('package'), fields.get('pin'), Number(fields.get('pin-priority'))];
		const [, kind = '', value = ''] = /^(version|release|origin)\s+(.*)$/.exec(pin ?? '') ?? [];
		if (packages === undefined || kind === '' || !Number.isFinite(priority)) return [];
		return [{ packages: packages.split(/\s+/), kind, value, priority }];
	});
}

function readPins(machine: Machine, { preferencesFile }: PolicyOptions): readonly Pin[] {
	const folder = '/etc/apt/preferences.d';
	const dropIns = (listNames(machine, folder) ?? [])
		.filter((name) => !name.includes('.') || name.endsWith('.pref'))
		.map((name) => `${folder}/${name}`);
	// Measured with apt 2.6.2: the named file is read first, and the first record that fits a version wins.
	return [preferencesFile ?? '/etc/apt/preferences', ...dropIns].flatMap((path) =>
		parsePins(textOf(machine, path) ?? ''),
	);
}

function fits(pin: Pin, record: PackageRecord): boolean {
	const isNamed = pin.packages.some(
		(name) => matchesGlob(name, record.name) || matchesGlob(name, `src:${record.source}`),
	);
	if (!isNamed) return false;
	if (pin.kind === 'version') return matchesGlob(pin.value, record.version);
	if (pin.kind === 'origin') return pin.value.replaceAll('"', '') === 'deb.debian.org';
	const suite = findSuite(record.suite);
	return pin.value.split(',').every((part) => {
		const [, key = '', wanted = ''] = /^\s*([a-z])=(.*)$/.exec(part) ?? [];
		if (key === 'n') return wanted === record.suite;
		if (key === 'a') return wanted === suite?.archive || wanted === record.suite;
		if (key === 'o') return suite?.origin.startsWith(wanted) ?? false;
		return key === 'c' ? wanted === record.component : false;
	});
}

/** Every version that apt knows of a package, newest first. */
export function versionsOf(machine: Machine, name: string, options: PolicyOptions = {}): readonly OfferedVersion[] {
	const pins = readPins(machine, options);
	const installed = installedVersion(machine, name);
	const offered = recordsOf(name).filter((record) => isOffered(machine, record));
	const versions = new Set([
		...offered.map((record) => record.version),
		...(installed === undefined ? [] : [installed]),
	]);
	return [...versions]
		.sort((one, other) => compareVersions(other, one))
		.map((version) => {
			const record = findRecord(name, version);
			const isThere = offered.some((one) => one.version === version);
			return { version, priority: priorityOf(record, isThere, pins, options), record, isOffered: isThere };
		});
}

function priorityOf(
	record: PackageRecord | undefined,
	isThere: boolean,
	pins: readonly Pin[],
	{ targetRelease }: PolicyOptions,
): number {
	if (record === undefined) return 100;
	const pin = pins.find((one) => fits(one, record));
	if (pin !== undefined) return pin.priority;
	if (!isThere) return 100;
	if (targetRelease !== undefined && findSuite(targetRelease)?.name === record.suite) return 990;
	return findSuite(record.suite)?.priority ?? 500;
}

/** Version whose files are on the machine, half-installed ones included. */
export function installedVersion(machine: Machine, name: string): string | undefined {
	const installed = machine.packages[name];
	return installed === undefined || installed.state === 'config-files' ? undefined : installed.version;
}

/** The version that apt would install; below 1000 it never goes down by itself. */
export function candidateOf(machine: Machine, name: string, options: PolicyOptions = {}): string | undefined {
	const installed = installedVersion(machine, name);
	const versions = versionsOf(machine, name, options).filter(({ priority }) => priority > 0);
	const allowed = versions.filter(
		({ version, priority }) => installed === undefined || priority >= 1000 || compareVersions(version, installed) >= 0,
	);
	const [best] = allowed.toSorted(
		(one, other) => other.priority - one.priority || compareVersions(other.version, one.version),
	);
	const own = versions.find(({ version }) => version === installed);
	if (best === undefined) return installed;
	// What is installed stays unless something at least as good is newer, or something is pinned above 1000.
	if (own !== undefined && best.priority < own.priority) return installed;
	return best.version;
}
