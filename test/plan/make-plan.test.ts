import { describe, expect, it } from 'vitest';
import { collectFacts } from '../../src/facts/collect.js';
import { HostError } from '../../src/host/host-error.js';
import { makePlan, type PlanRequest, type PlanResult } from '../../src/plan/make-plan.js';
import { loadRecording } from '../fixtures/load.js';
import { createDebianHost, kernelRelease, newVersion, oldVersion } from '../support/debian-host.js';
import type { TableFile } from '../support/table-files.js';
import type { TableHost } from '../support/table-host.js';
import { createUbuntuHost, ubuntuKernel } from '../support/ubuntu-host.js';

const recordings = 'lab/apt-bookworm-2.1.11-to-2.3.2';

function recording(name: string) {
	return loadRecording(`${recordings}/${name}.txt`);
}

async function planOn(host: TableHost, request: Partial<PlanRequest> = {}): Promise<PlanResult> {
	return makePlan(host, await collectFacts(host), { pools: [], ...request });
}

function planned(result: PlanResult) {
	if (result.kind !== 'plan') throw new Error(`no plan: ${JSON.stringify(result)}`);
	return result;
}

function idsOf(result: PlanResult) {
	return result.findings.map(({ id, severity }) => `${severity} ${id}`);
}

const allNew = {
	userspace: newVersion,
	loaded: newVersion,
	kernels: [{ release: kernelRelease, disk: newVersion, initramfs: newVersion }],
} as const;

