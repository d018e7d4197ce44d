import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Advisory, CONDITION_MEANINGS, type Condition } from '../../src/knowledge/advisory.js';
import { type AppliedAdvisory, applyAdvisories, type Situation } from '../../src/knowledge/apply-advisories.js';
import { RELEASES } from '../../src/knowledge/releases.js';

const NAMES = Object.keys(CONDITION_MEANINGS) as readonly Condition[];
const NONE = Object.fromEntries(NAMES.map((name) => [name, false])) as Record<Condition, boolean>;

function only(...names: readonly Condition[]): Record<Condition, boolean> {
	return { ...NONE, ...Object.fromEntries(names.map((name) => [name, true])) };
}

function find(id: string, situation: Situation): AppliedAdvisory | undefined {
	return applyAdvisories(situation).find(({ advisory }) => advisory.id === id);
}

describe('an upgrade of both halves', () => {
	const base = { userspace: '2.1.11-1+deb12u1', module: '2.1.11-1', conditions: NONE };

	it('shows what it mends', () => {
		expect(find('zfs-dirty-dnode-holes', { ...base, target: '2.3.2-2~bpo12+2' })).toMatchObject({
			outcome: 'fixed-by-upgrade',
			undetermined: [],
			isExtrapolated: false,
		});
	});

	it('does not claim to mend what the distribution has mended in its own build', () => {
		const situation = { ...base, module: '2.1.11-1+deb12u1', target: '2.3.2-2~bpo12+2' };
		expect(find('zfs-dirty-dnode-holes', situation)).toBeUndefined();
	});

	it('says of a build that carries the fix that going to a release without it brings the fault', () => {
		const situation = { ...base, module: '2.1.11-1+deb12u1', target: '2.1.12-1' };
		expect(find('zfs-dirty-dnode-holes', situation)?.outcome).toBe('brought-by-upgrade');
	});

	it('shows what stays open', () => {
		const applied = find('zfs-usercopy-panic', { ...base, target: '2.3.2' });
		expect(applied).toMatchObject({ outcome: 'open-after-upgrade', undetermined: [] });
	});

	it('shows what it brings', () => {
		const conditions = only('block-cloning');
		expect(find('zfs-bclone-double-free', { ...base, conditions, target: '2.3.2' })?.outcome).toBe(
			'brought-by-upgrade',
		);
		expect(find('zfs-bclone-freed-read', { ...base, conditions, target: '2.3.8' })?.outcome).toBe('brought-by-upgrade');
	});

	it('is silent about what touches neither version', () => {
		const ids = applyAdvisories({ ...base, target: '2.3.2' }).map(({ advisory }) => advisory.id);
		expect(ids).not.toContain('zfs-unload-crash-2-2-4');
		expect(ids).not.toContain('zfs-bclone-freed-read');
		expect(ids).not.toContain('zfs-count-filled-2-1-10');
		expect(ids).not.toContain('pair-mixed-versions');
	});

	it('mends a mismatch, and says so', () => {
		const mixed = { ...base, module: '2.3.1', target: '2.3.2' };
		expect(find('pair-abi-2-3-1', mixed)?.outcome).toBe('fixed-by-upgrade');
		expect(find('pair-mixed-versions', { ...mixed, module: '2.1.9' })?.outcome).toBe('fixed-by-upgrade');
		expect(find('pair-module-not-loaded', { ...base, module: null, target: '2.3.2' })?.outcome).toBe(
			'fixed-by-upgrade',
		);
	});

	it('judges the tools by the version of the tools', () => {
		const skewed = { userspace: '2.2.0', module: '2.1.13', conditions: NONE, target: '2.2.9' };
		expect(find('zfs-send-dry-run-exit', skewed)?.outcome).toBe('open-after-upgrade');
		const newerModule = { ...skewed, userspace: '2.1.13', module: '2.2.0' };
		expect(find('zfs-send-dry-run-exit', newerModule)?.outcome).toBe('brought-by-upgrade');
	});

	it('calls a target that nobody looked at extrapolated', () => {
		const conditions = only('block-cloning');
		expect(find('zfs-bclone-double-free', { ...base, conditions, target: '2.4.5' })).toMatchObject({
			outcome: 'brought-by-upgrade',
			isExtrapolated: true,
		});
	});
});

