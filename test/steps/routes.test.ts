import { describe, expect, it } from 'vitest';
import { moduleInInitramfs } from '../../src/host/simulated/initramfs.js';
import { Walk } from './walk.js';

interface RouteCase {
	readonly route: string;
	readonly scenario: string;
	readonly from: string;
	readonly to: string;
	/** That brings the module, and the kernel that has it afterwards. */
	readonly modulePackage: string;
	readonly kernel: string;
}

const modulePackage = 'zfs-modules-6.1.0-56-amd64';

const cases: readonly RouteCase[] = [
	{
		route: 'module-package',
		scenario: 'module-package',
		from: '2.1.11-1+deb12u1',
		to: '2.3.2-2~bpo12+2',
		modulePackage,
		kernel: '6.1.0-56-amd64',
	},
	{
		route: 'one-transaction',
		scenario: 'locked-packages',
		from: '2.1.11-1~site12+1',
		to: '2.3.2-1~site12+1',
		modulePackage,
		kernel: '6.1.0-56-amd64',
	},
	{
		route: 'kernel-package',
		scenario: 'module-with-the-kernel',
		from: '2.2.6-pve1',
		to: '2.2.7-pve2',
		modulePackage: 'proxmox-kernel-6.8',
		kernel: '6.8.12-10-pve',
	},
];

const halves = async (walk: Walk) => {
	const [, tools = ''] = (await walk.ask('dpkg-query', '--show', 'zfsutils-linux')).trim().split('\t');
	return { tools, module: (await walk.ask('cat', '/sys/module/zfs/version')).trim() };
};

describe.each(cases)('the route $route', ({ route, scenario, from, to, kernel, ...one }) => {
	it('brings both halves to the target, the module first in each boot that follows', async () => {
		const walk = new Walk({ scenario });
		const { outcome } = await walk.run({ 'reboot.when': 'now' });
		expect(outcome).toMatchObject({ exitCode: 4 });
		expect(walk.state.plan).toMatchObject({ route, targetVersion: to, kernels: [kernel] });
		expect((await halves(walk)).module).toBe(to);
		expect((await walk.run()).outcome).toMatchObject({ exitCode: 0 });
		expect(await halves(walk)).toEqual({ tools: to, module: to });
		expect(moduleInInitramfs(walk.host.machine(), kernel)?.version).toBe(to);
		expect((await walk.ask('apt-mark', 'showhold')).trim()).toBe('');
	});

	it('leaves a way back in the old boot, before the reboot', async () => {
		const walk = new Walk({ scenario });
		await walk.upTo('module');
		const text = await walk.wayBack();
		if (route === 'kernel-package') expect(text).toContain('Choose 6.8.12-4-pve under "Advanced options"');
		else {
			await walk.rollback();
			await walk.reboot();
			expect(await halves(walk)).toEqual({ tools: from, module: from });
		}
	});

	it('leaves a way back from its end', async () => {
		const walk = new Walk({ scenario });
		await walk.upToReboot();
		await walk.run();
		const text = await walk.wayBack();
		if (route === 'kernel-package') {
			expect(text).toContain('Choose 6.8.12-4-pve under "Advanced options"');
			expect(text.indexOf('Bring the userspace back')).toBeLessThan(text.indexOf('Choose 6.8.12-4-pve'));
		}
		await walk.rollback();
		walk.host.interfere((machine) => ({
			...machine,
			faults: { ...machine.faults, nextBootKernel: route === 'kernel-package' ? '6.8.12-4-pve' : null },
		}));
		await walk.reboot();
		expect(await halves(walk)).toEqual({ tools: from, module: from });
	});

	it('mends in step 3 a transaction that was cut short in step 3, and only then looks at the module', async () => {
		const walk = new Walk({ scenario });
		await walk.upTo('backup');
		walk.host.interfere((machine) => {
			const cut = machine.packages[one.modulePackage];
			if (cut === undefined) throw new Error(`${one.modulePackage} is not there`);
			return {
				...machine,
				packages: { ...machine.packages, [one.modulePackage]: { ...cut, state: 'half-installed' } },
			};
		});
		const { questions } = await walk.upTo('module');
		expect(questions.map(({ id }) => id)).toEqual(['module.recover', 'module.approve']);
		expect(walk.host.machine().packages[one.modulePackage]?.state).toBe('installed');
	});

	it('does not begin a transaction that would now remove something', async () => {
		const walk = new Walk({ scenario });
		await walk.upTo('backup');
		// Something was installed since the plan was made that cannot be beside what is to come.
		const begun: string[] = [];
		walk.onCommand = async ({ id }) => {
			begun.push(id);
		};
		const { host } = walk;
		const real = host.run.bind(host);
		host.run = async (command) => {
			const result = await real(command);
			const isAsked = command.argv[0] === 'apt-get' && command.argv.includes('--simulate');
			if (!isAsked) return result;
			const counted = result.stdout.replace(/(\d+) to remove/, (_, count) => `${Number(count) + 1} to remove`);
			return { ...result, stdout: `${counted}Remv sanoid [2.1.0-3]\n` };
		};
		const { outcome } = await walk.run({}, { until: 'module' });
		expect(outcome).toMatchObject({ exitCode: 1, title: expect.stringContaining('would do more than was agreed to') });
		expect(outcome.lines.join(' ')).toContain('it would remove sanoid');
		expect(begun).not.toContain('module.transaction');
	});
});

it('does not go on to a reboot that would start the old kernel, and writes the boot menu again', async () => {
	const walk = new Walk({ scenario: 'module-with-the-kernel' });
	const menu = walk.host.machine().files['/boot/grub/grub.cfg'];
	await walk.upTo('module');
	walk.host.interfere((machine) => ({
		...machine,
		files: { ...machine.files, ...(menu === undefined ? {} : { '/boot/grub/grub.cfg': menu }) },
	}));
	expect(await walk.probe('module')).toMatchObject({
		state: 'partial',
		evidence: expect.stringContaining('The next boot starts kernel 6.8.12-4-pve, not 6.8.12-10-pve'),
	});
	await walk.upTo('module');
	expect(await walk.probe('module')).toMatchObject({ state: 'done' });
});
