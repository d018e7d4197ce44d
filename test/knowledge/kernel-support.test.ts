import { describe, expect, it } from 'vitest';
import { KERNEL_RULES, kernelRuleOf, kernelSupport, kernelWithin } from '../../src/knowledge/kernel-support.js';
import { RELEASES } from '../../src/knowledge/releases.js';
import { isInRange } from '../../src/knowledge/version.js';

describe('kernelSupport', () => {
	it.each([
		['2.1.11', '6.1.0-56-amd64', 'supported'],
		['2.1.11', '6.2.16-20-pve', 'supported'],
		['2.1.11', '6.3.0', 'too-new'],
		['2.3.2-2~bpo12+2', '6.1.0-56-amd64', 'supported'],
		['2.3.0', '6.12.59', 'supported'],
		['2.3.0', '6.13.0', 'too-new'],
		['2.4.4', '7.2.1', 'supported'],
		['2.4.4', '7.3.0-rc1', 'too-new'],
		['2.2.6', '3.10.0-1160.el7', 'supported'],
		['2.2.7', '3.10.0-1160.el7', 'too-old'],
		['2.2.7', '4.18.0-553.el8_10', 'supported'],
		['2.2.7', '4.17.19', 'too-old'],
		['2.0.7', '5.9.0', 'supported'],
		['2.0.7', '5.16.0', 'too-new'],
		['0.8.6', '2.6.32-754.el6', 'supported'],
		['2.4.5', '6.12.0', 'unknown-release'],
		['2.5.0', '6.12.0', 'unknown-release'],
		['2.3', '6.12.0', 'unknown-release'],
		['2.4.4', 'current', 'unknown-kernel'],
	])('says for %s on %s: %s', (zfs, kernel, support) => {
		expect(kernelSupport(zfs, kernel)).toBe(support);
	});

	it('holds for every release at both ends of its range', () => {
		for (const release of RELEASES) {
			expect(kernelSupport(release.version, `${release.linuxMin}.0`)).toBe('supported');
			expect(kernelSupport(release.version, `${release.linuxMax}.99-generic`)).toBe('supported');
			const [major, minor] = release.linuxMax.split('.').map(Number);
			expect(kernelSupport(release.version, `${major}.${(minor ?? 0) + 1}.0`)).toBe('too-new');
		}
	});
});

it('judges a release newer than the table by the limits of its own META file', () => {
	expect(kernelWithin({ linuxMin: '4.18', linuxMax: '7.3' }, '7.3.2-1-default')).toBe('supported');
	expect(kernelWithin({ linuxMin: '4.18', linuxMax: '7.3' }, '7.4.0')).toBe('too-new');
	expect(kernelWithin({ linuxMin: '', linuxMax: '7.3' }, '7.3.0')).toBe('unknown-kernel');
});

describe('what configure does beyond the range', () => {
	it('is said for every release by exactly one rule', () => {
		for (const { version } of RELEASES) {
			expect(KERNEL_RULES.filter((rule) => isInRange(version, rule.range))).toHaveLength(1);
		}
	});

	it.each([
		['2.2.11', 0],
		['2.3.0', 1],
		['2.3.6', 1],
		['2.3.7', 2],
		['2.4.0', 1],
		['2.4.1', 1],
		['2.4.2', 2],
		['2.5.0', 2],
	])('changes at the release that changed it: %s follows rule %i', (version, rule) => {
		expect(kernelRuleOf(version)).toBe(KERNEL_RULES[rule]);
	});

	it('tells that up to 2.2 only a probe fails, and from 2.3 on configure refuses', () => {
		expect(kernelRuleOf('2.2.11')?.aboveMaximum).toContain('no upper limit');
		expect(kernelRuleOf('2.3.0')?.aboveMaximum).toContain('--enable-linux-experimental');
		expect(kernelRuleOf('2.4.2')?.belowMinimum).toContain('fs_context');
		expect(kernelRuleOf('zfs')).toBeUndefined();
	});
});
