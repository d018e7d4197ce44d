import semverValidRange from 'semver/ranges/valid.js';
import { describe, expect, it } from 'vitest';
import { ADVISORIES } from '../../src/knowledge/advisories/index.js';
import { type Advisory, CERTAINTY_MEANINGS, COMPONENTS, CONDITION_MEANINGS } from '../../src/knowledge/advisory.js';
import { RELEASES } from '../../src/knowledge/releases.js';
import { compareVersions, isInRange, parseSeries, parseZfsRelease } from '../../src/knowledge/version.js';

/** Every semver range that an entry holds. */
function rangesOf({ affects, kernel }: Advisory): readonly string[] {
	const ranges = kernel === undefined ? [] : [kernel];
	switch (affects.kind) {
		case 'versions':
		case 'one-side':
			return [...ranges, affects.range];
		case 'pairs':
			return [...ranges, ...affects.pairs.flatMap((pair) => [pair.userspace, pair.module])];
		case 'path':
			return [...ranges, affects.from, affects.to];
		default:
			return ranges;
	}
}

function isZfs({ component }: Advisory): boolean {
	return component.startsWith('zfs-');
}

describe('the list of advisories', () => {
	it('has one entry for each id and alias', () => {
		const names = ADVISORIES.flatMap(({ id, aliases = [] }) => [id, ...aliases.map((alias) => alias.toLowerCase())]);
		expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
	});

	it('uses every condition that a host can be asked for, and every component', () => {
		const used = new Set(ADVISORIES.flatMap(({ requires = [] }) => requires));
		expect(Object.keys(CONDITION_MEANINGS).filter((name) => !used.has(name as never))).toEqual([]);
		const components = new Set(ADVISORIES.map(({ component }) => component));
		expect(COMPONENTS.filter((component) => !components.has(component))).toEqual([]);
	});

	it('covers every advisory of OpenZFS that the research found', () => {
		// One number that leads to each of A1 to A43, in that order; A2 by its CVE, A43 by its errata.
		const numbers = [17323, 0, 18604, 15526, 15464, 15513, 15529, 18412, 18724, 18842, 18520, 17886, 12014, 18739];
		numbers.push(18477, 18143, 18105, 16025, 18286, 18186, 17546, 17420, 16249, 15933, 14753, 14413, 12762, 12299);
		numbers.push(13855, 15533, 17307, 18415, 15918, 17869, 7734, 17924, 17976, 15258, 18920, 18488, 15410, 18314, 0);
		expect(numbers).toHaveLength(43);
		const sources = ADVISORIES.filter(isZfs).flatMap((advisory) => advisory.sources);
		const wanted = numbers.map((number) => (number === 0 ? 'CVE-2026-79619' : `#${number}`));
		expect([...wanted, 'openzfs-docs ZFS-8000-ER'].filter((source) => !sources.includes(source))).toEqual([]);
	});
});