describe('planning on Debian with zfs-dkms', () => {
	it('goes ahead with DKMS where zfs-dkms alone would remove the tools, and names what it measured', async () => {
		const { plan } = planned(await planOn(createDebianHost()));
		expect(plan).toEqual({
			route: 'dkms-ahead',
			reason: expect.stringContaining('would remove zfs-initramfs, zfs-zed, zfsutils-linux'),
			targetVersion: newVersion,
			targetUpstream: '2.3.2',
			fromVersion: oldVersion,
			fromUpstream: '2.1.11',
			bootKernel: kernelRelease,
			kernels: [kernelRelease],
			source: 'zfs-linux',
			packages: ['zfs-initramfs', 'zfs-dkms', 'zfsutils-linux', 'libnvpair3linux', 'libuutil3linux', 'zfs-zed'],
			packagesNew: ['libzfs6linux', 'libzpool6linux'],
			packagesRemoved: ['libzpool5linux', 'libzfs4linux'],
			modulePackage: 'zfs-dkms',
			kernelPackages: ['linux-image-amd64', 'linux-headers-amd64'],
			initramfsTool: 'initramfs-tools',
			isRootOnZfs: false,
		});
	});

	it('names every package of the set with its version, the renamed libraries too', async () => {
		const host = createDebianHost();
		await planOn(host);
		const simulations = host.calls.filter(({ argv }) => argv[0] === 'apt-get').map(({ argv }) => argv);
		expect(simulations.every((argv) => argv.includes('--simulate'))).toBe(true);
		const named = simulations.map((argv) => argv.slice(argv.indexOf('--') + 1).toSorted());
		expect(named).toContainEqual(
			[
				'libnvpair3linux',
				'libuutil3linux',
				'libzfs6linux',
				'libzpool6linux',
				'zfs-dkms',
				'zfs-initramfs',
				'zfs-zed',
				'zfsutils-linux',
			].map((name) => `${name}=${newVersion}`),
		);
	});

	it('says plainly that the newest version comes from backports and how to stay with the candidate', async () => {
		const result = planned(await planOn(createDebianHost()));
		expect(result.findings).toContainEqual(
			expect.objectContaining({
				id: 'plan.target-beyond-candidate',
				detail: expect.stringContaining(`A plain upgrade would take ${oldVersion}`),
				remediation: [expect.objectContaining({ commands: [['zfs-lockstep', '--target', oldVersion]] })],
			}),
		);
	});

	it.each(['2.3.2', 'v2.3.2', newVersion])('takes the target %s', async (target) => {
		expect(planned(await planOn(createDebianHost(), { target })).plan.targetVersion).toBe(newVersion);
	});

	it.each([
		['nonsense', 'plan.unknown-target'],
		['2.3', 'plan.unknown-target'],
		['', 'plan.unknown-target'],
		['-rf', 'plan.unknown-target'],
		['2.3.3', 'plan.target-not-in-archive'],
		['2.3.2-2~bpo12+3', 'plan.target-not-in-archive'],
	])('refuses the target %j', async (target, id) => {
		const result = await planOn(createDebianHost(), { target });
		expect(result.kind).toBe('refuse');
		expect(idsOf(result)).toEqual([`blocker ${id}`]);
	});

	it('refuses to go back', async () => {
		expect(idsOf(await planOn(createDebianHost(allNew), { target: '2.1.11' }))).toEqual(['blocker plan.downgrade']);
	});

	it('has nothing to do when every part is at the target', async () => {
		expect((await planOn(createDebianHost(allNew))).kind).toBe('nothing-to-do');
		const stayed = await planOn(createDebianHost(), { target: '2.1.11' });
		expect(stayed).toMatchObject({ kind: 'nothing-to-do', text: expect.stringContaining(oldVersion) });
		expect(idsOf(stayed)).toContain('notice plan.newer-version-on-offer');
	});

	it.each([
		['the reboot', { ...allNew, loaded: oldVersion }],
		['a loaded module', { ...allNew, loaded: undefined }],
		[
			'the module on disk',
			{ ...allNew, kernels: [{ release: kernelRelease, disk: oldVersion, initramfs: newVersion }] },
		],
		['an initramfs', { ...allNew, kernels: [{ release: kernelRelease, disk: newVersion, initramfs: oldVersion }] }],
	] as const)('plans the rest when the packages are new and only %s is missing', async (_, state) => {
		const host = createDebianHost(state);
		const { plan } = planned(await planOn(host));
		expect(plan).toMatchObject({
			route: 'dkms-ahead',
			targetVersion: newVersion,
			packagesNew: [],
			packagesRemoved: [],
		});
		expect(plan.packages).toHaveLength(8);
		expect(host.calls.filter(({ argv }) => argv[0] === 'apt-get')).toEqual([]);
	});

	it('does not take the package for the tools where older ones stand before it in the path', async () => {
		const host = createDebianHost(allNew, { commands: [['zfs --version', 'zfs-2.1.5-1\nzfs-kmod-2.3.2-2~bpo12+2\n']] });
		expect((await planOn(host)).kind).toBe('plan');
	});

	it('refuses a transaction that removes what nobody agreed to lose', async () => {
		const result = await planOn(
			createDebianHost({}, { commands: [['apt-get --simulate *', recording('s-dkms-alone-with-recommends')]] }),
		);
		expect(result.findings).toEqual([
			expect.objectContaining({
				id: 'plan.transaction-removes-packages',
				title: expect.stringContaining('zfs-initramfs, zfs-zed, zfsutils-linux'),
			}),
		]);
	});

	it('refuses a transaction that leaves a part behind', async () => {
		const eight = recording('s-only-upgrade-eight');
		const stdout = eight.stdout.replace('6 upgraded', '5 upgraded').replaceAll(/^(?:Inst|Conf) zfs-zed .*\n/gm, '');
		const host = createDebianHost({}, { commands: [['apt-get --simulate * *zfsutils-linux=*', { ...eight, stdout }]] });
		const result = await planOn(host);
		expect(idsOf(result)).toEqual(['blocker plan.transaction-unsuitable']);
		expect(result.findings[0]?.detail).toContain('leaves zfs-zed at 2.1.11');
	});

	it('names what changes besides', async () => {
		const eight = recording('s-only-upgrade-eight');
		const besides = 'Inst libssl3 [3.0.17-1~deb12u2] (3.0.18-1~deb12u1 Debian:12.12/oldstable [amd64])\n';
		const stdout = eight.stdout.replace('6 upgraded', '7 upgraded').replace('Inst ', `${besides}Inst `);
		const host = createDebianHost({}, { commands: [[`apt-get --simulate * *zfsutils-linux=*`, { ...eight, stdout }]] });
		const result = planned(await planOn(host));
		expect(idsOf(result)).toContain('notice plan.other-packages-change');
		expect(JSON.stringify(result.findings)).toContain('libssl3: 3.0.17-1~deb12u2 -> 3.0.18-1~deb12u1');
	});

	it('says of a release that it does not know that the build will show which kernels it supports', async () => {
		const renamed = (name: string) => {
			const said = recording(name);
			return { ...said, stdout: said.stdout.replaceAll(newVersion, '2.99.0-1~bpo12+1') };
		};
		const host = createDebianHost(
			{},
			{
				commands: [
					['apt-cache policy *', renamed('apt-cache-policy')],
					['apt-get --simulate * install -- zfs-dkms=*', renamed('s-dkms-alone-with-recommends')],
					['apt-get --simulate * *zfsutils-linux=*', renamed('s-only-upgrade-eight')],
				],
			},
		);
		const result = planned(await planOn(host));
		expect(result.plan.targetUpstream).toBe('2.99.0');
		expect(idsOf(result)).toContain('notice plan.release-not-in-table');
	});

	it("refuses with the package manager's own words when it finds no way", async () => {
		const result = await planOn(
			createDebianHost({}, { commands: [['apt-get --simulate *', recording('s-full-set')]] }),
		);
		expect(result.findings).toEqual([
			expect.objectContaining({
				id: 'plan.transaction-impossible',
				detail: expect.stringContaining('Depends: libnvpair3linux (= 2.3.2-2~bpo12+2)'),
			}),
		]);
	});

	it('makes no plan from a simulation that did not end', async () => {
		const result = await planOn(
			createDebianHost({}, { commands: [['apt-get --simulate *', { outcome: { kind: 'timed-out', seconds: 60 } }]] }),
		);
		expect(idsOf(result)).toEqual(['blocker plan.fact-unknown']);
	});

	it('goes on over a hold of the administrator, and says so', async () => {
		const result = await planOn(
			createDebianHost(
				{ held: ['zfs-dkms'] },
				{
					commands: [
						[`apt-get --simulate * install -- zfs-dkms=${newVersion}`, recording('s-dkms-alone-with-recommends')],
						['apt-get --simulate *', recording('s-held-eight')],
					],
				},
			),
		);
		expect(planned(result).plan.route).toBe('dkms-ahead');
		expect(idsOf(result)).toContain('warning plan.packages-held');
	});

	it('takes the module package alone where a simulation shows that it can go alone', async () => {
		const alone = [
			'1 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.',
			`Inst zfs-dkms [${oldVersion}] (${newVersion} Debian Backports:oldstable-backports [all])`,
			`Conf zfs-dkms (${newVersion} Debian Backports:oldstable-backports [all])`,
			'',
		].join('\n');
		const host = createDebianHost(
			{},
			{ commands: [[`apt-get --simulate * install -- zfs-dkms=${newVersion}`, alone]] },
		);
		expect(planned(await planOn(host)).plan).toMatchObject({ route: 'module-package', modulePackage: 'zfs-dkms' });
	});

	it('never takes "nothing would happen" for "it can go alone"', async () => {
		const nothing = '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n';
		const host = createDebianHost(
			{},
			{ commands: [[`apt-get --simulate * install -- zfs-dkms=${newVersion}`, nothing]] },
		);
		expect(planned(await planOn(host)).plan.route).toBe('dkms-ahead');
	});

	it('refuses a module that belongs to nobody', async () => {
		const host = createDebianHost({}, { commands: [['dkms status *', '']] });
		expect(idsOf(await planOn(host))).toEqual(['blocker route.refused-nobodys-module']);
	});

	it('refuses a module that is part of the kernel, and one that nobody would build', async () => {
		const builtIn = `name:           zfs\nfilename:       (builtin)\nversion:        ${oldVersion}\n`;
		expect(
			idsOf(await planOn(createDebianHost({}, { commands: [[`modinfo -k ${kernelRelease} zfs`, builtIn]] }))),
		).toEqual(['blocker route.refused-built-in']);
		const withoutSource = `zfsutils-linux\tamd64\t${oldVersion}\tii \tzfs-linux\n`;
		const nothing = { kernels: [{ release: kernelRelease, disk: undefined, initramfs: undefined }] } as const;
		const commands = [
			['dpkg-query --show *', withoutSource],
			['dkms status *', ''],
		] as const;
		expect(idsOf(await planOn(createDebianHost(nothing, { commands })))).toEqual(['blocker route.refused-no-module']);
	});

	it('refuses a host without OpenZFS', async () => {
		const host = createDebianHost(
			{ loaded: undefined, kernels: [{ release: kernelRelease, disk: undefined, initramfs: undefined }] },
			{
				commands: [
					['zfs --version', 'not-installed'],
					['dpkg-query --show *', 'dpkg\tamd64\t1.21.22\tii \tdpkg\n'],
				],
			},
		);
		expect(idsOf(await planOn(host))).toEqual(['blocker plan.openzfs-not-installed']);
	});
});

