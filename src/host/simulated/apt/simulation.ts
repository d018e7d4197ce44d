/** `apt-get -s`: the lines with what would be unpacked, set up and removed, and what is broken in between. */
import { findRecord } from '../catalog.js';
import type { Machine } from '../machine.js';
import { orderOperations } from './order.js';
import { installedVersion } from './policy.js';
import { breakagesOf, brokenPackages, installedVersions } from './resolver.js';
import type { Transaction } from './transaction.js';
import { describeVersion, fullName } from './words.js';

/** As apt's pkgSimulate: after each step, in brackets, whoever is broken then and was not touched yet. */
export function simulationLines(
	machine: Machine,
	{ install, reinstall, remove, unfinished }: Transaction,
): readonly string[] {
	const coming = new Map([
		...install,
		...reinstall.map((name) => [name, installedVersion(machine, name) ?? ''] as const),
	]);
	const operations = orderOperations(machine, coming, remove);
	const versions = installedVersions(machine);
	const touched = new Set<string>();
	const lines = operations.map((operation) => {
		const { name } = operation;
		const old = installedVersion(machine, name);
		const shownOld = old === undefined ? '' : ` [${old}]`;
		touched.add(name);
		if (operation.kind === 'remove') {
			versions.delete(name);
			return `Remv ${name}${shownOld}${shownBroken(versions, touched)}`;
		}
		const record = findRecord(name, operation.version);
		versions.set(name, operation.version);
		const described = record === undefined ? `(${operation.version})` : describeVersion(record);
		return `Inst ${name}${shownOld} ${described}${shownConflicts(versions)}${shownBroken(versions, touched)}`;
	});
	const configured = operations.flatMap((operation) => (operation.kind === 'unpack' ? [operation.name] : []));
	// Source: recording apt-dkms-build-failure/6-s-install.
	const waiting = unfinished
		.filter((name) => !configured.includes(name) && !remove.includes(name))
		.sort()
		.reverse();
	const settings = [...configured, ...waiting].map((name) => {
		const record = findRecord(name, coming.get(name) ?? installedVersion(machine, name) ?? '');
		return `Conf ${name} ${record === undefined ? '' : describeVersion(record)}`;
	});
	return [...lines, ...settings];
}

function shownConflicts(versions: ReadonlyMap<string, string>): string {
	return [...versions]
		.flatMap(([name, version]) => {
			const record = findRecord(name, version);
			const broken = record === undefined ? [] : breakagesOf(record, versions).filter(({ kind }) => kind !== 'Depends');
			return broken.map(({ relations }) => ` [${fullName(name)} on ${fullName(relations[0]?.name ?? '')}]`);
		})
		.join('');
}

function shownBroken(versions: ReadonlyMap<string, string>, touched: ReadonlySet<string>): string {
	const broken = [...new Set(brokenPackages(versions).map(({ name }) => name))];
	if (broken.length === 0) return '';
	const untouched = broken.filter((name) => !touched.has(name));
	return ` [${untouched.map((name) => `${fullName(name)} `).join('')}]`;
}