describe.each(ADVISORIES.map((advisory) => [advisory.id, advisory] as const))('%s', (_, advisory) => {
	it('is complete', () => {
		expect(advisory.id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
		expect(COMPONENTS).toContain(advisory.component);
		expect(['blocker', 'warning', 'notice']).toContain(advisory.severity);
		expect(Object.keys(CERTAINTY_MEANINGS)).toContain(advisory.certainty);
		const { title, symptom, cause, action } = advisory;
		for (const text of [title, symptom, cause, action]) {
			expect(text.trim()).toBe(text);
			expect(text.length).toBeGreaterThan(7);
		}
		expect(title.length).toBeLessThanOrEqual(110);
		expect(title.endsWith('.')).toBe(false);
		expect([symptom, cause, action].filter((text) => !/[.)]$/.test(text))).toEqual([]);
	});

	it('says where it comes from, in words that lead there', () => {
		expect(advisory.sources).not.toHaveLength(0);
		expect(advisory.sources.filter((source) => !/#\d+|[A-Za-z]{3}/.test(source))).toEqual([]);
		const bare = advisory.sources.filter((source) => /^#\d+$/.test(source));
		expect(isZfs(advisory) ? [] : bare).toEqual([]);
	});

	it('has no empty list or text in its optional parts', () => {
		for (const list of [advisory.texts, advisory.commands, advisory.requires, advisory.aliases]) {
			expect(list ?? ['given']).not.toHaveLength(0);
		}
		const words = [...(advisory.texts ?? []), ...(advisory.commands ?? []).flat(), ...advisory.fixedIn];
		expect(words.filter((word) => word.trim() === '')).toEqual([]);
		const conditions = advisory.requires ?? [];
		expect(conditions.filter((condition) => !(condition in CONDITION_MEANINGS))).toEqual([]);
	});

	it('has ranges that can be compared, without prereleases', () => {
		for (const range of rangesOf(advisory)) {
			expect(semverValidRange(range), range).not.toBeNull();
			expect(range).not.toContain('-');
		}
	});

	it('is mended by the releases that it names, and stays so in their series', () => {
		const { affects, fixedIn } = advisory;
		expect(fixedIn.map((version) => parseZfsRelease(version))).toEqual(fixedIn);
		expect(new Set(fixedIn.map(parseSeries)).size).toBe(fixedIn.length);
		if (affects.kind !== 'versions' || !isZfs(advisory)) {
			return;
		}
		for (const fixed of fixedIn) {
			const series = RELEASES.filter(({ version }) => parseSeries(version) === parseSeries(fixed));
			const later = series.filter(({ version }) => compareVersions(version, fixed) >= 0);
			expect(later.filter(({ version }) => isInRange(version, affects.range))).toEqual([]);
			const before = series.filter(({ version }) => compareVersions(version, fixed) < 0).at(-1)?.version;
			expect(before === undefined || isInRange(before, affects.range)).toBe(true);
		}
	});

	it('names the fix of each series in which it ends', () => {
		const { affects, fixedIn } = advisory;
		if (affects.kind !== 'versions' || !isZfs(advisory)) {
			return;
		}
		for (const [index, { version }] of RELEASES.entries()) {
			const next = RELEASES[index + 1]?.version;
			const isSameSeries = next !== undefined && parseSeries(next) === parseSeries(version);
			if (isSameSeries && isInRange(version, affects.range) && !isInRange(next, affects.range)) {
				expect(fixedIn).toContain(next);
			}
		}
	});
});

describe('the versions that an advisory of OpenZFS affects', () => {
	// Each row: a version just before, inside at both ends, and just after each range of the research.
	it.each([
		['zfs-dirty-dnode-holes', ['0.8.0', '2.1.13', '2.2.0', '2.2.1'], ['2.1.14', '2.2.2', '2.3.0']],
		['zfs-bclone-encryption', ['2.2.0'], ['2.1.16', '2.2.1']],
		['zfs-bclone-log-replay', ['2.2.0', '2.2.1'], ['2.1.16', '2.2.2']],
		['zfs-bclone-set-by-hand-on-2-2', ['2.2.1', '2.2.11'], ['2.2.0', '2.3.0']],
		['zfs-bclone-truncate-read', ['2.3.0', '2.3.6', '2.4.0', '2.4.1'], ['2.2.11', '2.3.7', '2.4.2']],
		['zfs-bclone-freed-read', ['2.3.7', '2.3.8', '2.4.2', '2.4.3'], ['2.3.6', '2.3.9', '2.4.1', '2.4.4']],
		['zfs-bclone-double-free', ['2.3.0', '2.3.9', '2.4.0', '2.4.4'], ['2.2.11']],
		['zfs-ddtprune-double-free', ['2.3.0', '2.3.7', '2.4.0', '2.4.2'], ['2.2.11', '2.3.8', '2.4.3']],
		['zfs-brt-large-vdev', ['2.2.0', '2.2.8', '2.3.0', '2.3.4'], ['2.1.16', '2.2.9', '2.3.5', '2.4.0']],
		[
			'zfs-send-encrypted-non-raw',
			['2.0.0', '2.1.16', '2.2.7', '2.3.0', '2.3.2'],
			['0.8.6', '2.2.8', '2.3.3', '2.4.0'],
		],
		['zfs-send-redacted-last-block', ['2.0.0', '2.2.11', '2.3.7', '2.4.0', '2.4.2'], ['0.8.6', '2.3.8', '2.4.3']],
		['zfs-receive-large-microzap', ['2.3.0', '2.3.9', '2.4.0'], ['2.2.11', '2.4.1']],
		['zfs-receive-large-blocks', ['0.8.0', '2.3.9', '2.4.0'], ['2.4.1', '2.4.4']],
		['zfs-next-offset-search', ['0.8.0', '2.2.8', '2.3.0', '2.3.4'], ['2.2.9', '2.3.5', '2.4.0']],
		['zfs-draid-clear', ['2.1.0', '2.2.9', '2.3.0', '2.3.6', '2.4.0', '2.4.1'], ['2.0.7', '2.2.10', '2.3.7', '2.4.2']],
		['zfs-dnode-sync-range-tree', ['2.2.11', '2.3.6', '2.4.0', '2.4.1'], ['2.3.7', '2.4.2']],
		['zfs-path-lookup-use-after-free', ['2.2.11', '2.3.3'], ['2.3.4', '2.4.0']],
		['zfs-suspended-pool-sync', ['2.2.10', '2.3.0', '2.3.2'], ['2.2.11', '2.3.3', '2.4.0']],
		['zfs-mmap-flush', ['2.2.0', '2.2.3'], ['2.2.4', '2.3.0']],
		['zfs-count-filled-2-1-10', ['2.1.10'], ['2.1.9', '2.1.11']],
		['zfs-gang-encryption-2-1-8', ['2.1.8'], ['2.1.7', '2.1.9']],
		['zfs-send-ashift-9-12', ['2.0.6', '2.1.0', '2.1.1'], ['2.0.7', '2.1.2', '2.2.0']],
		['zfs-send-file-references', ['2.0.0', '2.0.5', '2.1.0'], ['0.8.6', '2.0.6', '2.1.1']],
		['zfs-receive-recordsize-hang', ['0.8.0', '2.1.5'], ['2.1.6', '2.2.0']],
		['zfs-bio-alignment-2-2-1', ['2.2.1'], ['2.2.0', '2.2.2']],
		['zfs-snapshot-automount-deadlock', ['2.4.0', '2.4.1'], ['2.3.9', '2.4.2']],
		['zfs-usercopy-panic', ['2.2.11', '2.3.6', '2.4.0', '2.4.1'], ['2.3.7', '2.4.2']],
		['zfs-project-quota-6-17', ['2.2.8', '2.3.0', '2.3.4'], ['2.2.9', '2.3.5', '2.4.0']],
		['zfs-build-6-12-59', ['2.3.5'], ['2.3.4', '2.3.6']],
		['zfs-raidz-expansion-crash', ['2.3.0', '2.4.4'], ['2.2.11']],
		['zfs-send-dry-run-exit', ['2.2.0', '2.4.4'], ['2.1.16']],
		['zfs-ubuntu-experimental-7-0', ['2.4.1'], ['2.4.0', '2.4.2']],
		['zfs-user-namespace-admin', ['2.2.10', '2.3.0', '2.3.8', '2.4.0', '2.4.3'], ['2.2.11', '2.3.9', '2.4.4']],
		['zfs-hardening-2026-06', ['2.2.9', '2.3.0', '2.3.7', '2.4.0', '2.4.2'], ['2.2.10', '2.3.8', '2.4.3']],
		['zfs-overlayfs-refused', ['0.8.0', '2.1.16'], ['2.2.0', '2.4.4']],
	])('by %s are exactly those', (id, affected, free) => {
		const affects = ADVISORIES.find((advisory) => advisory.id === id)?.affects;
		expect(affects?.kind).toBe('versions');
		const range = affects?.kind === 'versions' ? affects.range : '';
		expect(affected.filter((version) => !isInRange(version, range))).toEqual([]);
		expect(free.filter((version) => isInRange(version, range))).toEqual([]);
	});

	it.each([
		['incus-encrypted-copy', ['6.0.4', '7.0.0', '7.1.0'], ['7.0.1', '7.0.2', '7.2.0']],
		['incus-linstor-snapshot-freeze', ['7.0.1', '7.1.0', '7.3.0'], ['7.0.2', '7.4.0']],
		['linstor-auto-evict', ['1.33.1'], ['1.34.0']],
		['containerd-zfs-unpack', ['2.1.0', '2.3.4'], ['1.7.28', '2.0.5']],
		['docker-29-0-0-zfs-driver', ['29.0.0'], ['28.5.2', '29.0.1']],
		['longhorn-eviction-race', ['1.7.0', '1.7.3', '1.8.0'], ['1.6.4', '1.7.4', '1.8.1', '1.9.0']],
		['containers-storage-overlay-refused', ['1.44.0'], ['1.45.0']],
	])('by %s of another system are exactly those', (id, affected, free) => {
		const affects = ADVISORIES.find((advisory) => advisory.id === id)?.affects;
		const range = affects?.kind === 'versions' ? affects.range : '';
		expect(affected.filter((version) => !isInRange(version, range))).toEqual([]);
		expect(free.filter((version) => isInRange(version, range))).toEqual([]);
	});
});
