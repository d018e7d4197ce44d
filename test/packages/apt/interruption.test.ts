import { describe, expect, test } from 'vitest';
import { apt } from '../../../src/packages/apt/apt.js';
import { findUnfinished, parseHistory } from '../../../src/packages/apt/history.js';
import { parseStatusTable } from '../../../src/packages/apt/installed-packages.js';
import { findTransactionProcesses } from '../../../src/packages/apt/processes.js';
import { readSimulation } from '../../../src/packages/apt/simulation.js';
import { judgeTransaction } from '../../../src/packages/judge-transaction.js';
import type { Interruption, RecoveryStep, SetChange } from '../../../src/packages/package-manager.js';
import { loadRecording, loadTranscript } from '../../fixtures/load.js';
import { type CommandTable, createTableHost } from '../../support/table-host.js';

function readRecorded(name: string) {
	const { exitCode = 0, stdout, stderr } = loadRecording(`packages/apt-2.6.2/${name}.txt`);
	return readSimulation({ code: exitCode, stdout, stderr });
}

/** What the recording of a killed transaction says under one of its headings. */
function section(file: string, heading: string): string {
	const text = loadTranscript(`packages/${file}`)[0]?.stdout ?? '';
	const start = text.indexOf(`===== ${heading}`);
	const body = text.slice(text.indexOf('\n', start) + 1);
	return body.slice(0, body.indexOf('\n====='));
}

/** `iF  zfs-dkms 2.3.2-2` rows of a recording as the table that the program asks for. */
function statusTable(rows: string): string {
	return rows
		.split('\n')
		.map((row) => /^([a-z][a-zA-Z]R?) +(\S+) (\S+)$/.exec(row))
		.flatMap((match) => (match ? [`${match[2]}\tamd64\t${match[3]}\t${match[1]?.padEnd(3)}\tzfs-linux\n`] : []))
		.join('');
}

/** `PID PPID PGID SID TT STAT COMMAND` of the recordings as the columns that the program asks for. */
function processTable(text: string): string {
	return text
		.split('\n')
		.map((row) => /^ *(\d+) +\d+ +\d+ +\d+ \S+ +\S+ +(?:[|\\_ ]+ )?(.*)$/.exec(row))
		.flatMap((match) => (match ? [`${match[1]?.padStart(7)} 4026531836 ${match[2]}\n`] : []))
		.join('');
}

function commands(status: string, processes = ''): CommandTable {
	return [
		['dpkg-query --show *', status],
		['ps *', processes],
	];
}

