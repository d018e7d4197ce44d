import { beforeEach, describe, expect, it } from 'vitest';
import { fileNames } from '../../src/inventory/manifest.js';
import { takeInventory } from '../../src/inventory/take.js';
import { createInventoryHost, type InventoryHost } from './inventory-host.js';

const folder = '/run-1/inventory';
let machine: InventoryHost;
beforeEach(() => {
	machine = createInventoryHost({
		pools: ['1\ttank\tONLINE\toff\t1000\t-'],
		datasets: [
			'20\ttank\tfilesystem\t-\t-\t-\t-\tyes\ton\t1\t1\t-',
			'3\ttank/a\tfilesystem\t-\t-\t-\t-\tyes\ton\t1\t1\t-',
		],
		snapshots: ['50\ttank@a\t1\t2', '40\ttank@b\t1\t0'],
		holds: ['tank@a\tmine', 'tank@a\tyours', 'tank@b\tnever asked for'],
		mounts: ['tank\t/tank', 'tank/a\t/srv/a b'],
	});
});

describe('an inventory', () => {
	it('lists what it holds, with sources, line counts and checksums', async () => {
		const taken = await takeInventory(machine.host, folder);
		expect(await machine.host.files.list(folder)).toEqual([...fileNames, 'manifest.json'].sort());
		const manifest = JSON.parse((await machine.host.files.read(`${folder}/manifest.json`)) ?? '');
		expect(taken).toEqual({ known: true, source: folder, value: manifest });
		expect(manifest.files['datasets.tsv']).toMatchObject({ state: 'taken', lines: 2 });
		expect(manifest.files['datasets.tsv'].source).toMatch(/^zfs list -H -p -t filesystem,volume -o guid,name,/);
		expect(manifest.files['datasets.tsv'].sha256).toMatch(/^[0-9a-f]{64}$/);
	});

	it('is sorted by guid as bytes', async () => {
		await takeInventory(machine.host, folder);
		expect(await machine.host.files.read(`${folder}/datasets.tsv`)).toMatch(/^20\t.*\n3\t.*\n$/);
	});

	it('asks for the holds of those snapshots only that have some', async () => {
		await takeInventory(machine.host, folder);
		expect(await machine.host.files.read(`${folder}/holds.tsv`)).toBe('tank@a\tmine\ntank@a\tyours\n');
	});

	it('keeps mount points with blanks', async () => {
		await takeInventory(machine.host, folder);
		expect(await machine.host.files.read(`${folder}/mounts.tsv`)).toBe('tank\t/tank\ntank/a\t/srv/a b\n');
	});

	it('can be read by root only', async () => {
		await takeInventory(machine.host, folder);
		for (const name of (await machine.host.files.list(folder)) ?? []) {
			expect((await machine.host.files.stat(`${folder}/${name}`))?.mode).toBe(0o600);
		}
	});

	it('that was cut off is made anew', async () => {
		await machine.host.files.write(`${folder}/snapshots.tsv`, 'half a li');
		await machine.host.files.write(`${folder}/units.tsv`, '');
		expect(await takeInventory(machine.host, folder)).toMatchObject({ known: true });
		expect(await machine.host.files.read(`${folder}/snapshots.tsv`)).toBe('40\ttank@b\t1\t0\n50\ttank@a\t1\t2\n');
	});

	it('has no manifest while it is not whole', async () => {
		await takeInventory(machine.host, folder);
		machine.fail('zfs');
		expect(await takeInventory(machine.host, folder)).toMatchObject({ known: false });
		expect(await machine.host.files.list(folder)).not.toContain('manifest.json');
	});

	it('is unknown without pools, datasets and snapshots, and says which command failed', async () => {
		machine.fail('zpool');
		const taken = await takeInventory(machine.host, folder);
		expect(taken).toMatchObject({ known: false });
		if (!taken.known) expect(taken.why).toMatch(/^zpool list /);
	});

	it('says of what else could not be read that it is unknown', async () => {
		machine.fail('exportfs');
		const taken = await takeInventory(machine.host, folder);
		expect(taken).toMatchObject({ known: true, value: { files: { 'shares.tsv': { state: 'unknown' } } } });
	});

	it('reads watched files for a checksum only when asked to', async () => {
		await machine.host.files.write('/var/lib/longhorn/backing-images/a-1/backing', 'x');
		await takeInventory(machine.host, folder);
		expect(await machine.host.files.read(`${folder}/watched.tsv`)).toBe(
			'/var/lib/longhorn/backing-images/a-1/backing\t1\t-\t-\t-\n',
		);
	});

	it('of a host without pools is empty and whole', async () => {
		Object.assign(machine.printed, { pools: [], datasets: [], snapshots: [], holds: [], mounts: [] });
		expect(await takeInventory(machine.host, folder)).toMatchObject({ known: true });
	});
});
