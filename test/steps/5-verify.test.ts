import { beforeEach, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/checks/finding.js';
import { type BootedFacts, readBootedFacts } from '../../src/facts/booted.js';
import { known } from '../../src/facts/fact.js';
import type { Machine } from '../../src/host/simulated/machine.js';
import { withLoaded } from '../../src/host/simulated/module-loading.js';
import { exportPool } from '../../src/host/simulated/pool-import.js';
import { writeText } from '../../src/host/simulated/tree.js';
import { quoteForDisplay } from '../../src/host/text.js';
import { examineBoot, parseImportable } from '../../steps/5-verify/examine-boot.js';
import { examineInventory } from '../../steps/5-verify/examine-inventory.js';
import { type Story, Walk } from './walk.js';

const oldModule = {
	name: 'zfs',
	version: '2.1.11-1+deb12u1',
	srcversion: '7C1D5A0E93B2F4468A0E113',
	kernel: '6.1.0-56-amd64',
	signer: undefined,
	layout: 'ordinary',
} as const;

let walk: Walk;
beforeEach(() => {
	walk = new Walk();
});

const faultsOf = ({ findings }: Story) => findings.filter(({ severity }) => severity === 'blocker');
const typed = ({ remediation }: Finding) => remediation.flatMap(({ commands = [] }) => commands.map(quoteForDisplay));

/** The finding that stopped the story, which must be the only one. */
function onlyFault(story: Story): Finding {
	const [first, ...rest] = faultsOf(story);
	expect(rest.map(({ title }) => title)).toEqual([]);
	if (first === undefined) throw new Error(`nothing was found: ${story.outcome.title}`);
	return first;
}

async function bootWith(change: (machine: Machine) => Machine): Promise<Story> {
	await walk.upTo('module');
	walk.host.interfere(change);
	await walk.upToReboot();
	return walk.run();
}

describe('step 5, when all is well', () => {
	it('asks nothing, changes nothing, and says what it looked at', async () => {
		await walk.upToReboot();
		expect(await walk.probe('verify')).toMatchObject({ state: 'todo' });
		const { questions, typed: changed, findings } = await walk.upTo('verify');
		expect(questions).toEqual([]);
		expect(changed).toEqual([]);
		expect(findings.map(({ id }) => id).sort()).toEqual([
			'verify.inventory',
			'verify.kernel',
			'verify.module',
			'verify.pool',
			'verify.pool',
		]);
		expect(findings.every(({ severity }) => severity === 'ok')).toBe(true);
		expect(await walk.probe('verify')).toMatchObject({ state: 'done' });
		expect(walk.state.evidence.bootIdAfterReboot).toBe(walk.host.machine().bootId);
	});

	it('is done anew after another reboot', async () => {
		await walk.upToReboot();
		await walk.upTo('verify');
		await walk.reboot();
		expect(await walk.probe('verify')).toMatchObject({ state: 'todo' });
	});
});

describe('step 5, one finding a fact, with its commands', () => {
	it('a kernel that was not planned: how to boot the right one', async () => {
		const story = await bootWith((machine) => ({
			...machine,
			faults: { ...machine.faults, nextBootKernel: '6.1.0-50-amd64' },
		}));
		const fault = onlyFault(story);
		expect(fault.id).toBe('verify.kernel');
		expect(fault.title).toBe('The host booted kernel 6.1.0-50-amd64, not 6.1.0-56-amd64');
		const [boot = '', reboot] = typed(fault);
		expect(reboot).toBe('systemctl reboot');
		// What is advised works.
		expect(boot).toMatch(/^grub-reboot gnulinux-/);
		const environment = `# GRUB Environment Block\nnext_entry=${boot.split(' ')[1]}\n`;
		walk.host.interfere((machine) => writeText(machine, '/boot/grub/grubenv', environment));
		await walk.reboot();
		expect((await walk.run()).outcome.exitCode).toBe(0);
	});

	it('a module that did not load: nothing else is told, for all else follows from it', async () => {
		await walk.upToReboot();
		walk.host.interfere((machine) => ({
			...Object.keys(machine.pools).reduce(exportPool, machine),
			modules: {},
		}));
		const fault = onlyFault(await walk.run());
		expect(fault.id).toBe('verify.module-not-loaded');
		expect(typed(fault)).toEqual([
			'modprobe zfs',
			"journalctl -b -k --grep 'zfs|spl'",
			'grep -rn zfs /etc/modprobe.d /proc/cmdline',
			'systemctl reboot',
			'zfs-lockstep rollback',
		]);
	});

	it('an old module that was loaded: what to put in place, rebuild and reboot', async () => {
		await walk.upToReboot();
		walk.host.interfere((machine) => withLoaded({ ...machine, modules: {} }, oldModule));
		const fault = onlyFault(await walk.run());
		expect(fault).toMatchObject({
			id: 'verify.module',
			title: `The loaded module is ${oldModule.version}, not 2.3.2-2~bpo12+2`,
		});
		expect(typed(fault)).toEqual([
			"journalctl -b -k --grep 'zfs|spl'",
			'dkms install --force -m zfs -v 2.3.2 -k 6.1.0-56-amd64',
			'update-initramfs -u -k 6.1.0-56-amd64',
			'systemctl reboot',
			'zfs-lockstep rollback',
		]);
	});

	it('an initramfs with the old module: step 3 is not done any more, and rebuilds it', async () => {
		walk = new Walk({ scenario: 'module-missing-from-initramfs' });
		walk.host.interfere((machine) => ({ ...machine, faults: { ...machine.faults, initramfsWithoutModule: [] } }));
		const image = '/boot/initrd.img-6.1.0-56-amd64';
		const old = walk.host.machine().files[image];
		if (old === undefined) throw new Error(`there is no ${image}`);
		await walk.upTo('module');
		await walk.run({ 'reboot.when': 'later' });
		walk.host.interfere((machine) => ({ ...machine, files: { ...machine.files, [image]: old } }));
		await walk.reboot();
		expect(await walk.ask('cat', '/sys/module/zfs/version')).toContain(oldModule.version);
		const { logs, typed: changed, outcome } = await walk.upToReboot();
		expect(logs.join('\n')).toContain(`holds ${oldModule.version}`);
		expect(changed).toContain('update-initramfs -u -k 6.1.0-56-amd64');
		expect(outcome.exitCode).toBe(4);
		expect((await walk.run()).outcome.exitCode).toBe(0);
	});

	it('a pool whose disk is away: which disks are here, and no forcing', async () => {
		const story = await bootWith((machine) => ({
			...machine,
			faults: { ...machine.faults, poolsMissingAfterBoot: ['backup'] },
		}));
		const fault = onlyFault(story);
		expect(fault).toMatchObject({ id: 'verify.pool-missing', title: 'Pool "backup" is not imported' });
		expect(fault.detail).toContain('zpool import finds no device of it');
		expect(typed(fault)).toContain('zpool import -d /dev/disk/by-id backup');
		expect(typed(fault)).toContain('zfs-lockstep --ignore-check verify.pool-missing');
		expect(typed(fault).join()).not.toMatch(/ -f\b/);
	});

	it('a pool that is here but was not imported: how to import, unlock and mount it', async () => {
		await walk.upToReboot();
		await walk.ask('zpool', 'export', 'backup');
		const fault = onlyFault(await walk.run());
		expect(fault.id).toBe('verify.pool-not-imported');
		expect(typed(fault).slice(0, 3)).toEqual([
			'zpool import -d /dev/disk/by-id backup',
			'zfs load-key -r backup',
			'zfs mount -a',
		]);
		await walk.ask('zpool', 'import', '-d', '/dev/disk/by-id', 'backup');
		await walk.ask('zfs', 'mount', '-a');
		expect((await walk.run()).outcome.exitCode).toBe(0);
	});

	it('a unit that failed: its journal, what it does by hand, and its start', async () => {
		await walk.upToReboot();
		walk.host.interfere((machine) => {
			const unit = machine.units['zfs-mount.service'];
			if (unit === undefined) throw new Error('no such unit');
			const failed = { ...unit, activeState: 'failed', subState: 'failed' } as const;
			return { ...machine, units: { ...machine.units, 'zfs-mount.service': failed } };
		});
		const fault = onlyFault(await walk.run());
		expect(fault).toMatchObject({ id: 'verify.unit-failed', title: 'zfs-mount.service failed' });
		expect(typed(fault)).toEqual([
			'systemctl status --no-pager zfs-mount.service',
			'journalctl -b -u zfs-mount.service',
			'zfs mount -a',
			'systemctl restart zfs-mount.service',
		]);
	});

	it('a dataset that is not mounted: what stands in the way, and the mount', async () => {
		await walk.upToReboot();
		await walk.ask('zfs', 'unmount', 'tank/home');
		const fault = onlyFault(await walk.run());
		expect(fault.title).toBe('Dataset "tank/home" is not mounted any more');
		expect(typed(fault)).toEqual(['zfs get canmount,mountpoint,mounted,keystatus tank/home', 'zfs mount tank/home']);
	});

	it('a key that is not loaded, with the datasets that it keeps locked, is one fact', async () => {
		walk = new Walk({ scenario: 'encrypted' });
		await walk.upToReboot();
		const story = await walk.run();
		const keys = story.findings.filter(({ id }) => id === 'verify.inventory-key');
		expect(keys.map(({ title }) => title)).toContain('The key of "tank/secure" is not loaded');
		expect(keys[0]?.detail).toBe('So not mounted any more: "tank/secure", "tank/secure/mail".');
		expect(typed(keys[0] as Finding)).toEqual(['zfs load-key tank/secure', 'zfs mount -a']);
		const titles = story.findings.map(({ title }) => title);
		expect(new Set(titles).size).toBe(titles.length);
		expect(story.outcome.lines.join('\n')).toContain('zfs load-key tank/secure; zfs mount -a');
	});

	it('is gone on with by name where the administrator knows better', async () => {
		const ignored = await (async () => {
			await walk.upToReboot();
			await walk.ask('zpool', 'export', 'backup');
			return walk.run({}, { until: 'verify', ignoredChecks: ['verify.pool-not-imported', 'verify.inventory-pool'] });
		})();
		expect(ignored.outcome.exitCode).toBe(0);
		expect(ignored.findings.find(({ id }) => id === 'verify.pool-not-imported')?.ignored).toBe(true);
	});
});

describe('what zpool import lists', () => {
	it('is read pool by pool', () => {
		const block = (name: string, state: string) =>
			`   pool: ${name}\n     id: 123\n  state: ${state}\n action: The pool can be imported.\n config:\n\n\t${name}  ${state}\n\t  sda   ${state}\n\n`;
		expect(parseImportable(block('tank', 'ONLINE') + block('a pool', 'UNAVAIL'))).toEqual([
			{ name: 'tank', state: 'ONLINE' },
			{ name: 'a pool', state: 'UNAVAIL' },
		]);
		expect(parseImportable('')).toEqual([]);
	});
});

describe('step 5, where something could not be read or is half well', () => {
	const unread = { known: false, why: 'zpool list did not end within 30 s' } as const;

	async function examine(change: Partial<BootedFacts>): Promise<readonly string[]> {
		const { context } = walk.sit();
		const facts = await readBootedFacts(context.host);
		return examineBoot(context, { ...facts, ...change }).map(({ severity, id }) => `${severity} ${id}`);
	}

	it('passes neither pools nor units', async () => {
		await walk.upToReboot();
		expect(await examine({ pools: unread })).toEqual(['blocker verify.pools-unknown']);
		expect(await examine({ units: unread })).toContain('blocker verify.units-unknown');
	});

	it.each([
		['DEGRADED', 'warning'],
		['SUSPENDED', 'blocker'],
		['UNKNOWN', 'blocker'],
	] as const)('a pool that is %s is a %s', async (health, severity) => {
		await walk.upToReboot();
		const { pools } = await readBootedFacts(walk.host);
		if (!pools.known) throw new Error(pools.why);
		const [first, ...others] = pools.value;
		if (first === undefined) throw new Error('there is no pool');
		expect(await examine({ pools: known([{ ...first, health }, ...others], 'a test') })).toEqual([
			`${severity} verify.pool-health`,
			'ok verify.pool',
		]);
	});

	it('says so when there is nothing to compare with', async () => {
		await walk.upToReboot();
		const { context } = walk.sit();
		const { inventory: _, ...evidence } = context.state().evidence;
		const without = { ...context, state: () => ({ ...context.state(), evidence }) };
		expect(await examineInventory(without, new Set())).toEqual([
			expect.objectContaining({ severity: 'warning', id: 'verify.inventory-absent' }),
		]);
	});

	it('stops when the inventories cannot be compared: a missing dataset would not be noticed', async () => {
		await walk.upToReboot();
		await walk.ask('rm', '-rf', '--', `${walk.runDirectory}/inventory-before`);
		const story = await walk.run();
		expect(onlyFault(story).id).toBe('verify.inventory-unknown');
	});
});