describe('an interrupted transaction', () => {
	test('killed while the module was built: half-configured packages and dpkg’s journal are found', async () => {
		const host = createTableHost({
			commands: commands(statusTable(section('kill-3-pipe-aptget.txt', 'status'))),
			files: {
				'/var/lib/dpkg/updates/0003': 'Package: zfs-dkms\n',
				'/var/log/apt/history.log': `\n${section('kill-3-pipe-aptget.txt', 'history.log last')}\n`,
			},
		});
		const found = await apt.readInterruption(host);
		expect(found).toMatchObject({ known: true, value: { isDatabaseInterrupted: true, running: [] } });
		expect(found.known && found.value.incomplete.map(({ name, status }) => `${status} ${name}`)).toContain(
			'iF zfs-dkms',
		);
		expect(found.known && found.value.unfinished).toMatch(/^apt-get -y --no-install-recommends/);
	});

	test('killed while unpacking: a package that must be reinstalled is found though apt says all is well', async () => {
		const host = createTableHost({ commands: commands(statusTable(section('kill-5-pipe-dpkg-unpack.txt', 'status'))) });
		const found = await apt.readInterruption(host);
		expect(found.known && found.value.incomplete.map(({ name, status }) => `${status} ${name}`)).toEqual([
			'iHR zfs-dkms',
			'iU zfs-initramfs',
		]);
	});

	test('commands that only ask dkms or apt are not a transaction, those that build are', () => {
		const running = [
			' 4115 4026531836 /bin/bash /usr/sbin/dkms status -m zfs',
			' 4116 4026531836 apt-get --simulate --quiet=1 install -- zfs-dkms=2.3.2-2~bpo12+2',
			' 4117 4026531836 /bin/bash /usr/sbin/dkms build zfs/2.3.2 -k 6.1.0-56-amd64',
			' 4118 4026531836 apt-get install -y zfs-dkms',
			'',
		].join('\n');
		expect(findTransactionProcesses(running, '4026531836').map(({ pid }) => pid)).toEqual([4117, 4118]);
	});

	test('maintainer scripts that outlived dpkg are found', () => {
		const text = section('kill-4-pipe-dpkg.txt', 'timeline');
		const afterwards = processTable(text.slice(text.indexOf('ps end:')));
		expect(findTransactionProcesses(afterwards, '4026531836').map(({ pid }) => pid)).toEqual([
			847, 853, 858, 1004, 1039, 1129, 1130,
		]);
	});

	test('a container’s own transaction is none of ours', () => {
		const line = '   5554 4026532999 /usr/bin/dpkg --status-fd 20 --configure --pending\n';
		expect(findTransactionProcesses(line, '4026531836')).toEqual([]);
		expect(findTransactionProcesses(line, '4026532999')).toHaveLength(1);
		expect(findTransactionProcesses(line, undefined)).toHaveLength(1);
	});

	test.each([
		'apt-get -y install zfs-dkms',
		'/usr/bin/apt-get update',
		'/usr/bin/python3 /usr/bin/unattended-upgrade',
		'/bin/sh /var/lib/dpkg/info/zfs-dkms.postinst configure 2.1.11',
		'/bin/bash /usr/sbin/dkms build -m zfs',
		'/var/lib/dpkg/tmp.ci/preinst upgrade',
		'/usr/bin/perl -w /usr/share/debconf/frontend /var/lib/dpkg/info/x.postinst',
	])('%s is part of a transaction', (command) => {
		expect(findTransactionProcesses(` 12 1 ${command}\n`, undefined)).toEqual([{ pid: 12, command }]);
	});

	test.each([
		'/usr/bin/python3 /usr/share/unattended-upgrades/unattended-upgrade-shutdown --wait-for-signal',
		'vi /var/lib/dpkg/info/zfs-dkms.postinst',
		'grep apt-get /var/log/syslog',
		'/usr/sbin/aptd',
		'dpkg-query --show',
		'node /usr/bin/zfs-lockstep run',
	])('%s is not', (command) => {
		expect(findTransactionProcesses(` 12 1 ${command}\n`, undefined)).toEqual([]);
	});

	test('a host that was left in order has nothing to mend', async () => {
		const host = createTableHost({ commands: commands('zfs-dkms\tall\t2.3.2-1\tii \tzfs-linux\n') });
		expect(await apt.readInterruption(host)).toMatchObject({
			value: { incomplete: [], isDatabaseInterrupted: false, running: [], unfinished: undefined },
		});
	});

	test('without a list of processes nothing is concluded', async () => {
		const host = createTableHost({
			commands: [
				['dpkg-query --show *', ''],
				['ps *', 'not-installed'],
			],
		});
		expect(await apt.readInterruption(host)).toMatchObject({ known: false });
	});
});