describe('a host where nothing is to be upgraded', () => {
	it('shows what is present', () => {
		const situation = { userspace: '2.3.2', module: '2.3.1', conditions: NONE };
		expect(find('pair-abi-2-3-1', situation)?.outcome).toBe('present');
		expect(find('zfs-usercopy-panic', situation)?.outcome).toBe('present');
		expect(find('zfs-leaving-2-3-1', situation)).toBeUndefined();
	});

	it('shows no break where both halves are 2.3.1', () => {
		const ids = applyAdvisories({ userspace: '2.3.1', module: '2.3.1-1', conditions: NONE }).map(
			({ advisory }) => advisory.id,
		);
		expect(ids.filter((id) => id.startsWith('pair-'))).toEqual([]);
	});
});

describe('a condition', () => {
	const base = { userspace: '2.1.11', module: '2.1.11', target: '2.3.2' };

	it('that does not hold keeps an advisory away', () => {
		expect(find('zfs-draid-clear', { ...base, conditions: NONE })).toBeUndefined();
	});

	it('that is unknown keeps the advisory and says what is missing', () => {
		const { 'block-cloning': _, ...rest } = only('fast-dedup');
		expect(find('zfs-draid-clear', { ...base, conditions: {} })?.undetermined).toEqual(['draid']);
		expect(find('zfs-ddtprune-double-free', { ...base, conditions: rest })?.undetermined).toEqual(['block-cloning']);
		expect(find('zfs-ddtprune-double-free', { ...base, conditions: { 'fast-dedup': false } })).toBeUndefined();
	});

	it.each([
		['6.16.12-1-amd64', undefined],
		['6.17.0-rc1', []],
		['7.0.3', []],
		[undefined, ['kernel']],
		['own build', ['kernel']],
	])('of the kernel is judged by its version: %s', (kernel, undetermined) => {
		const conditions = only('project-quota');
		expect(find('zfs-project-quota-6-17', { ...base, conditions, kernel })?.undetermined).toEqual(undetermined);
	});

	it('of a stable kernel is exact to the point release', () => {
		const situation = { userspace: '2.3.4', module: '2.3.4', target: '2.3.5', conditions: NONE };
		expect(find('zfs-build-6-12-59', { ...situation, kernel: '6.12.59-1' })?.outcome).toBe('brought-by-upgrade');
		expect(find('zfs-build-6-12-59', { ...situation, kernel: '6.12.58' })).toBeUndefined();
		expect(find('zfs-build-6-12-59', { ...situation, kernel: '6.13.0' })).toBeUndefined();
	});
});

describe('what could not be read', () => {
	it('keeps advisories of the target, and claims neither that they are new nor that anything is mended', () => {
		const situation = { userspace: undefined, module: undefined, target: '2.3.2', conditions: NONE };
		expect(find('zfs-usercopy-panic', situation)).toMatchObject({ outcome: 'open-after-upgrade', undetermined: [] });
		expect(find('zfs-dirty-dnode-holes', situation)).toBeUndefined();
		expect(applyAdvisories(situation).map(({ outcome }) => outcome)).not.toContain('fixed-by-upgrade');
		expect(applyAdvisories(situation).filter(({ advisory }) => advisory.id.startsWith('pair-'))).toEqual([]);
	});

	it('is said where nothing is to be upgraded', () => {
		const situation = { userspace: '2.3.2', module: undefined, conditions: NONE };
		expect(find('zfs-usercopy-panic', situation)).toMatchObject({ outcome: 'present', undetermined: ['version'] });
	});

	it('is a target that is no version', () => {
		const situation = { userspace: '2.1.11', module: '2.1.11', target: 'newest', conditions: NONE };
		expect(find('zfs-usercopy-panic', situation)).toMatchObject({
			outcome: 'open-after-upgrade',
			undetermined: ['target'],
			isExtrapolated: true,
		});
		expect(find('zfs-dirty-dnode-holes', situation)?.outcome).toBe('open-after-upgrade');
	});
});

