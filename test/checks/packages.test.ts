import { describe, expect, it } from 'vitest';
import { packagesTopic } from '../../src/checks/packages.js';
import type { Interruption } from '../../src/packages/package-manager.js';
import { factsWith, happyFacts, nothingToDo, set, unread, verdictsOf, wordsOf } from './facts.js';

const installed = happyFacts.packages.installed.known ? happyFacts.packages.installed.value : [];
const [tools] = installed;
if (tools === undefined) throw new Error('the healthy host has no packages');
const quiet: Interruption = {
	incomplete: [],
	libraries: [],
	isDatabaseInterrupted: false,
	running: [],
	unfinished: undefined,
};
const interrupted = (change: Partial<Interruption>) =>
	factsWith({ packages: { interruption: set({ ...quiet, ...change }) } });

describe('the package manager', () => {
	it('is ready when nothing runs, nothing was interrupted and nobody holds its lock', () => {
		expect(verdictsOf(packagesTopic)).toEqual(['ok packages.idle']);
	});

	it('blocks after an interrupted transaction and never recommends apt-get -f install', () => {
		const half = { ...tools, name: 'zfs-dkms', status: 'iF', isComplete: false };
		const facts = interrupted({ incomplete: [half] });
		expect(verdictsOf(packagesTopic, { facts })).toEqual(['blocker packages.interrupted']);
		const words = wordsOf(packagesTopic, 'packages.interrupted', { facts });
		expect(words).toContain('zfs-dkms (iF)');
		expect(words).toContain('dpkg --configure -a');
		expect(words.split('\n').slice(3)).not.toContain('apt-get -f install');
		expect(verdictsOf(packagesTopic, { facts: interrupted({ isDatabaseInterrupted: true }) })).toEqual([
			'blocker packages.interrupted',
		]);
	});

	it('only warns where the log has no end but every package is complete', () => {
		expect(verdictsOf(packagesTopic, { facts: interrupted({ unfinished: 'apt-get install zfs-dkms' }) })).toEqual([
			'warning packages.interrupted',
		]);
	});

	it('is waited for while a transaction runs, whose half-done packages are no fault but not to be planned with', () => {
		const running = [{ pid: 4711, command: '/usr/bin/apt-get upgrade' }];
		const facts = interrupted({ running });
		expect(verdictsOf(packagesTopic, { facts })).toEqual(['warning packages.transaction-running']);
		expect(wordsOf(packagesTopic, 'packages.transaction-running', { facts })).toContain('4711 /usr/bin/apt-get');
		expect(verdictsOf(packagesTopic, { facts: interrupted({ running, incomplete: [tools] }) })).toEqual([
			'blocker packages.transaction-running',
		]);
	});

	it('whose lock is held by that transaction says so once', () => {
		const running = [{ pid: 4711, command: '/usr/bin/apt-get update' }];
		const lockHolder = set({ pid: 4711, command: '/usr/bin/apt-get update', lock: '/var/lib/apt/lists/lock' });
		const facts = factsWith({ packages: { interruption: set({ ...quiet, running }), lockHolder } });
		expect(verdictsOf(packagesTopic, { facts })).toEqual(['warning packages.transaction-running']);
	});

	it('names who holds the lock', () => {
		const holder = { pid: 53, command: 'python3', lock: '/var/lib/dpkg/lock-frontend' };
		const facts = factsWith({ packages: { lockHolder: set(holder) } });
		expect(verdictsOf(packagesTopic, { facts })).toEqual(['warning packages.lock-held']);
		expect(wordsOf(packagesTopic, 'packages.lock-held', { facts })).toContain('ps -p 53 -o');
	});

	it.each(['interruption', 'lockHolder'] as const)('does not pass when its %s could not be read', (fact) => {
		expect(verdictsOf(packagesTopic, { facts: factsWith({ packages: { [fact]: unread } }) })).toEqual([
			'blocker packages.unreadable',
		]);
	});

	it('that this program does not drive is left to the planner', () => {
		expect(verdictsOf(packagesTopic, { facts: factsWith({ packages: { manager: set('dnf') } }) })).toEqual([]);
		expect(verdictsOf(packagesTopic, { facts: factsWith({ packages: { manager: unread } }) })).toEqual([]);
	});
});

