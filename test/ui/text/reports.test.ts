import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { unknown } from '../../../src/facts/fact.js';
import { ownCommands } from '../../../src/plan/own-commands.js';
import { plan } from '../../../src/plan/planned-command.js';
import { renderCheckReport } from '../../../src/ui/text/check-report.js';
import { failureLines } from '../../../src/ui/text/failure.js';
import { renderFinding } from '../../../src/ui/text/finding.js';
import { type Line, line, printLines } from '../../../src/ui/text/line.js';
import { renderPlan } from '../../../src/ui/text/plan.js';
import { rollbackLines } from '../../../src/ui/text/rollback.js';
import { renderStatus } from '../../../src/ui/text/status.js';
import { versionCells, versionTable } from '../../../src/ui/text/versions.js';
import { cellWidth } from '../../../src/ui/text/width.js';
import * as example from '../example-run.js';

const plain = { colour: false, width: 80 } as const;
const facts = example.hostFacts({
	userspace: example.oldVersion,
	loaded: example.oldVersion,
	next: example.newVersion,
});
const printed = (lines: readonly Line[]): string => printLines(lines, false);

describe('the check report', () => {
	const report = renderCheckReport(
		facts,
		[...example.findings, example.blocker],
		example.upgradePlan,
		plain,
		ownCommands(),
	);

	it('shows the four versions, what each kernel has, and the route', () => {
		expect(report).toContain('userspace         loaded module     after next boot  target');
		expect(report).toContain('2.1.11-1+deb12u1  2.1.11-1+deb12u1  2.3.2-2~bpo12+2  2.3.2-2~bpo12+2');
		expect(report).toMatch(/6\.1\.0-55-amd64 {2}2\.1\.11-1\+deb12u1 {2}2\.1\.11-1\+deb12u1/);
		expect(report).toMatch(/6\.1\.0-56-amd64 .* running, boots next/);
		expect(report).toContain('Route dkms-ahead: The module comes from zfs-dkms');
	});

	it('puts the worst first, each with what to do, and the verdict last', () => {
		expect(report.indexOf('blocker')).toBeLessThan(report.indexOf('warning'));
		expect(report.indexOf('warning')).toBeLessThan(report.indexOf('notice'));
		expect(report).toContain('$ zpool wait -t resilver tank');
		expect(report).toContain('1 blocker, 2 warnings, 1 notice, 1 ok.');
		expect(report.trimEnd().split('\n').at(-1)).toBe('Blocked: mend this blocker, then check again: pool.degraded');
	});

	it('says that nothing blocks when the blocker was ignored by name', () => {
		const ignored = { ...example.blocker, ignored: true as const };
		const text = renderCheckReport(facts, [ignored], example.upgradePlan, plain, ownCommands());
		expect(text).toContain('Pool tank is DEGRADED (ignored by name)');
		expect(text).toContain('Nothing blocks the upgrade. Start it with: zfs-lockstep');
	});

	it('stays within the width', () => {
		for (const row of report.split('\n')) {
			expect(cellWidth(row)).toBeLessThanOrEqual(80);
		}
	});

	it('shows what could not be read as unknown', () => {
		const blind = {
			...facts,
			kernels: unknown('ls /lib/modules: permission denied'),
			versions: { ...facts.versions, nextModule: unknown('modinfo is not there') },
		};
		const text = renderCheckReport(blind, [], undefined, plain, ownCommands());
		expect(text).toContain('Kernels: unknown (ls /lib/modules: permission denied)');
		expect(text.split('\n')[3]).toMatch(/2\.1\.11-1\+deb12u1 {2}unknown/);
	});
});

describe('the four versions', () => {
	it('are not made up before anything was read', () => {
		const cells = versionCells(undefined, undefined);
		expect(cells.map(({ version }) => version)).toEqual([
			'not read yet',
			'not read yet',
			'not read yet',
			'not chosen yet',
		]);
	});

	it('fit narrow terminals by shortening, never by overflowing', () => {
		for (const row of versionTable(versionCells(facts, example.upgradePlan), 58)) {
			expect(cellWidth(printed([row]).trimEnd())).toBeLessThanOrEqual(58);
		}
	});
});

