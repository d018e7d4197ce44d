import { describe, expect, it } from 'vitest';
import { kernelTopic } from '../../src/checks/kernel.js';
import type { Boot, HostFacts } from '../../src/facts/host-facts.js';
import { parseDkmsStatus } from '../../src/packages/dkms/status.js';
import { loadRecording } from '../fixtures/load.js';
import {
	factsWith,
	happyFacts,
	kernelWith,
	nothingToDo,
	planWith,
	set,
	unread,
	verdictsOf,
	version,
	wordsOf,
} from './facts.js';

const fromKernel = set([kernelWith({ provider: set({ kind: 'kernel', package: 'linux-modules-6.8.0-50-generic' }) })]);
const withoutDkms: Partial<HostFacts> = {
	kernels: fromKernel,
	packages: { ...happyFacts.packages, installed: set([]), dkms: set(undefined) },
};

describe('the support of the kernel', () => {
	it('is stated for the planned release and the kernel that it is built for', () => {
		expect(verdictsOf(kernelTopic)).toEqual(['ok kernel.support']);
		expect(wordsOf(kernelTopic, 'kernel.support')).toContain('OpenZFS 2.3.2 is made for Linux 4.18 to 6.14');
	});

	it('is doubtful for an installed release on a newer kernel, also when nothing is planned', () => {
		const facts = factsWith({ boot: { nextKernel: set('6.5.0-1-amd64') } });
		expect(verdictsOf(kernelTopic, { facts, plan: nothingToDo })).toEqual(['warning kernel.support']);
	});

	it('is left to the planner where it says so, and to the vendor where the kernel brings the module', () => {
		expect(verdictsOf(kernelTopic, { plan: planWith({ bootKernel: '6.18.0-1-amd64' }) })).toEqual([]);
		const facts = factsWith({ ...withoutDkms, boot: { nextKernel: set('6.5.0-1-generic') } });
		expect(verdictsOf(kernelTopic, { facts, plan: nothingToDo })).toEqual([]);
	});

	it('is not stated for a kernel or release that is not known', () => {
		const facts = factsWith({ boot: { nextKernel: unread } });
		expect(verdictsOf(kernelTopic, { facts, plan: nothingToDo })).toEqual([]);
		expect(verdictsOf(kernelTopic, { plan: planWith({ targetUpstream: '2.9.0' }) })).toEqual([]);
	});
});

describe('the next kernel on offer', () => {
	const offering = (candidate: string) => {
		const offer = { name: 'linux-image-amd64', installed: '6.1.192-2', candidate, versions: [] };
		return factsWith({ packages: { offers: set(new Map([[offer.name, offer]])) } });
	};

	it('is held back where the release does not support it', () => {
		const facts = offering('6.18.5-1');
		expect(verdictsOf(kernelTopic, { facts })).toContain('warning kernel.offered-too-new');
		expect(wordsOf(kernelTopic, 'kernel.offered-too-new', { facts })).toContain('apt-mark hold linux-image-amd64');
	});

	it('is no finding where it is supported, or is the one that is installed', () => {
		expect(verdictsOf(kernelTopic, { facts: offering('6.12.5-1') })).toEqual(['ok kernel.support']);
		expect(verdictsOf(kernelTopic, { facts: offering('6.1.192-2') })).toEqual(['ok kernel.support']);
	});
});

describe('the headers', () => {
	const following = (...names: readonly string[]) => {
		const all = happyFacts.packages.kernelPackages;
		const [first] = all.known ? all.value : [];
		if (first === undefined) throw new Error('the healthy host follows no kernel');
		return factsWith({ packages: { kernelPackages: set(names.map((name) => ({ ...first, name }))) } });
	};

	it('have to follow the kernels where DKMS builds', () => {
		const facts = following('linux-image-amd64');
		expect(verdictsOf(kernelTopic, { facts })).toContain('warning kernel.headers-missing');
		expect(wordsOf(kernelTopic, 'kernel.headers-missing', { facts })).toContain('apt-get install linux-headers-amd64');
	});

	it.each([
		[['linux-image-amd64', 'linux-headers-amd64']],
		[['linux-generic', 'linux-image-generic']],
		[['proxmox-default-kernel', 'proxmox-default-headers']],
		[['linux-image-virtual', 'linux-virtual']],
	])('follow with %s', (names) => {
		expect(verdictsOf(kernelTopic, { facts: following(...names) })).toEqual(['ok kernel.support']);
	});
});

