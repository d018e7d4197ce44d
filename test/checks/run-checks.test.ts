import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/checks/finding.js';
import { findingKinds, runChecks } from '../../src/checks/run-checks.js';
import type { CheckTopic } from '../../src/checks/topic.js';
import type { HostFacts } from '../../src/facts/host-facts.js';
import { findingsOf, happyFacts, nothingToDo, planned, planSaying } from './facts.js';

type Path = readonly (string | number)[];

/** Where a fact is that a host may not tell, in each kernel and pool too. */
function pathsOfFacts(value: unknown, path: Path = []): readonly Path[] {
	if (typeof value !== 'object' || value === null || value instanceof Map) return [];
	if ('known' in value) {
		return [path, ...('value' in value ? pathsOfFacts(value.value, [...path, 'value']) : [])];
	}
	return Object.entries(value).flatMap(([name, each]) => pathsOfFacts(each, [...path, name]));
}

const reason = 'nobody could read it';

/** The same facts, of which one is unknown. */
function without<T>(value: T, [name, ...rest]: Path): T {
	if (name === undefined) return { known: false, why: reason } as T;
	if (typeof value !== 'object' || value === null) return value;
	const changed = without((value as Record<string | number, unknown>)[name], rest);
	if (Array.isArray(value)) return value.map((each, index) => (index === Number(name) ? changed : each)) as T;
	return { ...value, [name]: changed };
}

/** The systems that sit on ZFS have tests of their own. */
const paths = pathsOfFacts(happyFacts).filter(([section]) => section !== 'consumers');
const everything: CheckTopic = { check: (input) => runChecks(input.facts, input), kinds: findingKinds };
const plans = [planned, nothingToDo, planSaying('plan.fact-unknown')];

/** Facts without which nobody may say that all is well; a finding that needs none of the host's is not listed. */
const needs: Readonly<Record<string, readonly string[]>> = {
	'versions.match': ['versions.userspace', 'versions.loadedModule'],
	'boot.next-versions': ['boot.nextKernel', 'versions.nextModule', 'versions.userspace', 'kernels'],
	'kernel.support': [],
	'kernel.signing-key': ['boot.secureBoot', 'boot.dkmsKey'],
	'packages.idle': ['packages.interruption', 'packages.lockHolder', 'packages.manager'],
	'pool.healthy': ['pools', 'pools.value.0.status'],
	'pool.capacity': ['pools'],
	'features.rollback': ['pools'],
	'features.grub': ['pools'],
	'data.hostid': ['surroundings.hostid'],
	'data.pool-cache': ['surroundings.hasPoolCache'],
	'units.running': ['units'],
	'space.enough': ['space'],
	'advisories.none': ['versions.userspace', 'versions.loadedModule', 'pools', 'datasets'],
};

function isUnknown(facts: HostFacts, path: string): boolean {
	let value: unknown = facts;
	for (const name of path.split('.')) {
		if (typeof value !== 'object' || value === null) return true;
		if ('known' in value && value.known === false) return true;
		value = (value as Record<string, unknown>)[name];
	}
	return typeof value === 'object' && value !== null && 'known' in value && value.known === false;
}

function expectUsable(finding: Finding): void {
	const { id, severity, title, detail, remediation, source } = finding;
	for (const text of [title, detail, source, ...remediation.map((each) => each.text)]) {
		expect(text, id).not.toBe('');
		expect(text, id).not.toMatch(/undefined|\[object|\{known/);
	}
	expect(remediation.length, id).toBeGreaterThan(0);
	for (const argv of remediation.flatMap(({ commands = [] }) => commands)) {
		expect(argv.length, id).toBeGreaterThan(0);
		expect(argv.join(' '), id).not.toMatch(/[<>]/);
	}
	const kind = findingKinds.find((each) => each.id === id);
	if (!id.startsWith('advisory.')) expect(kind, id).toBeDefined();
	if (kind !== undefined) expect(Object.keys(kind.when), id).toContain(severity);
}

describe('all checks together', () => {
	it('find nothing that blocks on a healthy host, worst first', () => {
		const findings = findingsOf(everything);
		const severities = findings.map(({ severity }) => severity);
		expect(severities).not.toContain('blocker');
		expect(severities).toEqual(
			severities.toSorted((a, b) => 'warning notice ok'.indexOf(a) - 'warning notice ok'.indexOf(b)),
		);
		for (const finding of findings.filter(({ id }) => !id.startsWith('plan.'))) expectUsable(finding);
	});

	it('give every finding a remediation and a source, and never say that all is well of what was not read', () => {
		fc.assert(
			fc.property(
				fc.uniqueArray(fc.constantFrom(...paths), { maxLength: 12 }),
				fc.constantFrom(...plans),
				(unread, plan) => {
					const facts = unread.reduce(without, happyFacts);
					const findings = findingsOf(everything, { facts, plan }).filter((each) => !plan.findings.includes(each));
					findings.forEach(expectUsable);
					for (const { id } of findings.filter(({ severity }) => severity === 'ok')) {
						expect(
							(needs[id] ?? []).filter((path) => isUnknown(facts, path)),
							id,
						).toEqual([]);
					}
				},
			),
			{ numRuns: 150 },
		);
	}, 60_000);

	it('say what each of their good news needs', () => {
		const good = findingKinds.filter(({ when }) => when.ok !== undefined).map(({ id }) => id);
		const ofConsumers = (id: string) =>
			!/^(?:versions|boot|kernel|packages|pool|features|data|units|space|advisories)\./.test(id);
		expect(good.filter((id) => !ofConsumers(id)).toSorted()).toEqual(Object.keys(needs).toSorted());
	});

	it.each([
		'machine.environment',
		'boot.nextKernel',
		'boot.secureBoot',
		'boot.dkmsKey',
		'boot.rebootPending',
		'kernels',
		'kernels.value.0.initramfs',
		'versions.userspace',
		'versions.loadedModule',
		'versions.nextModule',
		'packages.dkms',
		'packages.interruption',
		'packages.lockHolder',
		'packages.automaticUpgrades',
		'pools',
		'pools.value.0.status',
		'datasets',
		'space',
		'units',
		'surroundings.hostid',
		'surroundings.hasPoolCache',
		'surroundings.allowsUserNamespaces',
		'surroundings.swapOnZvol',
		'surroundings.packageListsReadAt',
	])('say so when nothing but %s could not be read', (path) => {
		const facts = without(happyFacts, path.split('.'));
		expect(JSON.stringify(findingsOf(everything, { facts }))).toMatch(
			/not be read|not known|not be looked|cannot be told|not determined/,
		);
		expect(findingsOf(everything, { facts })).not.toEqual(findingsOf(everything));
	});
});