describe('the OpenZFS packages', () => {
	it('of two versions are half of an upgrade', () => {
		const mixed = installed.map((each) => (each.name === 'zfs-dkms' ? { ...each, version: '2.3.2-2~bpo12+2' } : each));
		const facts = factsWith({ packages: { installed: set(mixed) } });
		expect(verdictsOf(packagesTopic, { facts, plan: nothingToDo })).toContain('warning packages.mixed-versions');
		expect(wordsOf(packagesTopic, 'packages.mixed-versions', { facts, plan: nothingToDo })).toContain(
			'2.3.2-2~bpo12+2: zfs-dkms',
		);
	});

	it('may leave an old library behind', () => {
		const withOldLibrary = [...installed, { ...tools, name: 'libzpool4linux', version: '2.0.3-9' }];
		const facts = factsWith({ packages: { installed: set(withOldLibrary) } });
		expect(verdictsOf(packagesTopic, { facts, plan: nothingToDo })).toEqual(['ok packages.idle']);
	});

	it('that no archive carries any more are worth keeping', () => {
		const { offers } = happyFacts.packages;
		const gone = new Map(offers.known ? offers.value : []);
		gone.set(tools.name, {
			name: tools.name,
			installed: tools.version,
			candidate: '2.3.2-2',
			versions: [{ version: tools.version, priority: 100, suites: [] }],
		});
		const facts = factsWith({ packages: { offers: set(gone) } });
		expect(verdictsOf(packagesTopic, { facts })).toContain('notice packages.old-version-gone');
		expect(verdictsOf(packagesTopic, { facts, plan: nothingToDo })).toEqual(['ok packages.idle']);
	});
});

describe('what happens by itself', () => {
	const automatic = (isEnabled: boolean, rebootsAt?: string) =>
		factsWith({ packages: { automaticUpgrades: set({ isEnabled, rebootsAt }) } });

	it('is said: upgrades as a notice, reboots as a warning', () => {
		expect(verdictsOf(packagesTopic, { facts: automatic(true) })).toContain('notice packages.automatic-upgrades');
		const facts = automatic(true, '02:00');
		expect(verdictsOf(packagesTopic, { facts })).toContain('warning packages.automatic-reboot');
		expect(wordsOf(packagesTopic, 'packages.automatic-reboot', { facts })).toContain('02:00');
		expect(verdictsOf(packagesTopic, { facts: automatic(false, '02:00') })).toEqual(['ok packages.idle']);
	});

	it('does not pass where it could not be read', () => {
		const facts = factsWith({ packages: { automaticUpgrades: unread } });
		expect(verdictsOf(packagesTopic, { facts })).toContain('warning packages.automatic-upgrades');
	});
});

describe('holds and lists', () => {
	it('on the kernel are named and left alone', () => {
		const facts = factsWith({ packages: { holds: set(['linux-image-amd64', 'vim']) } });
		expect(wordsOf(packagesTopic, 'packages.kernel-held', { facts })).toContain('on hold: linux-image-amd64');
		expect(verdictsOf(packagesTopic, { facts: factsWith({ packages: { holds: set(['vim']) } }) })).toEqual([
			'ok packages.idle',
		]);
	});

	it.each([
		[set(happyFacts.takenAt - 6 * 86_400), ['ok packages.idle']],
		[set(happyFacts.takenAt - 30 * 86_400), ['ok packages.idle', 'notice packages.lists-old']],
		[set(undefined), ['ok packages.idle', 'notice packages.lists-old']],
		[unread, ['ok packages.idle', 'notice packages.lists-old']],
	])('of what is on offer age', (packageListsReadAt, verdicts) => {
		expect(verdictsOf(packagesTopic, { facts: factsWith({ surroundings: { packageListsReadAt } }) })).toEqual(verdicts);
	});
});