describe('DKMS', () => {
	const status = (text: string) => factsWith({ packages: { dkms: set(parseDkmsStatus(text)) } });

	/** Recorded with other versions and kernels, which are put in the place of the host's. */
	const recorded = (file: string, ...versions: readonly [string, string][]) =>
		status(versions.reduce((text, [from, to]) => text.replaceAll(from, to), loadRecording(file).stdout));

	it('after a build that failed, or that was skipped without headers, has built nothing', () => {
		for (const folder of ['apt-dkms-build-failure/4', 'apt-no-kernel-headers/2']) {
			const facts = recorded(`lab/${folder}-dkms-status.txt`, ['2.3.2', '2.1.11']);
			expect(verdictsOf(kernelTopic, { facts })).toContain('warning kernel.dkms-state');
			expect(wordsOf(kernelTopic, 'kernel.dkms-state', { facts })).toContain('built zfs 2.1.11 for no kernel');
		}
	});

	it('may hold the old version beside the new one: that is the way back', () => {
		const facts = recorded('packages/dkms-3.0.10/dkms-status-side-by-side.txt');
		expect(verdictsOf(kernelTopic, { facts })).toEqual(['ok kernel.support']);
	});

	it.each(['dkms-status-broken', 'dkms-status-differs'])('is not in order as recorded: %s', (name) => {
		const facts = recorded(`packages/dkms-3.2.2/${name}.txt`, ['2.3.9', '2.1.11'], ['2.4.4', '2.3.2']);
		expect(verdictsOf(kernelTopic, { facts })).toContain('warning kernel.dkms-state');
	});

	it.each([
		'zfs/2.1.11: broken\n',
		'zfs/2.1.11, 6.1.0-56-amd64, x86_64: built\n',
		'zfs/2.1.11, 6.1.0-56-amd64, x86_64: installed (Differences between built and installed modules)\n',
	])('is not in order with %j', (text) => {
		expect(verdictsOf(kernelTopic, { facts: status(text) })).toContain('warning kernel.dkms-state');
	});

	it('with sources of another version builds those for the next kernel', () => {
		const facts = status('zfs/2.1.11, 6.1.0-56-amd64, x86_64: installed\nzfs/2.2.9: added\n');
		expect(verdictsOf(kernelTopic, { facts })).toContain('notice kernel.dkms-state');
		expect(wordsOf(kernelTopic, 'kernel.dkms-state', { facts })).toContain('dkms remove zfs/2.2.9 --all');
	});

	it('with the source of the target is in order: that is what the upgrade puts there', () => {
		const facts = status('zfs/2.1.11, 6.1.0-56-amd64, x86_64: installed\nzfs/2.3.2: added\n');
		expect(verdictsOf(kernelTopic, { facts })).toEqual(['ok kernel.support']);
	});

	it('does not pass where it could not be read, and does not matter where nothing is built by it', () => {
		expect(verdictsOf(kernelTopic, { facts: factsWith({ packages: { dkms: unread } }) })).toContain(
			'warning kernel.dkms-state',
		);
		const plan = planWith({ route: 'kernel-package' });
		expect(verdictsOf(kernelTopic, { facts: factsWith(withoutDkms), plan })).toEqual([]);
	});
});

describe('Secure Boot', () => {
	const withKey = (dkmsKey: Boot['dkmsKey']) => factsWith({ boot: { secureBoot: set('enabled'), dkmsKey } });
	const verdict = (facts: HostFacts) => verdictsOf(kernelTopic, { facts }).filter((each) => each.includes('signing'));

	it.each([
		['enrolled', 'ok'],
		['pending', 'warning'],
		['no-key', 'warning'],
		['not-enrolled', 'blocker'],
		['blocked', 'blocker'],
	] as const)('with a key of DKMS that is %s is %s', (key, severity) => {
		expect(verdict(withKey(set(key)))).toEqual([`${severity} kernel.signing-key`]);
	});

	it('that is off asks for no key', () => {
		expect(verdict(factsWith({ boot: { secureBoot: set('disabled'), dkmsKey: set(undefined) } }))).toEqual([]);
	});

	it('does not pass where it or the key could not be read', () => {
		expect(verdict(factsWith({ boot: { secureBoot: unread, dkmsKey: unread } }))).toEqual([
			'warning kernel.signing-key',
		]);
		expect(verdict(withKey(unread))).toEqual(['warning kernel.signing-key']);
	});

	it("does not concern a module that comes with the vendor's kernel", () => {
		const facts = factsWith({ ...withoutDkms, boot: { secureBoot: set('enabled'), dkmsKey: set('not-enrolled') } });
		const plan = planWith({ route: 'kernel-package', targetUpstream: version('2.3.2').upstream });
		expect(verdictsOf(kernelTopic, { facts, plan })).toEqual([]);
	});
});