describe('a way from one version to another', () => {
	it.each([
		['zfs-bclone-on-again', '2.2.1', '2.3.0', true],
		['zfs-bclone-on-again', '2.2.11', '2.4.4', true],
		['zfs-bclone-on-again', '2.2.0', '2.3.0', false],
		['zfs-bclone-on-again', '2.2.1', '2.2.11', false],
		['zfs-leaving-2-3-1', '2.3.1', '2.3.2', true],
		['zfs-leaving-2-3-1', '2.3.1', '2.2.9', true],
		['zfs-leaving-2-3-1', '2.3.1', '2.3.1', false],
		['zfs-leaving-2-3-1', '2.3.0', '2.3.2', false],
		['zfs-entering-2-3-1', '2.3.0', '2.3.1', true],
		['zfs-entering-2-3-1', '2.3.2', '2.3.1', true],
		['zfs-log-rename-types', '2.3.2', '2.1.11', true],
		['zfs-log-rename-types', '2.2.0', '2.1.16', true],
		['zfs-log-rename-types', '2.1.16', '2.2.0', false],
		['zfs-log-rename-types', '2.3.2', '2.2.0', false],
		['zfs-overlayfs-possible', '2.1.16', '2.2.0', true],
		['zfs-overlayfs-possible', '2.2.0', '2.3.0', false],
		['zfs-unload-crash-2-2-4', '2.2.4', '2.2.5', true],
		['zfs-unload-crash-2-2-4', '2.2.5', '2.2.6', false],
		['zfs-bad-block-pointer-2-3-2', '2.3.1', '2.3.2', true],
		['zfs-bad-block-pointer-2-3-2', '2.3.2', '2.3.3', false],
		['zfs-async-destroy-errata', '2.1.11', '2.1.12', true],
		['zfs-async-destroy-errata', '2.1.11', '2.1.11-2', false],
		['zfs-kernel-too-new', '2.1.11', '2.3.2', true],
		['zfs-resume-over-upgrade', '2.1.11', '2.3.2', true],
	])('%s concerns %s to %s: %s', (id, from, to, concerns) => {
		const conditions = only(
			'block-cloning',
			'overlayfs-on-zfs',
			'module-reload',
			'async-destroy-running',
			'kernel-above-maximum',
			'partial-receive',
		);
		const applied = find(id, { userspace: from, module: from, target: to, conditions });
		expect(applied?.outcome).toBe(concerns ? 'brought-by-upgrade' : undefined);
	});

	it('is kept with what is missing where its start cannot be read', () => {
		const situation = { target: '2.3.0', conditions: only('block-cloning') };
		expect(find('zfs-bclone-on-again', situation)?.undetermined).toEqual(['version']);
	});
});

describe('another system', () => {
	const zfs = { userspace: '2.1.11', module: '2.1.11', target: '2.3.2' };

	it('that is not on the host is never mentioned', () => {
		const ids = applyAdvisories({ ...zfs, conditions: {} }).map(({ advisory }) => advisory.component);
		expect(ids.filter((component) => !component.startsWith('zfs-'))).toEqual([]);
	});

	it('stays as it is while ZFS is upgraded', () => {
		const situation = { ...zfs, conditions: only('encryption'), systems: { incus: { version: '6.0.4' } } };
		expect(find('incus-encrypted-copy', situation)?.outcome).toBe('open-after-upgrade');
		const newer = { ...situation, systems: { incus: { version: '7.2' } } };
		expect(find('incus-encrypted-copy', newer)).toBeUndefined();
	});

	it('whose version cannot be read is kept with that said', () => {
		const situation = { ...zfs, conditions: only('encryption'), systems: { incus: {} } };
		expect(find('incus-encrypted-copy', situation)?.undetermined).toEqual(['target']);
		const idle = { conditions: only('encryption'), systems: { incus: { version: 'snapshot' } } };
		expect(find('incus-encrypted-copy', idle)).toMatchObject({ outcome: 'present', undetermined: ['version'] });
	});

	it('needs no version for what concerns every version', () => {
		const situation = { ...zfs, conditions: only('lxd-lacks-target-tools'), systems: { 'lxd-snap': {} } };
		expect(find('lxd-snap-tools-missing', situation)).toMatchObject({
			outcome: 'open-after-upgrade',
			undetermined: [],
		});
	});

	it('is judged by the halves of ZFS where those decide', () => {
		const systems = { incus: { version: '6.0.4' } };
		const situation = { userspace: '2.2.9', module: '2.1.16', target: '2.2.9', conditions: NONE, systems };
		expect(find('incus-assumes-delegation', situation)?.outcome).toBe('fixed-by-upgrade');
		expect(find('incus-assumes-delegation', { ...situation, module: '2.2.9' })).toBeUndefined();
	});
});

