import { expect, it } from 'vitest';
import { ADVISORIES } from '../../src/knowledge/advisories/index.js';
import { describeAffects, explainEntry, findAdvisory } from '../../src/knowledge/explain.js';

it('explains every advisory and every pair fault in full', () => {
	for (const { id } of ADVISORIES) {
		const { texts, commands, ...words } = explainEntry(id) ?? { texts: [], commands: [] };
		expect(Object.keys(words)).toEqual([
			'id',
			'title',
			'severity',
			'what',
			'why',
			'action',
			'ranges',
			'source',
			'certainty',
		]);
		expect(Object.values(words).flat()).not.toContain('');
		expect([...texts, ...commands.flat()]).not.toContain('');
	}
});

it('says who is affected in words', () => {
	expect(explainEntry('zfs-project-quota-6-17')).toMatchObject({
		severity: 'warning',
		ranges: [
			'zfs-module: <2.2.9 || >=2.3.0 <2.3.5',
			'on kernels >=6.17.0',
			'only if project quotas are used',
			'fixed in 2.2.9, 2.3.5',
		],
		source: '#17869, #17884',
		certainty: 'read in the source, the commit or the tag',
	});
	expect(explainEntry('zfs-bclone-double-free')?.ranges.at(-1)).toBe('no fixed release is known');
	expect(explainEntry('pair-abi-2-3-1')?.ranges[0]).toBe('zfs-pair: exactly one of userspace and module is 2.3.1');
	expect(explainEntry('harvester-1-3-2-to-1-4-0')?.ranges[0]).toBe('harvester: from 1.3.2 to 1.4.0');
	expect(describeAffects({ kind: 'path', from: '*', to: '*' })).toBe('every upgrade');
});

it('finds an entry by its CVE number, in any letter case', () => {
	expect(findAdvisory('cve-2023-49298')?.id).toBe('zfs-dirty-dnode-holes');
	expect(explainEntry('CVE-2026-79619')?.id).toBe('zfs-user-namespace-admin');
	expect(explainEntry('PAIR-ABI-2-3-1')?.id).toBe('pair-abi-2-3-1');
});

it('does not explain what it does not know', () => {
	expect(explainEntry('versions.abi-break')).toBeUndefined();
	expect(explainEntry('')).toBeUndefined();
});
