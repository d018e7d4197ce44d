import { beforeEach, describe, expect, it } from 'vitest';
import { Walk } from './walk.js';

let walk: Walk;
beforeEach(async () => {
	walk = new Walk();
	await walk.upToReboot();
	await walk.upTo('verify');
});

const tools = async () => (await walk.ask('zfs', 'version')).split('\n')[0];

describe('step 6', () => {
	it('asks once, with the whole transaction and what goes, and runs exactly that', async () => {
		const { questions, typed, commands } = await walk.upTo('userspace');
		expect(questions).toMatchObject([{ id: 'userspace.approve', kind: 'confirm' }]);
		const [question] = questions;
		expect(question?.body[0]).toBe(
			'6 packages are upgraded, 2 come new, 2 go (libzpool5linux, libzfs4linux: replaced by the new libraries).',
		);
		const shown = question?.kind === 'confirm' ? question.commands.map(({ id }) => id) : [];
		const run = commands.filter(({ effect }) => effect !== 'nothing').map(({ id }) => id);
		expect(shown.filter((id) => run.includes(id))).toEqual(run);
		const [transaction = ''] = typed;
		expect(transaction).toContain('--no-auto-remove');
		expect(transaction).toContain('--force-confold');
		for (const name of ['zfs-dkms', 'zfsutils-linux', 'zfs-zed', 'zfs-initramfs', 'libzfs6linux', 'libzpool6linux']) {
			expect(transaction).toContain(`'${name}=2.3.2-2~bpo12+2'`);
		}
		expect(typed.slice(-2)).toEqual([
			'systemctl try-restart zfs-zed.service',
			expect.stringMatching(/^apt-mark auto /),
		]);
		expect(await tools()).toBe('zfs-2.3.2-2~bpo12+2');
	});

	it('lets the transaction outlive the terminal, and keeps the host from going down meanwhile', async () => {
		const { commands } = await walk.upTo('userspace');
		expect(commands.find(({ id }) => id === 'userspace.transaction')).toMatchObject({
			mode: 'detached',
			inhibitShutdown: true,
		});
	});

	it('a no leaves the new module with the old tools', async () => {
		const { outcome, typed } = await walk.run({ 'userspace.approve': false });
		expect([outcome.exitCode, typed]).toEqual([5, []]);
		expect(await tools()).toBe('zfs-2.1.11-1+deb12u1');
		expect(await walk.probe('userspace')).toMatchObject({ state: 'todo' });
	});

	it('keeps the module of the kernel that one falls back to', async () => {
		await walk.upTo('userspace');
		for (const kernel of ['6.1.0-56-amd64', '6.1.0-50-amd64']) {
			expect(await walk.ask('modinfo', '-k', kernel, '-F', 'version', 'zfs')).toContain('2.3.2');
		}
		expect(await walk.probe('userspace')).toMatchObject({
			state: 'done',
			evidence: '8 packages and the tools are at 2.3.2-2~bpo12+2.',
		});
	});

	it('waits when the lock is taken between the check and apt itself: apt does, by its own option', async () => {
		walk.onCommand = async ({ id }) => {
			if (id !== 'userspace.transaction') return;
			walk.host.interfere((machine) => ({
				...machine,
				aptLock: { pid: 812, process: 'unattended-upgr', until: machine.clock + 120 },
			}));
		};
		const { outcome, typed } = await walk.run({}, { until: 'userspace' });
		expect(outcome.exitCode).toBe(0);
		expect(typed[0]).toContain('DPkg::Lock::Timeout=600');
		expect(await tools()).toBe('zfs-2.3.2-2~bpo12+2');
	});

	it('ends with 75 when apt gives up on that lock, names who has it, and finishes at the next start', async () => {
		walk.onCommand = async ({ id }) => {
			if (id !== 'userspace.transaction') return;
			walk.host.interfere((machine) => ({
				...machine,
				aptLock: { pid: 812, process: 'unattended-upgr', until: machine.clock + 3000 },
			}));
			walk.onCommand = undefined;
		};
		const { outcome } = await walk.run();
		expect(outcome.exitCode).toBe(75);
		expect(await tools()).toBe('zfs-2.1.11-1+deb12u1');
		walk.host.interfere((machine) => ({ ...machine, aptLock: null }));
		await walk.upTo('userspace');
		expect(await tools()).toBe('zfs-2.3.2-2~bpo12+2');
	});

	it('waits with a message for a lock that is taken before, then gives up with 75 and nothing changed', async () => {
		walk.host.interfere((machine) => ({
			...machine,
			aptLock: { pid: 812, process: 'unattended-upgr', until: machine.clock + 3000 },
		}));
		const { outcome, logs, typed } = await walk.run();
		expect(outcome.exitCode).toBe(75);
		expect(logs.join('\n')).toMatch(/Waiting for another package manager to finish: .*unattended-upgr/);
		expect(typed).toEqual([]);
	});

	it('comes back to the old version by the one transaction that it prints', async () => {
		await walk.upTo('userspace');
		expect(await walk.wayBack()).toContain('--allow-downgrades');
		expect((await walk.rollback()).outcome.exitCode).toBe(4);
		expect(await tools()).toBe('zfs-2.1.11-1+deb12u1');
		await walk.reboot();
		expect((await walk.rollback()).outcome.exitCode).toBe(0);
		expect(await walk.ask('cat', '/sys/module/zfs/version')).toContain('2.1.11');
	});
});
