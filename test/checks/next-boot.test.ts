import { describe, expect, it } from 'vitest';
import type { Finding } from '../../src/checks/finding.js';
import { nextBootTopic } from '../../src/checks/next-boot.js';
import { collectFacts } from '../../src/facts/collect.js';
import { createDebianHost, kernelRelease, newVersion, oldVersion } from '../support/debian-host.js';
import {
	factsWith,
	findingsOf,
	happyKernel,
	kernelWith,
	nothingToDo,
	otherKernel,
	planSaying,
	planWith,
	set,
	unread,
	verdictsOf,
	version,
	wordsOf,
} from './facts.js';

const old = version(oldVersion);
const target = version(newVersion);

function ofBoot(findings: readonly Finding[]): Finding | undefined {
	return findings.find(({ id }) => id === 'boot.next-versions');
}

describe('the next boot', () => {
	it('is told also when nothing is to be upgraded', () => {
		expect(verdictsOf(nextBootTopic, { plan: nothingToDo })).toEqual(['ok boot.next-versions']);
		expect(ofBoot(findingsOf(nextBootTopic, { plan: nothingToDo }))?.detail).toContain(
			`Kernel ${kernelRelease}, module ${oldVersion}`,
		);
	});

	it('of a host whose packages were upgraded without a reboot loads another module: a reboot is pending', async () => {
		const facts = await collectFacts(
			createDebianHost({
				userspace: newVersion,
				kernels: [{ release: kernelRelease, disk: newVersion, initramfs: newVersion }],
			}),
		);
		expect(ofBoot(findingsOf(nextBootTopic, { facts }))).toMatchObject({
			severity: 'warning',
			title: `The next boot loads ${newVersion} instead of ${oldVersion}: a reboot is pending`,
		});
	});

	it('warns of halves that will differ', () => {
		const facts = factsWith({ versions: { nextModule: set(target) } });
		expect(ofBoot(findingsOf(nextBootTopic, { facts }))).toMatchObject({ severity: 'warning' });
		expect(wordsOf(nextBootTopic, 'boot.next-versions', { facts })).toContain('would differ');
	});

	it('blocks where the halves will break each other, although all is well now', () => {
		const facts = factsWith({
			versions: { nextModule: set(version('2.3.1-1')), userspace: set(target), loadedModule: set(target) },
		});
		expect(ofBoot(findingsOf(nextBootTopic, { facts }))).toMatchObject({ severity: 'blocker' });
	});

	it('blocks where the kernel that boots next has no module, unless the planned upgrade builds it', () => {
		const without = otherKernel('6.1.0-57-amd64', undefined);
		const facts = factsWith({
			boot: { nextKernel: set('6.1.0-57-amd64') },
			kernels: set([kernelWith({ isNext: false }), { ...without, isNext: true }]),
			versions: { nextModule: set(undefined) },
		});
		expect(ofBoot(findingsOf(nextBootTopic, { facts }))).toMatchObject({ severity: 'blocker' });
		expect(ofBoot(findingsOf(nextBootTopic, { facts, plan: nothingToDo }))).toMatchObject({ severity: 'blocker' });
		const plan = planWith({ bootKernel: '6.1.0-57-amd64', kernels: ['6.1.0-57-amd64', kernelRelease] });
		expect(ofBoot(findingsOf(nextBootTopic, { facts, plan }))).toMatchObject({ severity: 'warning' });
	});

	it.each(['nextModule', 'userspace'] as const)('is not passed when %s could not be read', (fact) => {
		const facts = factsWith({ versions: { [fact]: unread } });
		expect(ofBoot(findingsOf(nextBootTopic, { facts }))).toMatchObject({ severity: 'warning' });
		expect(wordsOf(nextBootTopic, 'boot.next-versions', { facts })).toContain(unread.why);
	});

	it('names a kernel that is not known once only', () => {
		const facts = factsWith({ boot: { nextKernel: unread } });
		expect(verdictsOf(nextBootTopic, { facts })).toContain('warning boot.next-kernel-unknown');
		expect(verdictsOf(nextBootTopic, { facts, plan: planSaying('plan.next-kernel-presumed') })).not.toContain(
			'warning boot.next-kernel-unknown',
		);
	});

	it('cannot be told without the installed kernels', () => {
		expect(verdictsOf(nextBootTopic, { facts: factsWith({ kernels: unread }) })).toEqual([
			'blocker boot.kernels-unknown',
		]);
	});

	it('is no topic on a host without OpenZFS', () => {
		const facts = factsWith({ versions: { userspace: unread }, packages: { installed: set([]) } });
		expect(verdictsOf(nextBootTopic, { facts })).toEqual([]);
	});
});

