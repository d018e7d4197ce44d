import { describe, expect, test } from 'vitest';
import { apt } from '../../../src/packages/apt/apt.js';
import { findUnfinished, parseHistory } from '../../../src/packages/apt/history.js';
import { findTransactionProcesses } from '../../../src/packages/apt/processes.js';
import type { Interruption, SetChange } from '../../../src/packages/package-manager.js';
import { loadTranscript } from '../../fixtures/load.js';
import { type CommandTable, createTableHost } from '../../support/table-host.js';

const repeat: SetChange = {
	direction: 'forward',
	from: { kind: 'files', files: ['/new/zfs-dkms.deb'] },
	changeHeld: true,
};

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
	const incomplete = { name: 'zfs-dkms', architecture: 'all', version: '2.3.2-1', source: 'zfs-linux' } as const;
	const left: Interruption = {
		incomplete: [{ ...incomplete, status: 'iF', isHeld: false, isComplete: false }],
		isDatabaseInterrupted: true,
		running: [{ pid: 847, command: '/usr/bin/perl -w /usr/share/debconf/frontend' }],
		unfinished: 'apt-get install',
	};

	test('waits for what still runs, finishes what was unpacked, then repeats the whole transaction', () => {
		const plan = apt.planRecovery(left, repeat);
		expect(plan.map(({ kind }) => kind)).toEqual(['wait', 'run', 'run']);
		expect(plan[0]).toMatchObject({ pids: [847] });
		expect(plan[1]).toMatchObject({
			mayFail: true,
			command: { argv: ['dpkg', '--force-confdef', '--force-confold', '--configure', '--pending'] },
		});
		expect(plan[2]).toMatchObject({ mayFail: false, command: apt.transactionCommand(repeat) });
	});

	test('never uses apt’s own repair, which removed zfs-initramfs', () => {
		for (const step of apt.planRecovery(left, repeat)) {
			if (step.kind === 'run') expect(step.command.argv).not.toContain('-f');
			if (step.kind === 'run') expect(step.command.argv.join(' ')).not.toContain('fix-broken');
		}
	});

	test('is only the transaction again when nothing was left behind', () => {
		const clean: Interruption = {
			incomplete: [],
			isDatabaseInterrupted: false,
			running: [],
			unfinished: 'apt-get install',
		};
		expect(apt.planRecovery(clean, repeat)).toHaveLength(1);
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