describe('the ways of Harvester and Longhorn that lose backing images', () => {
	const conditions = only('backing-image-crd-old');

	it.each([
		['v1.3.2', 'v1.4.0', true],
		['v1.3.2', 'v1.3.3', false],
		['v1.3.1', 'v1.4.0', false],
		['v1.4.0', 'v1.4.1', false],
	])('Harvester %s to %s: %s', (version, target, concerns) => {
		const applied = find('harvester-1-3-2-to-1-4-0', { conditions, systems: { harvester: { version, target } } });
		expect(applied?.outcome).toBe(concerns ? 'brought-by-upgrade' : undefined);
	});

	it.each([
		['v1.6.2', 'v1.7.0', true],
		['v1.6.2', 'v1.7.2', true],
		['v1.6.2', 'v1.7.3', true],
		['v1.6.2', 'v1.7.4', false],
		['v1.6.4', 'v1.8.1', true],
		['v1.6.4', 'v1.8.2', false],
		['v1.6.4', 'v1.9.0', false],
		['v1.7.2', 'v1.8.1', false],
	])('Longhorn %s to %s: %s', (version, target, concerns) => {
		const applied = find('longhorn-backing-image-disks', { conditions, systems: { longhorn: { version, target } } });
		expect(applied?.outcome).toBe(concerns ? 'brought-by-upgrade' : undefined);
	});

	it('are shown where the start is reached and the goal is not known', () => {
		const applied = find('harvester-1-3-2-to-1-4-0', { conditions, systems: { harvester: { version: 'v1.3.2' } } });
		expect(applied).toMatchObject({ outcome: 'present', undetermined: ['target'] });
		const elsewhere = { conditions, systems: { harvester: { version: 'v1.4.1' } } };
		expect(find('harvester-1-3-2-to-1-4-0', elsewhere)).toBeUndefined();
	});

	it('are closed once the definition has the new field', () => {
		const systems = { harvester: { version: 'v1.3.2', target: 'v1.4.0' } };
		expect(find('harvester-1-3-2-to-1-4-0', { conditions: NONE, systems })).toBeUndefined();
	});

	it('are shown while ZFS is upgraded below them as well', () => {
		const systems = { harvester: { version: 'v1.3.2' } };
		const situation = { userspace: '2.1.11', module: '2.1.11', target: '2.3.2', conditions, systems };
		expect(find('harvester-1-3-2-to-1-4-0', situation)).toMatchObject({ outcome: 'present', undetermined: ['target'] });
	});
});

describe('the next known-bad path', () => {
	it('of any system is one entry', () => {
		const entry: Advisory = {
			id: 'docker-30-to-31',
			component: 'docker',
			title: 'Docker 30 to 31 forgets its volumes',
			severity: 'blocker',
			affects: { kind: 'path', from: '>=30.0.0 <31.0.0', to: '>=31.0.0' },
			fixedIn: [],
			symptom: 'Volumes are gone.',
			cause: 'An example.',
			action: 'Stay.',
			sources: ['example/example#1'],
			certainty: 'reported',
		};
		const systems = { docker: { version: '30.1.2', target: '31.0.0' } };
		expect(applyAdvisories({ conditions: {}, systems }, [entry])).toEqual([
			{ advisory: entry, outcome: 'brought-by-upgrade', undetermined: [], isExtrapolated: false },
		]);
	});
});

describe('for any two releases', () => {
	const release = fc.constantFrom(...RELEASES.map(({ version }) => version));

	it('what an upgrade mends is what going back brings', () => {
		fc.assert(
			fc.property(release, release, (from, to) => {
				const ids = (situation: Situation, outcome: string) =>
					applyAdvisories(situation)
						.filter((applied) => applied.outcome === outcome && applied.advisory.affects.kind === 'versions')
						.map(({ advisory }) => advisory.id);
				const there = { userspace: from, module: from, target: to, conditions: {} };
				const back = { userspace: to, module: to, target: from, conditions: {} };
				expect(ids(there, 'fixed-by-upgrade')).toEqual(ids(back, 'brought-by-upgrade'));
				expect(ids(there, 'open-after-upgrade')).toEqual(ids(back, 'open-after-upgrade'));
			}),
		);
	});

	it('nothing is mended or brought by staying', () => {
		fc.assert(
			fc.property(release, (version) => {
				const applied = applyAdvisories({ userspace: version, module: version, target: version, conditions: {} });
				expect(applied.filter(({ outcome }) => outcome !== 'open-after-upgrade')).toEqual([]);
			}),
		);
	});
});
