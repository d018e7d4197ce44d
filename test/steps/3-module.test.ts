import { beforeEach, describe, expect, it } from 'vitest';
import { Walk } from './walk.js';

const kernels = ['6.1.0-56-amd64', '6.1.0-50-amd64'];

let walk: Walk;
beforeEach(async () => {
	walk = new Walk();
	await walk.upTo('backup');
});

const versionOnDisk = (kernel: string) => walk.ask('modinfo', '-k', kernel, '-F', 'version', 'zfs');

describe('step 3 by dkms-ahead', () => {
	it('asks once, and runs exactly what it showed', async () => {
		const { questions, commands, typed } = await walk.upTo('module');
		expect(questions).toMatchObject([{ id: 'module.approve', kind: 'confirm' }]);
		const [question] = questions;
		const shown = question?.kind === 'confirm' ? question.commands.map(({ id }) => id) : [];
		expect(commands.filter(({ effect }) => effect !== 'nothing').map(({ id }) => id)).toEqual(shown);
		expect(typed.slice(typed.indexOf('dkms add -m zfs -v 2.3.2'))).toEqual([
			'dkms add -m zfs -v 2.3.2',
			...kernels.map((kernel) => `dkms build -m zfs -v 2.3.2 -k ${kernel}`),
			...kernels.map((kernel) => `dkms install --force -m zfs -v 2.3.2 -k ${kernel}`),
			...kernels.map((kernel) => `update-initramfs -u -k ${kernel}`),
		]);
	});

	it('touches no package, and leaves the loaded module alone', async () => {
		const packages = walk.host.machine().packages;
		await walk.upTo('module');
		expect(walk.host.machine().packages).toEqual(packages);
		expect(await walk.ask('cat', '/sys/module/zfs/version')).toContain('2.1.11');
	});

	it('proves the module on the disk and in the initramfs of each kernel', async () => {
		expect(await walk.probe('module')).toMatchObject({ state: 'todo' });
		await walk.upTo('module');
		const { state, evidence } = await walk.probe('module');
		expect(state).toBe('done');
		for (const kernel of kernels) {
			expect(await versionOnDisk(kernel)).toContain('2.3.2');
			expect(evidence).toContain(`/boot/initrd.img-${kernel} holds 2.3.2-2~bpo12+2`);
		}
	});

	it('a no changes nothing', async () => {
		const { outcome, typed } = await walk.run({ 'module.approve': false });
		expect([outcome.exitCode, typed]).toEqual([5, []]);
		expect(await walk.probe('module')).toMatchObject({ state: 'todo' });
		for (const kernel of kernels) expect(await versionOnDisk(kernel)).toContain('2.1.11');
	});

	it('shows the decisive lines when the build fails, has changed nothing that boots, and goes on once it is mended', async () => {
		walk.host.interfere((machine) => ({
			...machine,
			faults: { ...machine.faults, buildFails: [{ version: '2.3.2', kernels: [] }] },
		}));
		const { outcome } = await walk.run();
		expect(outcome.exitCode).toBe(1);
		expect(outcome.lines.join('\n')).toContain('error: implicit declaration of function');
		for (const kernel of kernels) expect(await versionOnDisk(kernel)).toContain('2.1.11');
		expect(await walk.probe('module')).toMatchObject({ state: 'partial' });
		walk.host.interfere((machine) => ({ ...machine, faults: { ...machine.faults, buildFails: [] } }));
		const { typed } = await walk.upTo('module');
		expect(typed).not.toContain('dkms add -m zfs -v 2.3.2');
		expect(await walk.probe('module')).toMatchObject({ state: 'done' });
	});

	it('says not to reboot when the initramfs came out without the module', async () => {
		walk = new Walk({ scenario: 'module-missing-from-initramfs' });
		const { outcome } = await walk.run();
		expect(outcome.exitCode).toBe(6);
		expect(outcome.lines).toContain('Do not reboot.');
		expect(outcome.lines.join('\n')).toContain('the initramfs holds no zfs module');
	});

	it('is undone by the rollback that it prints, down to the source', async () => {
		await walk.upTo('module');
		const way = await walk.wayBack();
		for (const kernel of kernels) expect(way).toContain(`dkms install --force -m zfs -v 2.1.11 -k ${kernel}`);
		expect(way).toContain('While the old module is the loaded one no reboot is needed');
		const { outcome } = await walk.rollback();
		expect(outcome.exitCode, outcome.lines.join('\n')).toBe(0);
		for (const kernel of kernels) expect(await versionOnDisk(kernel)).toContain('2.1.11');
		expect(await walk.host.files.stat('/usr/src/zfs-2.3.2')).toBeUndefined();
		expect(await walk.ask('dkms', 'status', '-m', 'zfs')).not.toContain('2.3.2');
	});
});
