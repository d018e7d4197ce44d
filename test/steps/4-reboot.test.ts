import { beforeEach, describe, expect, it } from 'vitest';
import { writeText } from '../../src/host/simulated/tree.js';
import { quoteForDisplay } from '../../src/host/text.js';
import { Walk } from './walk.js';

let walk: Walk;
beforeEach(async () => {
	walk = new Walk({ scenario: 'held-jobs' });
	await walk.upTo('module');
});

const boots = () => walk.host.machine().boots;

describe('step 4', () => {
	it('never reboots by a mere yes: later is suggested, and now takes the word', async () => {
		const before = boots();
		const { questions, outcome, typed } = await walk.run();
		expect(questions).toMatchObject([{ id: 'reboot.when', kind: 'choose', suggested: 'later' }]);
		expect([outcome.exitCode, typed, boots()]).toEqual([4, [], before]);
		const now = await walk.run({ 'reboot.when': 'now' });
		expect(now.questions[1]).toMatchObject({ id: 'reboot.confirm', kind: 'confirm', typeWord: 'reboot' });
		expect([now.typed, boots()]).toEqual([['systemctl reboot'], before + 1]);
	});

	it('says what will happen, how long it takes, and what to do if the host does not come back', async () => {
		const { questions } = await walk.run();
		const said = questions[0]?.body.join('\n') ?? '';
		expect(said).toContain('The host boots kernel 6.1.0-56-amd64 and loads OpenZFS 2.3.2-2~bpo12+2.');
		expect(said).toContain('two to ten minutes');
		expect(said).toContain('console');
		expect(said).toContain(`${walk.runDirectory}/ROLLBACK.txt`);
		expect(await walk.ask('cat', `${walk.runDirectory}/ROLLBACK.txt`)).toContain('dkms install --force');
	});

	it('stays where it is when the word is not given', async () => {
		const before = boots();
		const { outcome, typed } = await walk.run({ 'reboot.when': 'now', 'reboot.confirm': false });
		expect([outcome.exitCode, typed, boots()]).toEqual([4, [], before]);
	});

	it('knows a reboot by its boot id, and asks for no second one', async () => {
		expect(await walk.probe('reboot')).toMatchObject({ state: 'todo' });
		await walk.upToReboot();
		expect(await walk.probe('reboot')).toMatchObject({ state: 'done' });
		const { questions } = await walk.upTo('verify');
		expect(questions).toEqual([]);
	});

	it('is done by a reboot that somebody else did meanwhile', async () => {
		await walk.run();
		await walk.reboot();
		expect(await walk.probe('reboot')).toMatchObject({ state: 'done' });
	});
});

describe('a boot loader that would start another kernel than the one that was proven', () => {
	const loseMenu = async () => {
		const menu = await walk.ask('cat', '/boot/grub/grub.cfg');
		walk.host.interfere((machine) =>
			writeText(machine, '/boot/grub/grub.cfg', menu.replaceAll('6.1.0-56-amd64', '6.1.0-50-amd64'), 0o444),
		);
	};

	it('stops the run before anything is asked, and the menu that is written anew lets it go on', async () => {
		await loseMenu();
		const before = boots();
		const { outcome, questions, findings } = await walk.run({ 'reboot.when': 'now' });
		expect([outcome.exitCode, questions, boots()]).toEqual([1, [], before]);
		expect(findings).toMatchObject([{ id: 'reboot.next-kernel', severity: 'blocker' }]);
		expect(outcome.lines.join('\n')).toContain('update-grub');
		await walk.ask('update-grub');
		await walk.upToReboot();
	});

	it('stops the run where the menu is empty, as a power cut may leave it', async () => {
		walk.host.interfere((machine) => writeText(machine, '/boot/grub/grub.cfg', '', 0o444));
		const { outcome, findings } = await walk.run({ 'reboot.when': 'now' });
		expect(outcome.exitCode).toBe(1);
		expect(findings[0]?.title).toBe('The boot menu /boot/grub/grub.cfg has no entry for kernel 6.1.0-56-amd64');
		// There is nothing that could be chosen in it.
		expect(outcome.lines.join('\n')).not.toContain('grub-reboot');
	});

	it('is booted all the same by name', async () => {
		await loseMenu();
		const { outcome } = await walk.run({ 'reboot.when': 'now' }, { ignoredChecks: ['reboot.next-kernel'] });
		expect(outcome.exitCode).toBe(4);
	});
});

describe('a job that was let go before the reboot', () => {
	const dropIn = '/etc/systemd/system/sanoid.service.d/zz-zfs-lockstep-hold.conf';
	const release = async () => {
		await walk.ask('rm', '-f', '--', dropIn);
		await walk.ask('systemctl', 'daemon-reload');
	};

	/** Step 2 sees it only at the next start; here it happens while step 3 builds. */
	async function releaseDuringBuild(answers: Parameters<Walk['run']>[0], options: Parameters<Walk['run']>[1] = {}) {
		walk = new Walk({ scenario: 'held-jobs' });
		await walk.upTo('backup');
		walk.onCommand = async ({ id }) => {
			if (id === 'module.initramfs.6.1.0-50-amd64') await release();
		};
		return walk.run(answers, options);
	}

	it('is shown with the commands that hold it again, and held after a yes', async () => {
		const { findings, questions, typed } = await releaseDuringBuild({});
		const finding = findings.find(({ id }) => id === 'jobs.unpaused');
		expect(finding).toMatchObject({ severity: 'blocker', title: 'Not on hold before the reboot: sanoid.service' });
		const commands = finding?.remediation.flatMap((one) => (one.commands ?? []).map(quoteForDisplay)) ?? [];
		expect(commands[0]).toContain(dropIn);
		expect(questions.map(({ id }) => id)).toEqual(['module.approve', 'reboot.hold-again', 'reboot.when']);
		expect(typed.slice(-2)).toEqual([expect.stringContaining(dropIn), 'systemctl daemon-reload']);
		expect(await walk.host.files.stat(dropIn)).toBeDefined();
	});

	it('keeps the host from rebooting after a no', async () => {
		const { outcome, questions } = await releaseDuringBuild({ 'reboot.hold-again': false });
		expect(outcome).toMatchObject({ exitCode: 5 });
		expect(outcome.title).toContain('zfs-lockstep --ignore-check jobs.unpaused');
		expect(questions.map(({ id }) => id)).not.toContain('reboot.when');
	});

	it('may run all the same when that is asked for by name', async () => {
		const options = { ignoredChecks: ['jobs.unpaused'] };
		const { findings, questions } = await releaseDuringBuild({}, options);
		expect(findings.find(({ id }) => id === 'jobs.unpaused')?.ignored).toBe(true);
		expect(questions.map(({ id }) => id)).toEqual(['module.approve', 'reboot.when']);
	});
});