describe('the plan', () => {
	const steps = [{ title: 'Upgrade the kernel module', purpose: 'Builds it.', commands: [example.commands.build] }];
	const text = renderPlan(example.upgradePlan, steps, plain);

	it('names what is installed and removed', () => {
		expect(text).toContain('removed packages  libzfs4linux, libzpool5linux');
		expect(text).toContain('OpenZFS 2.1.11-1+deb12u1 -> 2.3.2-2~bpo12+2');
	});

	it('shows each command with what it costs', () => {
		expect(text).toContain('[1/1] Upgrade the kernel module');
		expect(text).toContain('$ dkms build -m zfs -v 2.3.2');
		expect(text).toContain('changes the host, about 7 min, goes on if the terminal is lost');
	});
});

describe('the way back', () => {
	const text = printed(rollbackLines(example.rollback, 60));

	it('is text that a shell reads', () => {
		execFileSync('sh', ['-n'], { input: text });
	});

	it('has every command in order, the reboot among them, and everything else as comments', () => {
		const commands = text.split('\n').filter((row) => row !== '' && !row.startsWith('#'));
		expect(commands).toEqual([
			'dkms install -m zfs -v 2.1.11 -k 6.1.0-56-amd64 --force',
			'update-initramfs -u -k 6.1.0-56-amd64',
			'systemctl reboot',
			'zfs release -r zfs-lockstep \\',
			"    'data pool@zfs-lockstep-20261122-213000'",
		]);
	});

	it('cuts nothing off on a screen, where a long path goes on in the next row', () => {
		const [first] = example.rollback;
		if (first === undefined) throw new Error('the example has no way back');
		const path = `/var/lib/zfs-lockstep/runs/20261122-213000/held-jobs/${'x'.repeat(40)}`;
		const stage = { ...first, commands: [plan('move', 'Put it back', { argv: ['mv', '--', path, '/etc/cron.d/x'] })] };
		const rows = printed(rollbackLines([stage], 60, 'break')).split('\n');
		expect(rows.every((row) => cellWidth(row) <= 60)).toBe(true);
		expect(rows.map((row) => row.trim()).join('')).toContain(path);
	});

	it('says so when there is nothing to undo', () => {
		expect(printed(rollbackLines([], 80))).toBe('# Nothing was changed yet: there is nothing to undo.\n');
	});
});

describe('status', () => {
	it('says where the run stands and who must act', () => {
		const text = renderStatus(
			{
				schemaVersion: 1,
				run: {
					id: '20261122-213000',
					startedAt: 0,
					endedAt: null,
					route: 'dkms-ahead',
					from: '2.1.11',
					target: '2.3.2',
				},
				step: { index: 4, of: 7, id: 'reboot', state: 'waiting' },
				waitingFor: 'reboot',
				next: 'Waiting for a reboot into OpenZFS 2.3.2.',
				versions: { userspace: '2.1.11', loadedModule: '2.1.11', runningKernel: example.kernel },
			},
			plain,
		);
		expect(text).toContain('Step 4 of 7: reboot, waiting\n');
		expect(text).toContain('waiting for    a reboot\n');
		expect(text).toContain('next           Waiting for a reboot into OpenZFS 2.3.2.\n');
	});

	it('says so when no run is recorded', () => {
		const versions = { userspace: 'unknown', loadedModule: 'not loaded', runningKernel: 'unknown' };
		const text = renderStatus(
			{ schemaVersion: 1, run: null, step: null, waitingFor: null, next: 'No run is recorded.', versions },
			plain,
		);
		expect(text).toContain('next           No run is recorded.\n');
		expect(text).toContain('loaded module  not loaded\n');
	});
});

describe('findings and failures', () => {
	it('are shown in full with source', () => {
		const text = renderFinding(example.blocker, plain);
		expect(text).toContain('blocker  Pool tank is DEGRADED\n');
		expect(text).toContain('pool.degraded (source: zpool status, ZFS-8000-2Q)');
	});

	it('say what happened, why it matters, what to do, and what the log said', () => {
		const failure = { what: 'It broke.', why: 'It matters.', todo: ['Mend it.'], lines: ['error: broken'] };
		expect(printed(failureLines(failure, 80))).toBe(
			'It broke.\nIt matters.\n\nWhat to do:\n  - Mend it.\n\nFrom the log:\n  | error: broken\n',
		);
	});
});

describe('printed lines', () => {
	it('carry no control character of a foreign text to the terminal', () => {
		const hostile = 'tank\u001b]0;title\u0007\u001b[2Jx\u009b31m\ry\u202e';
		expect(printLines([line(hostile)], false)).toBe('tankxy\n');
	});

	it('are coloured only where colours show', () => {
		expect(printLines([line('bad news', 'bad')], true)).toBe('\u001b[1;31mbad news\u001b[0m\n');
		expect(printLines([line('bad news', 'bad')], false)).toBe('bad news\n');
	});
});