describe('the initramfs', () => {
	it('with an older module than the disk is found: the packages rebuild that of the newest kernel only', async () => {
		const facts = await collectFacts(
			createDebianHost({
				kernels: [{ release: kernelRelease, disk: newVersion, initramfs: oldVersion }],
			}),
		);
		expect(verdictsOf(nextBootTopic, { facts })).toContain('warning boot.initramfs-differs');
		const words = wordsOf(nextBootTopic, 'boot.initramfs-differs', { facts });
		expect(words).toContain(`${oldVersion}; on disk: ${newVersion}`);
		expect(words).toContain(`update-initramfs -u -k ${kernelRelease}`);
	});

	it('of a kernel that is not next is only a notice', () => {
		const facts = factsWith({ kernels: set([happyKernel, otherKernel('6.1.0-50-amd64', newVersion, oldVersion)]) });
		expect(verdictsOf(nextBootTopic, { facts })).toContain('notice boot.initramfs-differs');
	});

	it('that could not be looked into is said', () => {
		const facts = factsWith({ kernels: set([kernelWith({ initramfs: unread })]) });
		expect(verdictsOf(nextBootTopic, { facts })).toContain('warning boot.initramfs-unknown');
		const other = { ...otherKernel('6.1.0-50-amd64', oldVersion), initramfs: unread };
		expect(verdictsOf(nextBootTopic, { facts: factsWith({ kernels: set([happyKernel, other]) }) })).toContain(
			'notice boot.initramfs-unknown',
		);
	});

	it('without a module inside is no difference: the disk is what is loaded then', () => {
		const empty = { path: '/boot/initrd', version: undefined, bytes: 1n };
		const facts = factsWith({ kernels: set([kernelWith({ initramfs: set(empty) })]) });
		expect(verdictsOf(nextBootTopic, { facts })).toEqual(['ok boot.next-versions']);
	});
});

describe('the other kernels of the boot menu', () => {
	it('without a module are named in one finding', () => {
		const facts = factsWith({
			kernels: set([happyKernel, otherKernel('6.1.0-50-amd64', undefined), otherKernel('5.10.0-1-amd64', undefined)]),
		});
		expect(verdictsOf(nextBootTopic, { facts })).toEqual([
			'ok boot.next-versions',
			'warning boot.kernel-without-module',
		]);
		expect(wordsOf(nextBootTopic, 'boot.kernel-without-module', { facts })).toContain('6.1.0-50-amd64, 5.10.0-1-amd64');
	});

	it('with root on ZFS need the module inside the initramfs', () => {
		const empty = { path: '/boot/initrd', version: undefined, bytes: 1n };
		const kernels = set([happyKernel, { ...otherKernel('6.1.0-50-amd64', oldVersion), initramfs: set(empty) }]);
		expect(verdictsOf(nextBootTopic, { facts: factsWith({ kernels }) })).toEqual(['ok boot.next-versions']);
		const facts = factsWith({ kernels, rootDataset: set('rpool/ROOT' as never) });
		expect(verdictsOf(nextBootTopic, { facts })).toContain('warning boot.kernel-without-module');
	});

	it('do not pass when it could not be read', () => {
		const kernels = set([happyKernel, { ...otherKernel('6.1.0-50-amd64', oldVersion), moduleOnDisk: unread }]);
		expect(verdictsOf(nextBootTopic, { facts: factsWith({ kernels }) })).toContain(
			'warning boot.kernel-without-module',
		);
	});
});

describe('a reboot that was pending before', () => {
	it('is a warning when packages asked for it', () => {
		const facts = factsWith({ boot: { rebootPending: set(['linux-image-6.1.0-57-amd64', 'libc6']) } });
		expect(wordsOf(nextBootTopic, 'boot.reboot-pending', { facts })).toContain('linux-image-6.1.0-57-amd64, libc6');
		expect(verdictsOf(nextBootTopic, { facts })).toContain('warning boot.reboot-pending');
	});

	it('is a notice where it could not be read, and nothing of a system that does not run', () => {
		const facts = factsWith({ boot: { rebootPending: unread } });
		expect(verdictsOf(nextBootTopic, { facts })).toContain('notice boot.reboot-pending');
		const mounted = factsWith({ boot: { rebootPending: unread }, machine: { environment: set('alternate-root') } });
		expect(verdictsOf(nextBootTopic, { facts: mounted })).toEqual(['ok boot.next-versions']);
	});

	it('is a notice when only another kernel would start', () => {
		const facts = factsWith({
			boot: { nextKernel: set('6.1.0-57-amd64') },
			kernels: set([{ ...otherKernel('6.1.0-57-amd64', oldVersion), isNext: true }, kernelWith({ isNext: false })]),
			versions: { nextModule: set(old) },
		});
		expect(verdictsOf(nextBootTopic, { facts })).toEqual(['ok boot.next-versions', 'notice boot.reboot-pending']);
	});
});
