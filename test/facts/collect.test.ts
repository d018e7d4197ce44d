import { describe, expect, it } from 'vitest';
import { collectFacts } from '../../src/facts/collect.js';
import type { HostFacts } from '../../src/facts/host-facts.js';
import { HostError } from '../../src/host/host-error.js';
import { createDebianHost, kernelRelease, newVersion, oldVersion } from '../support/debian-host.js';
import { notInstalled } from '../support/table-host.js';
import { unknownsIn } from '../support/unknown-facts.js';

function versionsOf({ versions, kernels }: HostFacts) {
	const full = (fact: HostFacts['versions']['nextModule']) => (fact.known ? fact.value?.full : `unknown: ${fact.why}`);
	const [kernel] = kernels.known ? kernels.value : [];
	return {
		userspace: full(versions.userspace),
		loaded: full(versions.loadedModule),
		packages: full(versions.packages),
		next: full(versions.nextModule),
		disk: kernel?.moduleOnDisk.known && kernel.moduleOnDisk.value?.version.full,
		initramfs: kernel?.initramfs.known && kernel.initramfs.value?.version?.full,
	};
}

describe('collecting the facts of a host', () => {
	it('leaves nothing unknown on an ordinary Debian host', async () => {
		expect(unknownsIn(await collectFacts(createDebianHost()))).toEqual([]);
	});

	it('reads the same on new tools, which print JSON', async () => {
		const host = createDebianHost({
			userspace: newVersion,
			loaded: newVersion,
			kernels: [{ release: kernelRelease, disk: newVersion, initramfs: newVersion }],
		});
		const facts = await collectFacts(host);
		expect(unknownsIn(facts)).toEqual([]);
		expect(facts.pools).toMatchObject({ known: true, value: [{ name: 'fx', health: 'ONLINE' }] });
		expect(host.shownCalls()).toContain('zpool get -jp all');
	});

	it('runs no command twice', async () => {
		const host = createDebianHost({
			kernels: [
				{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
				{ release: '6.1.0-57-amd64', disk: oldVersion, initramfs: oldVersion },
			],
		});
		await collectFacts(host);
		const shown = host.shownCalls();
		expect(shown.filter((each, index) => shown.indexOf(each) !== index)).toEqual([]);
	});

	it('unpacks an initramfs while dkms status still runs, and works out the packages meanwhile', async () => {
		const host = createDebianHost();
		const run = host.run.bind(host);
		const awaited = new Set(['unmkinitramfs', 'apt-cache', 'apt-mark', 'zpool']);
		let goOn = () => {};
		const allBegun = new Promise<void>((resolve) => {
			goOn = resolve;
		});
		host.run = async (command) => {
			awaited.delete(command.argv[0]);
			if (awaited.size === 0) goOn();
			// Never answers, where something of these waits for it.
			if (command.argv[0] === 'dkms') await allBegun;
			return run(command);
		};
		expect(unknownsIn(await collectFacts(host))).toEqual([]);
	});

	it('changes nothing but its own scratch folder', async () => {
		const host = createDebianHost();
		await collectFacts(host);
		const removals = host.calls.filter(({ argv }) => argv[0] === 'rm').map(({ argv }) => argv.at(-1));
		expect(removals).toEqual([expect.stringMatching(/^\/var\/tmp\/zfs-lockstep-[0-9a-f-]{36}$/)]);
		const changing =
			/^(?:apt-get|dkms (?!status)|update-initramfs|modprobe|systemctl (?!show)|zpool (?!get|status)|zfs (?!list|--version))/;
		expect(host.shownCalls().filter((shown) => changing.test(shown))).toEqual([]);
	});

	it('tells the four versions apart in the middle of an upgrade', async () => {
		const facts = await collectFacts(
			createDebianHost({
				kernels: [{ release: kernelRelease, disk: newVersion, initramfs: oldVersion }],
			}),
		);
		expect(versionsOf(facts)).toEqual({
			userspace: oldVersion,
			loaded: oldVersion,
			packages: oldVersion,
			disk: newVersion,
			initramfs: oldVersion,
			next: newVersion,
		});
	});

	it('reads a later proof anew after an initramfs was rebuilt, and an unchanged one only once', async () => {
		const host = createDebianHost();
		const unpacked = () => host.shownCalls().filter((shown) => shown.startsWith('unmkinitramfs')).length;
		await collectFacts(host);
		await collectFacts(host);
		expect(unpacked()).toBe(1);
		await host.files.write(`/boot/initrd.img-${kernelRelease}`, 'rebuilt');
		await collectFacts(host);
		expect(unpacked()).toBe(2);
	});

	it('says of a module that is not loaded that it is not, and asks the tools nothing that would load it', async () => {
		const host = createDebianHost({ loaded: undefined });
		const facts = await collectFacts(host);
		expect(facts.versions.userspace).toMatchObject({ known: true, value: { full: oldVersion } });
		expect(facts.versions.loadedModule).toMatchObject({ known: true, value: undefined });
		expect(facts.pools).toEqual({ known: false, why: expect.stringContaining('not loaded') });
		expect(host.shownCalls().filter((shown) => /^(?:zpool|zfs list)/.test(shown))).toEqual([]);
	});

	it('keeps what it cannot read as unknown, with the reason, and goes on', async () => {
		const denied = new HostError(
			'permission',
			'/boot/grub/grub.cfg',
			'Cannot read /boot/grub/grub.cfg: permission denied.',
			[],
		);
		const facts = await collectFacts(
			createDebianHost(
				{
					kernels: [
						{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
						{ release: '6.1.0-57-amd64', disk: undefined, initramfs: undefined },
					],
				},
				{
					userId: 1000,
					files: { '/boot/grub/grub.cfg': { error: denied } },
					commands: [['unmkinitramfs *', { exit: 1, stderr: 'cpio: permission denied\n' }]],
				},
			),
		);
		expect(facts.machine.isRoot).toBe(false);
		expect(facts.boot.nextKernel).toEqual({ known: false, why: denied.message });
		expect(facts.versions.nextModule.known).toBe(false);
		expect(facts.kernels).toMatchObject({
			known: true,
			value: [{ moduleOnDisk: { value: undefined } }, { initramfs: { known: false } }],
		});
	});

	it('reports a host without OpenZFS as such', async () => {
		const facts = await collectFacts(
			createDebianHost(
				{ loaded: undefined, kernels: [{ release: kernelRelease, disk: undefined, initramfs: undefined }] },
				{
					commands: [
						...notInstalled('zfs', 'zpool'),
						['dpkg-query --show *', 'dpkg\tamd64\t1.21.22\tii \tdpkg\n'],
						['apt-cache policy *', ''],
					],
				},
			),
		);
		expect(facts.packages.installed).toMatchObject({ known: true, value: [] });
		expect(facts.versions.userspace.known).toBe(false);
		expect(facts.versions.nextModule).toMatchObject({ known: true, value: undefined });
	});

	it('does not take the rescue system for the mounted one', async () => {
		const facts = await collectFacts(createDebianHost({}, { kind: 'alternate-root', root: '/mnt' }));
		expect(facts.boot.bootId.known).toBe(false);
		expect(facts.boot.runningKernel.known).toBe(false);
		expect(facts.versions.loadedModule.known).toBe(false);
		expect(facts.units.known).toBe(false);
		expect(facts.versions.userspace).toMatchObject({ known: true, value: { full: oldVersion } });
		expect(facts.kernels).toMatchObject({ known: true, value: [{ isRunning: false, isNext: true }] });
	});
});