describe('the way out', () => {
	const oldVersion = '2.1.11-1+deb12u1';
	const newVersion = '2.3.2-2~bpo12+2';
	const status = loadRecording('packages/apt-2.6.2/interrupted-status.txt');
	const set = parseStatusTable(status.stdout).filter(({ source }) => source === 'zfs-linux');
	const names = [
		...set.map(({ name }) => name).filter((name) => !/^lib(?:zfs|zpool)\d/.test(name)),
		'libzfs6linux',
		'libzpool6linux',
	];
	const forward: SetChange = {
		direction: 'forward',
		from: { kind: 'archive', packages: names.map((name) => ({ name, version: newVersion })) },
	};
	const back: SetChange = {
		direction: 'back',
		from: { kind: 'files', files: ['/saved/libzfs4linux_2.1.11_amd64.deb', '/saved/zfs-dkms_2.1.11_all.deb'] },
	};

	/** Killed with `kill -9` in the prerm of zfs-dkms. */
	async function readKilled(processes = ''): Promise<Interruption> {
		const host = createTableHost({
			commands: [
				['dpkg-query --show *', status],
				['ps *', processes],
			],
			files: { '/var/lib/dpkg/updates/0001': '' },
		});
		const found = await apt.readInterruption(host);
		if (!found.known) throw new Error(found.why);
		return found.value;
	}

	const changeOf = (plan: readonly RecoveryStep[]) =>
		plan.map((step) => step.kind === 'run' && step.change).at(-1) || undefined;

	test('waits for what still runs, finishes what was unpacked, then repeats the whole set', async () => {
		const plan = apt.planRecovery(
			await readKilled('    847 1 /usr/bin/perl -w /usr/share/debconf/frontend x\n'),
			forward,
		);
		expect(plan.map(({ kind }) => kind)).toEqual(['wait', 'run', 'run']);
		expect(plan[0]).toMatchObject({ pids: [847] });
		expect(plan[1]).toMatchObject({
			mayFail: true,
			command: { argv: ['dpkg', '--force-confdef', '--force-confold', '--configure', '--pending'] },
		});
		expect(plan[2]).toMatchObject({ mayFail: false });
	});

	test('forward names the old libraries, without which apt refuses the set in this state', async () => {
		const change = changeOf(apt.planRecovery(await readKilled(), forward));
		expect(change).toEqual({ ...forward, remove: ['libzfs4linux', 'libzpool5linux'] });
		expect(change && apt.transactionCommand(change).argv.slice(-2)).toEqual(['libzfs4linux-', 'libzpool5linux-']);

		expect(readRecorded('interrupted-forward-refused')).toMatchObject({ kind: 'impossible' });
		const simulation = readRecorded('interrupted-forward');
		expect(
			simulation.kind === 'possible' &&
				judgeTransaction(simulation.transaction, { direction: 'forward', targetVersion: newVersion, installed: set }),
		).toMatchObject({
			kind: 'acceptable',
			renamedLibraries: ['libzpool5linux', 'libzfs4linux'],
		});
	});

	test('back installs again what is half there, from the saved files', async () => {
		const change = changeOf(apt.planRecovery(await readKilled(), back));
		expect(change).toMatchObject({ repair: true, remove: [] });
		expect(change && apt.transactionCommand(change).argv).toEqual(
			expect.arrayContaining(['--fix-broken', '--reinstall']),
		);

		expect(readRecorded('interrupted-back-refused')).toMatchObject({ kind: 'impossible' });
		const simulation = readRecorded('interrupted-back');
		const transaction = simulation.kind === 'possible' ? simulation.transaction : undefined;
		expect(transaction?.reinstall.map(({ name }) => name)).toContain('zfs-dkms');
		expect(transaction?.downgrade.map(({ name }) => name).toSorted()).toEqual(['python3-pyzfs', 'zfs-initramfs']);
		expect(
			transaction && judgeTransaction(transaction, { direction: 'back', targetVersion: oldVersion, installed: set }),
		).toMatchObject({ kind: 'acceptable' });
	});

	test('back takes the new libraries away first, half or whole: apt cannot, and dpkg would not', async () => {
		const whole = await readKilled();
		const plan = apt.planRecovery({ ...whole, libraries: [...whole.libraries, 'libzfs6linux'] }, back);
		expect(plan.map((step) => step.kind === 'run' && step.command.argv[0])).toEqual(['dpkg', 'dpkg', 'apt-get']);
		const argv = ['dpkg', '--force-depends', '--force-remove-reinstreq', '--remove', '--', 'libzfs6linux'];
		expect(plan[1]).toMatchObject({ mayFail: true, command: { argv } });
	});

	test('never lets apt mend without the whole set: it would remove zfs-initramfs', async () => {
		const bare = readRecorded('interrupted-fix-broken');
		expect(bare.kind === 'possible' && bare.transaction.remove.map(({ name }) => name)).toEqual([
			'python3-pyzfs',
			'zfs-initramfs',
		]);
		for (const step of apt.planRecovery(await readKilled(), back)) {
			const argv: readonly string[] = step.kind === 'run' ? step.command.argv : [];
			if (argv.includes('--fix-broken')) expect(argv).toContain('/saved/zfs-dkms_2.1.11_all.deb');
		}
		for (const step of apt.planRecovery(await readKilled(), forward)) {
			if (step.kind === 'run') expect(step.command.argv).not.toContain('--fix-broken');
		}
	});

	test('is only the transaction itself when nothing was left behind', () => {
		const clean: Interruption = {
			incomplete: [],
			libraries: ['libzfs4linux', 'libzpool5linux'],
			isDatabaseInterrupted: false,
			running: [],
			unfinished: 'apt-get install',
		};
		expect(apt.planRecovery(clean, back)).toMatchObject([{ change: { ...back, remove: [] } }]);
	});
});

describe('apt’s own record', () => {
	test('tells an ended transaction from a killed one', () => {
		const ended = parseHistory(`\n${section('kill-4-pipe-dpkg.txt', 'history.log last')}\n`);
		expect(ended.at(-1)).toMatchObject({
			startDate: '2026-11-22  07:05:52',
			endDate: '2026-11-22  07:06:12',
			error: 'Sub-process /usr/bin/dpkg exited unexpectedly',
		});
		expect(findUnfinished(ended)).toBeUndefined();
		const killed = parseHistory(`\n${section('kill-3-pipe-aptget.txt', 'history.log last')}\n`);
		expect(findUnfinished(killed)).toMatchObject({ commandLine: expect.stringContaining('zfs-dkms') });
	});

	test('only the last transaction counts', () => {
		const text = '\nStart-Date: 1\nCommandline: a\n\nStart-Date: 2\nCommandline: b\nEnd-Date: 3\n';
		expect(findUnfinished(parseHistory(text))).toBeUndefined();
		expect(parseHistory('')).toEqual([]);
	});
});
