import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COMMAND_LAYOUTS, layoutOf, pairVerdict } from '../../src/knowledge/abi.js';
import { RELEASES } from '../../src/knowledge/releases.js';
import { loadRecording } from '../fixtures/load.js';

const release = fc.constantFrom(...RELEASES.map(({ version }) => version));

function idsOf(userspace: string, module: string | null): readonly string[] {
	return pairVerdict(userspace, module).breaks.map((fault) => fault.id);
}

describe('layoutOf', () => {
	it('differs for 2.3.1 alone among all releases since 2.0', () => {
		const shifted = RELEASES.filter(({ version }) => layoutOf(version)?.id === 'shifted');
		expect(shifted.map(({ version }) => version)).toEqual(['2.3.1']);
		expect(layoutOf('2.3.1-1')?.bytes).toBe(13_760);
		expect(layoutOf('2.3.0')?.bytes).toBe(13_744);
		expect(layoutOf('2.4.4')?.bytes).toBe(13_744);
		expect(layoutOf('0.8.6')?.id).toBe('original-without-zoneid');
	});

	it('is known for every release by exactly one row', () => {
		for (const { version } of RELEASES) {
			expect(COMMAND_LAYOUTS).toContain(layoutOf(version));
		}
		expect(layoutOf('0.7.13')).toBeUndefined();
		expect(layoutOf('2.3')).toBeUndefined();
	});
});

describe('the 2.3.1 break', () => {
	// First column userspace, second module: the table of openzfs/zfs#17323, #17330, #17137 and of the measurements.
	it.each([
		['2.3.1', '2.2.7'],
		['2.3.1', '2.3.0'],
		['2.3.2', '2.3.1'],
		['2.1.11', '2.3.1'],
		['2.2.9', '2.3.1'],
		['2.3.0', '2.3.1'],
		['2.3.9', '2.3.1'],
		['2.4.4', '2.3.1'],
		['2.3.1', '2.3.2'],
		['2.3.1', '2.4.0'],
		['2.0.3', '2.3.1'],
		['0.8.6', '2.3.1'],
		['2.3.1', '2.5.0'],
		['2.3.2-2~bpo12+2', 'zfs-kmod-2.3.1-1'],
	])('blocks userspace %s on module %s', (userspace, module) => {
		const verdict = pairVerdict(userspace, module);
		expect(verdict).toMatchObject({ verdict: 'abi-break', severity: 'blocker' });
		expect(verdict.breaks[0]?.id).toBe('pair-abi-2-3-1');
	});

	it('does not exist where both halves are 2.3.1, nor where none is', () => {
		expect(pairVerdict('2.3.1', '2.3.1-2').verdict).toBe('same');
		fc.assert(
			fc.property(release, release, (userspace, module) => {
				const isOneSided = (userspace === '2.3.1') !== (module === '2.3.1');
				expect(pairVerdict(userspace, module).verdict === 'abi-break').toBe(isOneSided);
			}),
		);
	});

	it('agrees with the layouts for every pair of releases', () => {
		fc.assert(
			fc.property(release, release, (userspace, module) => {
				const isShifted = [userspace, module].map((version) => layoutOf(version)?.id === 'shifted');
				expect(pairVerdict(userspace, module).verdict === 'abi-break').toBe(isShifted[0] !== isShifted[1]);
			}),
		);
	});

	it('says what really failed with tools 2.3.2 on a module with that layout', () => {
		const texts = pairVerdict('2.3.2', '2.3.1').breaks[0]?.texts ?? [];
		for (const failed of ['send-I', 'send-R']) {
			const recording = loadRecording(`lab/mismatch/kmod-2.3.1+user-2.3.2/${failed}.txt`);
			expect(texts.filter((text) => recording.stderr.includes(text))).toEqual([
				"warning: cannot send '",
				'Invalid argument',
			]);
		}
		expect(loadRecording('lab/mismatch/kmod-2.3.1+user-2.3.2/send-i.txt').stderr).toBe('');
	});
});

