import { describe, expect, it } from 'vitest';
import { dataProtectionTopic } from '../../src/checks/data-protection.js';
import type { Dataset } from '../../src/zfs/dataset.js';
import { datasetWith, factsWith, happyFacts, poolWith, set, unread, verdictsOf, wordsOf } from './facts.js';

const well = ['ok data.hostid', 'ok data.pool-cache'];
const ofDatasets = (...datasets: readonly Dataset[]) => factsWith({ datasets: set(datasets) });
const verdicts = (...datasets: readonly Dataset[]) =>
	verdictsOf(dataProtectionTopic, { facts: ofDatasets(...datasets) }).filter((each) => !well.includes(each));

const encrypted = { name: 'fx/secret', encryption: 'aes-256-gcm', encryptionRoot: 'fx/secret' } as const;

describe('datasets', () => {
	it('that are mounted, open and whole need nothing', () => {
		expect(verdictsOf(dataProtectionTopic)).toEqual(well);
	});

	it('whose key is typed in need a person after the reboot', () => {
		const dataset = datasetWith({ ...encrypted, keyLocation: 'prompt', keyStatus: 'available' });
		expect(verdicts(dataset)).toEqual(['warning data.key-prompt']);
		expect(wordsOf(dataProtectionTopic, 'data.key-prompt', { facts: ofDatasets(dataset) })).toContain(
			'zfs load-key fx/secret',
		);
		const byFile = datasetWith({ ...encrypted, keyLocation: 'file:///etc/zfs/key', keyStatus: 'available' });
		expect(verdicts(byFile)).toEqual([]);
	});

	it('without a loaded key are named in one notice, with the root of their encryption', () => {
		const closed = { keyStatus: 'unavailable', isMounted: false } as const;
		const root = datasetWith({ ...encrypted, ...closed, keyLocation: 'file:///k' });
		const child = datasetWith({ ...encrypted, ...closed, name: 'fx/secret/a' });
		expect(verdicts(child, root)).toEqual(['notice data.key-unavailable']);
		expect(wordsOf(dataProtectionTopic, 'data.key-unavailable', { facts: ofDatasets(child, root) })).toContain(
			'zfs load-key fx/secret\n'.trim(),
		);
	});

	it('that should be mounted and are not would be mounted by the next boot', () => {
		expect(verdicts(datasetWith({ isMounted: false }))).toEqual(['warning data.not-mounted']);
	});

	it.each([
		{ canmount: 'noauto' },
		{ canmount: 'off' },
		{ mountpoint: 'legacy' },
		{ mountpoint: 'none' },
		{ isMounted: true },
		{ type: 'volume', canmount: undefined, mountpoint: undefined, isMounted: undefined },
	] as const)('that nobody wants mounted are none of it: %o', (change) => {
		expect(verdicts(datasetWith({ isMounted: false, ...change }))).toEqual([]);
	});

	it('of a mounted system are not mounted by the rescue system', () => {
		const facts = factsWith({
			datasets: set([datasetWith({ isMounted: false })]),
			machine: { environment: set('alternate-root') },
		});
		expect(verdictsOf(dataProtectionTopic, { facts })).toEqual(well);
	});

	it('with an interrupted receive are named', () => {
		expect(verdicts(datasetWith({ receiveResumeToken: '1-abc' }))).toEqual(['notice data.partial-receive']);
	});

	it('that could not be read are said, except without a module, which is said elsewhere', () => {
		expect(verdictsOf(dataProtectionTopic, { facts: factsWith({ datasets: unread }) })).toEqual([
			'warning data.unreadable',
			...well,
		]);
		const facts = factsWith({ datasets: unread, versions: { loadedModule: set(undefined) } });
		expect(verdictsOf(dataProtectionTopic, { facts })).toEqual(well);
	});
});

describe('the id of the host', () => {
	const verdict = (facts: typeof happyFacts) =>
		verdictsOf(dataProtectionTopic, { facts }).filter((each) => each.endsWith('data.hostid'));
	const missing = { hostid: set('missing' as const) };

	it('that is missing is a notice, or a warning where a pool or the root depends on it', () => {
		expect(verdict(factsWith({ surroundings: missing }))).toEqual(['notice data.hostid']);
		const multihost = set([poolWith({ hasMultihost: true })]);
		expect(verdict(factsWith({ surroundings: missing, pools: multihost }))).toEqual(['warning data.hostid']);
		const rootDataset = set('fx/ROOT' as never);
		expect(verdict(factsWith({ surroundings: missing, rootDataset }))).toEqual(['warning data.hostid']);
	});

	it('that is unusable has to be replaced by force', () => {
		const facts = factsWith({ surroundings: { hostid: set('unusable') } });
		expect(wordsOf(dataProtectionTopic, 'data.hostid', { facts })).toContain('zgenhostid -f');
	});

	it('does not pass where it could not be read', () => {
		expect(verdict(factsWith({ surroundings: { hostid: unread } }))).toEqual(['warning data.hostid']);
	});
});

describe('the cache file', () => {
	const verdict = (facts: typeof happyFacts) =>
		verdictsOf(dataProtectionTopic, { facts }).filter((each) => each.endsWith('data.pool-cache'));
	const gone = { hasPoolCache: set(false) };

	it('that is missing leaves the pools behind after the reboot', () => {
		expect(verdict(factsWith({ surroundings: gone }))).toEqual(['warning data.pool-cache']);
	});

	it('is not needed for the root pool, nor where pools are scanned for', () => {
		expect(verdict(factsWith({ surroundings: gone, rootDataset: set('fx/ROOT' as never) }))).toEqual([]);
		const units = happyFacts.units.known ? happyFacts.units.value : [];
		const scanning = units.map((unit) =>
			unit.name === 'zfs-import-scan.service' ? { ...unit, unitFileState: 'enabled' } : unit,
		);
		expect(verdict(factsWith({ surroundings: gone, units: set(scanning) }))).toEqual([]);
	});

	it('does not pass where it could not be read', () => {
		expect(verdict(factsWith({ surroundings: { hasPoolCache: unread } }))).toEqual(['warning data.pool-cache']);
	});
});

describe('swap', () => {
	it('on a zvol is taken out of use first', () => {
		const facts = factsWith({ surroundings: { swapOnZvol: set(['/dev/zd16']) } });
		expect(verdictsOf(dataProtectionTopic, { facts })).toContain('warning data.swap-on-zvol');
		expect(wordsOf(dataProtectionTopic, 'data.swap-on-zvol', { facts })).toContain('swapoff /dev/zd16');
	});

	it('does not pass where it could not be read', () => {
		expect(verdictsOf(dataProtectionTopic, { facts: factsWith({ surroundings: { swapOnZvol: unread } }) })).toContain(
			'warning data.swap-on-zvol',
		);
	});
});
