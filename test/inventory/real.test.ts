import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { createLocalFiles } from '../../src/host/local-files.js';
import { compareInventories } from '../../src/inventory/compare.js';
import { describeDiff } from '../../src/inventory/describe.js';
import { createTableHost } from '../support/table-host.js';

const folder = path.join(import.meta.dirname, '../fixtures/inventory');
const host = { ...createTableHost(), files: createLocalFiles('/') };

async function compare(before: string, after: string) {
	const diff = await compareInventories(host, path.join(folder, before), path.join(folder, after));
	if (!diff.known) throw new Error(diff.why);
	return diff.value;
}

describe('inventories of a real guest', () => {
	it('show nothing but sizes after a reboot in which nothing was lost', async () => {
		const diff = await compare('before', 'after-reboot');
		expect(describeDiff(diff)).toEqual(['Datasets that changed in size: 2.']);
	});

	it('show everything that was done to it, each thing once, and what merely happened apart', async () => {
		const { mustNotChange, mayChange } = await compare('before', 'harmed');
		expect(mustNotChange.map(({ severity, text }) => `${severity}: ${text}`)).toEqual([
			'blocker: Dataset "tank/secret" is not mounted any more.',
			'blocker: Dataset "tank/secret/mail" is not mounted any more.',
			'warning: Property autotrim of pool "tank" changed.',
			'warning: Property recordsize of "tank/moved" changed.',
			'warning: A property whose value has line breaks changed.',
			'warning: The key of "tank/secret" is not loaded: zfs load-key \'tank/secret\'',
			'warning: Dataset "tank/data" has another name.',
			'warning: Snapshot "tank/vol@monday" is gone.',
			'warning: A hold on "tank/moved@monday" is gone.',
			'warning: cron.service is not active any more.',
			'warning: zfs-zed.service is not active any more.',
		]);
		expect(mayChange.map(({ text }) => text)).toEqual([
			'The origin of "tank/clone" changed.',
			'Datasets that changed in size: 3.',
			'New snapshots: 15.',
			'Units that others start and that are not active now: 4.',
		]);
	});
});