describe('pairs that were tried on real modules', () => {
	const summary = readFileSync(path.resolve(import.meta.dirname, '../fixtures/lab/mismatch/summary.tsv'), 'utf8');
	const rows = summary.split('\n').map((line) => line.split('\t'));
	const pairs = [...new Set(rows.map(([pair]) => pair ?? ''))].filter((pair) => pair !== '');
	const sends = ['send-full', 'send-i', 'send-I', 'send-R', 'send-w', 'send-w-i', 'send-vol', 'send-t'];

	it('are the fourteen of the record, all without 2.3.1', () => {
		expect(pairs).toHaveLength(14);
		expect(summary).not.toContain('2.3.1');
	});

	it.each(pairs)('%s sent everything, and no blocker is claimed for it', (pair) => {
		const [, module = '', userspace = ''] = /^kmod-(.+)\+user-(.+)$/.exec(pair) ?? [];
		const ran = rows.filter(([name, test]) => name === pair && sends.includes(test ?? ''));
		expect(ran).not.toHaveLength(0);
		expect(ran.filter(([, , exitCode]) => exitCode !== '0')).toEqual([]);
		expect(pairVerdict(userspace, module).severity).toBe(userspace === module ? 'ok' : 'warning');
	});

	it('show the harmless "(non-allocating)" exactly where that is foretold', () => {
		for (const [userspace, module] of [
			['2.3.2', '2.1.11'],
			['2.3.2', '2.3.1'],
			['2.4.4', '2.3.2'],
		] as const) {
			const status = loadRecording(`lab/mismatch/kmod-${module}+user-${userspace}/zpool-status.txt`);
			expect(status.stdout.includes('(non-allocating)')).toBe(idsOf(userspace, module).includes('pair-non-allocating'));
		}
	});
});

describe('other pairs', () => {
	it.each([
		['2.4.0', '2.3.9', ['pair-scrub-2-4-tools', 'pair-zpool-upgrade']],
		['2.4.4', '2.2.0', ['pair-scrub-2-4-tools', 'pair-operation-needs-reboot', 'pair-zpool-upgrade']],
		['2.4.4', '2.1.16', ['pair-operation-needs-reboot', 'pair-zpool-upgrade', 'pair-non-allocating']],
		['2.2.0', '2.1.13', ['pair-operation-needs-reboot', 'pair-zpool-upgrade', 'pair-non-allocating']],
		['2.0.1', '0.8.6', ['pair-operation-needs-reboot', 'pair-zpool-upgrade', 'pair-clone-mount-redacted']],
		['0.8.3', '2.0.2', ['pair-resumable-receive-0-8-tools', 'pair-copyout-0-8-tools']],
		['2.2.6', '2.2.4', ['pair-2-2-6-on-2-2-4-io-error']],
		[
			'2.4.1',
			'2.2.2',
			['pair-scrub-2-4-tools', 'pair-operation-needs-reboot', 'pair-zpool-upgrade', 'pair-2-4-1-on-2-2-2-hang'],
		],
	])('names what breaks with userspace %s on module %s', (userspace, module, ids) => {
		expect(pairVerdict(userspace, module)).toMatchObject({ verdict: 'known-fault', severity: 'warning' });
		expect(idsOf(userspace, module)).toEqual(ids);
	});

	it.each([
		['2.1.11', '2.3.2', true],
		['2.2.2', '2.2.6', false],
		['2.1.5', '2.1.9', false],
		['2.3.9', '2.4.4', true],
		['2.3.2', '2.3.9', false],
	])('calls userspace %s on module %s mixed, a warning and no more', (userspace, module, seriesDiffers) => {
		expect(pairVerdict(userspace, module)).toMatchObject({ verdict: 'mixed', severity: 'warning', seriesDiffers });
		expect(idsOf(userspace, module)).toEqual(['pair-mixed-versions']);
	});

	it('are never called the same unless x.y.z is the same', () => {
		fc.assert(
			fc.property(release, release, (userspace, module) => {
				expect(pairVerdict(`${userspace}-1`, `${module}-2ubuntu1`).severity === 'ok').toBe(userspace === module);
			}),
		);
	});

	it('are unknown, not well, where a version cannot be read', () => {
		expect(pairVerdict('2.3', '2.3.2')).toEqual({
			verdict: 'unknown',
			severity: 'warning',
			seriesDiffers: false,
			breaks: [],
		});
		expect(pairVerdict('2.3.2', '').verdict).toBe('unknown');
	});

	it('explain a module that is not loaded', () => {
		expect(pairVerdict('2.3.2', null)).toMatchObject({ verdict: 'module-absent', severity: 'blocker' });
		expect(idsOf('2.3.2', null)).toEqual(['pair-module-not-loaded']);
	});
});