describe('planning for several kernels', () => {
	const newer = '6.1.0-57-amd64';

	it('builds for every kernel that can be built for, the one that boots next first', async () => {
		const host = createDebianHost({
			kernels: [
				{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
				{ release: newer, disk: oldVersion, initramfs: oldVersion },
				{ release: '6.1.0-50-amd64', disk: oldVersion, initramfs: oldVersion },
			],
		});
		expect(planned(await planOn(host)).plan).toMatchObject({
			bootKernel: newer,
			kernels: [newer, kernelRelease, '6.1.0-50-amd64'],
		});
	});

	it('leaves out an old kernel without headers, and warns what that means', async () => {
		const host = createDebianHost({
			kernels: [
				{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
				{ release: '6.1.0-50-amd64', disk: oldVersion, initramfs: oldVersion, headers: false },
			],
		});
		const result = planned(await planOn(host));
		expect(result.plan.kernels).toEqual([kernelRelease]);
		expect(result.findings).toContainEqual(
			expect.objectContaining({
				id: 'plan.kernel-headers-missing',
				severity: 'warning',
				detail: expect.stringContaining('it will find no ZFS'),
			}),
		);
	});

	it('blocks when the kernel that boots next has no headers', async () => {
		const host = createDebianHost({
			kernels: [
				{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
				{ release: newer, disk: undefined, initramfs: undefined, headers: false },
			],
		});
		const result = planned(await planOn(host));
		expect(result.plan.bootKernel).toBe(newer);
		expect(result.findings).toContainEqual(
			expect.objectContaining({
				id: 'plan.kernel-headers-missing',
				severity: 'blocker',
				remediation: [{ text: 'Install its headers.', commands: [['apt-get', 'install', `linux-headers-${newer}`]] }],
			}),
		);
	});

	it('blocks when the target does not support the kernel that boots next', async () => {
		const release = '6.18.5-1-amd64';
		const host = createDebianHost({ kernels: [{ release, disk: oldVersion, initramfs: oldVersion }] });
		expect(idsOf(await planOn(host))).toContain('blocker plan.kernel-too-new');
	});

	it('blocks when it cannot be read whether the kernel that boots next has headers, and warns of an old one', async () => {
		const old = '6.1.0-50-amd64';
		const kernels = [
			{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
			{ release: old, disk: oldVersion, initramfs: oldVersion },
		] as const;
		const broken = { error: new HostError('io', '/lib/modules', 'Input/output error', []) };
		const verdict = async (release: string) => {
			const files = { [`/lib/modules/${release}/build/Makefile`]: broken };
			return idsOf(await planOn(createDebianHost({ kernels }, { files })));
		};
		expect(await verdict(kernelRelease)).toContain('blocker plan.kernel-headers-unknown');
		expect(await verdict(old)).toContain('warning plan.kernel-headers-unknown');
	});

	it('takes a link to headers that were removed for none', async () => {
		const host = createDebianHost(
			{ kernels: [{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion, headers: false }] },
			{ files: { [`/lib/modules/${kernelRelease}/build`]: { link: '/usr/src/linux-headers-gone' } } },
		);
		expect(idsOf(await planOn(host))).toContain('blocker plan.kernel-headers-missing');
	});

	it.each([
		['6.18.5-1-amd64', 'plan.kernel-too-new'],
		['4.9.0-19-amd64', 'plan.kernel-too-old'],
	])('blocks or warns of %s, as it boots next or stands in the menu', async (release, id) => {
		const kernels = [
			{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
			{ release, disk: oldVersion, initramfs: oldVersion },
		] as const;
		const booting = async (next: string) => {
			const entry = `gnulinux-advanced-abc>gnulinux-${next}-advanced-abc`;
			const files = { '/boot/grub/grubenv': `# GRUB Environment Block\nnext_entry=${entry}\n#######\n` };
			return idsOf(await planOn(createDebianHost({ kernels }, { files })));
		};
		expect(await booting(release)).toContain(`blocker ${id}`);
		expect(await booting(kernelRelease)).toContain(`warning ${id}`);
	});

	it('presumes the running kernel, and says so, where the boot loader cannot be read', async () => {
		const host = createDebianHost(
			{
				kernels: [
					{ release: kernelRelease, disk: oldVersion, initramfs: oldVersion },
					{ release: newer, disk: oldVersion, initramfs: oldVersion },
				],
			},
			{ files: { '/boot/grub/custom.cfg': 'set default=7\n' } },
		);
		const result = planned(await planOn(host));
		expect(result.plan).toMatchObject({ bootKernel: kernelRelease, kernels: [kernelRelease, newer] });
		expect(idsOf(result)).toContain('warning plan.next-kernel-presumed');
	});
});

describe('planning where the module comes with the kernel', () => {
	const state = {
		module: '2.2.2-0ubuntu9.1',
		tools: '2.2.2-0ubuntu9.1',
		offeredTools: '2.2.2-0ubuntu9.4',
		newKernel: '6.8.0-50-generic',
	};

	it('takes the new kernel first and holds its packages, then the tools', async () => {
		const result = planned(await planOn(createUbuntuHost(state)));
		expect(result.plan).toMatchObject({
			route: 'kernel-package',
			reason: expect.stringContaining(`linux-modules-${ubuntuKernel}`),
			bootKernel: '6.8.0-50-generic',
			kernels: ['6.8.0-50-generic'],
			modulePackage: `linux-modules-${ubuntuKernel}`,
			kernelPackages: ['linux-image-generic', 'linux-headers-generic'],
			targetVersion: '2.2.2-0ubuntu9.4',
			packagesRemoved: [],
		});
		expect(idsOf(result)).toContain('notice plan.kernel-module-version-unknown');
	});

	it('upgrades the tools alone where the module is of the release already and there is no newer kernel', async () => {
		const { newKernel: _, ...same } = state;
		expect(planned(await planOn(createUbuntuHost(same))).plan).toMatchObject({
			route: 'kernel-package',
			bootKernel: ubuntuKernel,
		});
	});

	it('refuses tools of a release that no kernel brings', async () => {
		const { newKernel: _, ...same } = state;
		const result = await planOn(createUbuntuHost({ ...same, offeredTools: '2.3.1-1ubuntu2' }));
		expect(result.findings).toEqual([
			expect.objectContaining({
				id: 'plan.no-kernel-with-target',
				detail: expect.stringContaining('2.2.2-0ubuntu9.1'),
			}),
		]);
	});

	it('has nothing to do where the release is the same, whatever the packaging', async () => {
		const host = createUbuntuHost({
			module: '2.2.2-0ubuntu9',
			tools: '2.2.2-0ubuntu9.4',
			offeredTools: '2.2.2-0ubuntu9.4',
		});
		expect((await planOn(host)).kind).toBe('nothing-to-do');
	});

	it('refuses a kernel upgrade that removes packages', async () => {
		const removing = '0 upgraded, 0 newly installed, 1 to remove and 0 not upgraded.\nRemv zfs-zed [2.2.2]\n';
		const host = createUbuntuHost(state, { commands: [['apt-get --simulate * install -- linux-*', removing]] });
		expect(idsOf(await planOn(host))).toEqual(['blocker plan.transaction-removes-packages']);
	});
});

describe('systems that are not upgraded by packages', () => {
	it.each<[string, Record<string, TableFile>, string]>([
		['TrueNAS', { '/usr/bin/midclt': '' }, 'route.refused-appliance'],
		['Harvester', { '/etc/harvester-release.yaml': 'harvester: v1.4.0\n' }, 'route.refused-appliance'],
		['NixOS', { '/etc/os-release': 'ID=nixos\n' }, 'route.refused-declarative'],
		['an ostree-based system', { '/run/ostree-booted': '' }, 'route.refused-image'],
	])('refuses %s with its own way', async (name, files, id) => {
		const result = await planOn(createDebianHost({}, { files }));
		expect(result.findings).toEqual([expect.objectContaining({ id, title: expect.stringContaining(name) })]);
	});

	it('refuses a container, whose kernel is not its own', async () => {
		const host = createDebianHost({}, { commands: [['systemd-detect-virt', 'lxc\n']] });
		expect(idsOf(await planOn(host))).toEqual(['blocker route.refused-container']);
	});

	it('refuses a chroot, and names the way in from outside', async () => {
		const host = createDebianHost({}, { commands: [['systemd-detect-virt --chroot', '']] });
		const result = await planOn(host);
		expect(idsOf(result)).toEqual(['blocker route.refused-chroot']);
		expect(JSON.stringify(result.findings)).toContain('["zfs-lockstep","--root","/mnt"]');
	});

	it('says of a package manager that it does not drive that it does not', async () => {
		const host = createDebianHost({}, { files: { '/var/lib/dpkg/status': '', '/var/lib/dnf': { directory: true } } });
		expect(idsOf(await planOn(host))).toEqual(['blocker route.unsupported-manager']);
	});
});

describe('every finding of the planner', () => {
	it('says what to do', async () => {
		const results = await Promise.all([
			planOn(createDebianHost()),
			planOn(createDebianHost(), { target: 'nonsense' }),
			planOn(
				createDebianHost({ held: ['zfs-zed'] }, { commands: [['apt-get --simulate *', recording('s-held-eight')]] }),
			),
			planOn(createDebianHost({}, { commands: [['dkms status *', '']] })),
		]);
		const findings = results.flatMap((result) => [...result.findings]);
		expect(findings.length).toBeGreaterThan(3);
		for (const finding of findings) {
			expect(finding.id).toMatch(/^(?:plan|route)\.[a-z-]+$/);
			expect(finding.remediation[0].text).not.toBe('');
		}
	});
});
