import { expect } from 'vitest';
import { waitFor } from '../host.ts';
import { putFile, putTree } from '../scenario/files.ts';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';

// sanoid's snapshots on tank/data, and what the cron job makes of tank/data/child
const s = scenario('systems-on-zfs', { changing: /@autosnap_|offsite/ });

interface Finding {
	readonly id: string;
	readonly severity: string;
	readonly title: string;
	readonly detail: string;
}

async function check(exitCode: number, keepAs: string): Promise<{ verdict: string; findings: readonly Finding[] }> {
	const { stdout } = await s.mustRun(`zfs-lockstep check --target ${newVersion} --json`, exitCode);
	s.transcript.keep(keepAs, stdout);
	return JSON.parse(stdout);
}

/** What the two jobs have made so far: names of snapshots with their seconds since the epoch. */
async function madeByJobs(): Promise<ReadonlyMap<string, number>> {
	const listed = await s.machine.mustExec(
		"zfs list -Hp -t snapshot -o name,creation | grep -E '@(autosnap_|offsite-)'",
	);
	return new Map(
		listed
			.trim()
			.split('\n')
			.map((line) => line.split('\t') as [string, string])
			.map(([name, creation]) => [name, Number(creation)]),
	);
}

async function waitForBothJobs(since: number): Promise<void> {
	await waitFor(
		'both jobs at work',
		600,
		async () => {
			const made = await madeByJobs().catch(() => new Map<string, number>());
			const later = [...made].filter(([, creation]) => creation >= since).map(([name]) => name);
			const isSent = await s.machine.exec('zfs list -H -t snapshot -o name -r backup/offsite | tail -n 1');
			const [, sent = 'none'] = isSent.stdout.trim().split('@');
			const isBoth =
				later.some((name) => name.includes('@autosnap_')) && later.some((name) => name.endsWith(`@${sent}`));
			return isBoth ? true : undefined;
		},
		3000,
	);
}

/** Seconds since the epoch, by the guest's clock. */
async function now(): Promise<number> {
	return Number(await s.machine.mustExec('date +%s'));
}

/** When the program had done that command, by its own journal. */
async function momentOf(command: string): Promise<number> {
	const line = await s.machine.mustExec(
		`grep '"type":"outcome"' /var/log/zfs-lockstep/events.jsonl | grep '"command":"${command}"' | tail -n 1`,
	);
	return Date.parse(JSON.parse(line).at) / 1000;
}

s.part('a guest with sanoid, a cron job that sends, and the files of containerd and CRI-O', async () => {
	await s.mustRun('apt-get install -y -q --no-install-recommends sanoid 2>&1 | tail -n 3');
	await s.mustRun('zfs create -p -o mountpoint=/var/lib/containerd/io.containerd.snapshotter.v1.zfs tank/containerd');
	await s.mustRun('zfs create -o mountpoint=/var/lib/crio tank/crio');
	const fixtures = 'test/fixtures/consumers';
	await putFile(s.machine, `${fixtures}/containerd/zfs.toml`, '/etc/containerd/config.toml');
	await putFile(s.machine, `${fixtures}/nerdctl/kubespray.toml`, '/etc/nerdctl/nerdctl.toml');
	await putFile(s.machine, `${fixtures}/containers/storage-zfs.conf`, '/etc/containers/storage.conf');
	await putFile(s.machine, `${fixtures}/crio/crio.conf`, '/etc/crio/crio.conf');
	await putFile(s.machine, `${fixtures}/crio/20-zfs.conf`, '/etc/crio/crio.conf.d/20-zfs.conf');
	await putTree(s.machine, 'test/lab/systems');
	const start = await now();
	await s.mustRun('systemctl daemon-reload && systemctl restart sanoid.timer');
	await waitForBothJobs(start);
	await s.rememberData();
});

s.part(
	'check blocks on the trap of CRI-O, whose storage lies on a dataset under a folder that is not ZFS',
	async () => {
		const { verdict, findings } = await check(3, 'check-before-mending.json');
		expect(verdict).toBe('blocked');
		expect(findings.filter(({ severity }) => severity === 'blocker').map(({ id }) => id)).toEqual([
			'containers-storage.graphroot-parent',
		]);
	},
);

s.part('with the dataset named, as the finding says, nothing blocks, and every job of the guest is named', async () => {
	await putFile(s.machine, 'test/fixtures/consumers/crio/30-fsname.conf', '/etc/crio/crio.conf.d/30-fsname.conf');
	const { verdict, findings } = await check(0, 'check.json');
	expect(verdict).toBe('ready');
	const found = new Map(findings.map((finding) => [finding.id, finding]));
	expect(found.get('containers-storage.ready')?.severity).toBe('ok');
	expect(found.get('containerd.tools-split')?.severity).toBe('warning');
	const jobs = `${found.get('jobs.unpaused')?.title} ${found.get('jobs.unpaused')?.detail}`;
	for (const job of ['sanoid.service', 'sanoid-prune.service', '/etc/cron.d/offsite', '/etc/cron.d/sanoid']) {
		expect(jobs).toContain(job);
	}
	expect(found.has('packages.transaction-running')).toBe(false);
});

let held = 0;
s.part('run --yes holds the jobs: no timer and no cron makes a snapshot or sends until the reboot', async () => {
	await s.mustRun(`zfs-lockstep run --yes --target ${newVersion}`, 4);
	held = await momentOf('backup.hold-job.reload');
	await s.mustRun('ls /etc/cron.d; systemctl show -p DropInPaths sanoid.service sanoid-prune.service');
});

s.part('the timer that missed its runs fires at the boot, and its service is skipped', async () => {
	await s.mustRun('systemctl show -p Persistent sanoid.timer');
	await s.reboot();
	const skipped = 'journalctl -b -u sanoid.service --no-pager | grep -c "was skipped because of an unmet condition"';
	await waitFor(
		'sanoid.timer',
		200,
		async () => ((await s.machine.exec(skipped)).exitCode === 0 ? true : undefined),
		2000,
	);
	await s.mustRun('journalctl -b -u sanoid.timer -u sanoid.service -u sanoid-prune.service -u cron.service --no-pager');
	await s.versions('after the reboot');
});

s.part('run --yes finishes, lets the jobs go after the green smoke test, and they catch up', async () => {
	await s.mustRun('zfs-lockstep run --yes');
	await s.expectLockstep('after the upgrade', guest.versions.new);
	const smokeTestGreen = await momentOf('smoke-test.tank.remove');
	const released = await momentOf('finish.resume-job.reload');
	expect(released).toBeGreaterThan(smokeTestGreen);
	await waitForBothJobs(released);
	const made = [...(await madeByJobs())].sort(([, a], [, b]) => a - b);
	s.transcript.screen(
		`snapshots of the jobs; held from ${held} to ${released}`,
		made.map(([name, creation]) => `${creation} ${name}`).join('\n'),
	);
	// a second of the clock on either side: creation is in whole seconds
	const meanwhile = made.filter(([, creation]) => creation > held + 1 && creation < smokeTestGreen - 1);
	expect(meanwhile).toEqual([]);
	await s.mustRun('test -x /usr/local/sbin/offsite-send && cat /etc/cron.d/offsite && ls /etc/cron.d');
	await s.mustRun('! ls /etc/systemd/system/sanoid*.service.d');
});

s.part('all that was there is there, and sends of every kind work', async () => {
	await s.expectDataUnharmed();
	await s.expectSendsWork();
});
