import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Command, Host } from '../../src/host/host.js';
import { readDatasets, walk } from '../../src/zfs/walk.js';
import { setPropertyListing } from '../../src/zfs/zfs-get.js';
import { bookmarkListing, snapshotListing } from '../../src/zfs/zfs-list.js';
import { type Answer, createTableHost } from '../support/table-host.js';

const columns =
	'name,guid,origin,used,referenced,available,volsize,canmount,mounted,encryption,encryptionroot,keystatus,receive_resume_token,keylocation,mountpoint,type';

function row(fields: Readonly<Record<string, string>>): string {
	const filesystem: Readonly<Record<string, string>> = {
		name: 'tank',
		guid: '1118112069581758768',
		used: '26329088',
		referenced: '24576',
		available: '32391168',
		canmount: 'on',
		mounted: 'yes',
		encryption: 'off',
		keylocation: 'none',
		mountpoint: '/tank',
		type: 'filesystem',
	};
	return `${columns
		.split(',')
		.map((column) => fields[column] ?? filesystem[column] ?? '-')
		.join('\t')}\n`;
}

function datasetHost(answer: Answer) {
	return createTableHost({ commands: [[`zfs list -Hp -t filesystem,volume -o ${columns}`, answer]] });
}

async function datasetsOf(answer: Answer) {
	const fact = await readDatasets(datasetHost(answer));
	if (!fact.known) throw new Error(fact.why);
	return fact.value;
}

describe('readDatasets', () => {
	it('reads filesystems, volumes, clones and encrypted datasets by one command', async () => {
		const volume = { canmount: '-', mounted: '-', mountpoint: '-', type: 'volume', volsize: '1073741824' };
		const datasets = await datasetsOf(
			row({}) +
				row({ name: 'tank/vol', guid: '18446744073709551615', ...volume }) +
				row({ name: 'tank/clone', origin: 'tank/a@b c', canmount: 'noauto', mounted: 'no', mountpoint: 'legacy' }) +
				row({
					name: 'tank/enc',
					encryption: 'aes-256-gcm',
					encryptionroot: 'tank/enc',
					keystatus: 'unavailable',
					keylocation: 'prompt',
				}) +
				row({ name: 'tank/enc/child', encryption: 'aes-256-gcm', encryptionroot: 'tank/enc', keystatus: 'available' }) +
				row({ name: 'tank/half', receive_resume_token: '1-9fec097b6-b8-789c6360' }),
		);
		expect(datasets).toHaveLength(6);
		expect(datasets[0]).toEqual({
			name: 'tank',
			type: 'filesystem',
			guid: '1118112069581758768',
			origin: undefined,
			used: 26_329_088n,
			referenced: 24_576n,
			available: 32_391_168n,
			volsize: undefined,
			mountpoint: '/tank',
			canmount: 'on',
			isMounted: true,
			encryption: undefined,
			encryptionRoot: undefined,
			keyStatus: undefined,
			keyLocation: undefined,
			receiveResumeToken: undefined,
		});
		expect(datasets[1]).toMatchObject({ type: 'volume', volsize: 1_073_741_824n, guid: '18446744073709551615' });
		expect(datasets[1]).toMatchObject({ mountpoint: undefined, canmount: undefined, isMounted: undefined });
		expect(datasets[2]).toMatchObject({
			origin: 'tank/a@b c',
			canmount: 'noauto',
			isMounted: false,
			mountpoint: 'legacy',
		});
		expect(datasets[3]).toMatchObject({ encryptionRoot: 'tank/enc', keyStatus: 'unavailable', keyLocation: 'prompt' });
		expect(datasets[4]).toMatchObject({ keyStatus: 'available', keyLocation: undefined });
		expect(datasets[5]?.receiveResumeToken).toBe('1-9fec097b6-b8-789c6360');
	});

	it('takes names with spaces, colons, leading dashes and 255 characters, and mount points with line breaks', async () => {
		const long = `tank/${'x'.repeat(250)}`;
		const datasets = await datasetsOf(
			row({ name: 'my pool/a: out of space' }) +
				row({ name: 'tank/-r', mountpoint: '/srv/a\nb\n\nfilesystem' }) +
				row({ name: long, mountpoint: `/${'y'.repeat(1023)}` }),
		);
		expect(datasets.map(({ name }) => name)).toEqual(['my pool/a: out of space', 'tank/-r', long]);
		expect(datasets[1]?.mountpoint).toBe('/srv/a\nb\n\nfilesystem');
	});

	it('gives back every table that it is given', async () => {
		const component = fc.stringMatching(/^[A-Za-z0-9_.: -]{1,60}$/).filter((text) => text !== '.' && text !== '..');
		const name = fc
			.array(component, { maxLength: 3 })
			.map((parts) => ['tank', ...parts].join('/'))
			.filter((text) => text.length <= 255);
		const mountpoint = fc.stringMatching(/^\/[^\t\0]{0,100}$/);
		const guid = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
		await fc.assert(
			fc.asyncProperty(fc.array(fc.tuple(name, mountpoint, guid), { maxLength: 20 }), async (tables) => {
				const output = tables.map(([n, m, g]) => row({ name: n, mountpoint: m, guid: String(g) })).join('');
				const datasets = await datasetsOf(output);
				expect(datasets.map((each) => [each.name, each.mountpoint, BigInt(each.guid)])).toEqual(tables);
			}),
			{ numRuns: 300 },
		);
	});

	it('has no datasets when there are none', async () => {
		expect(await datasetsOf({ stderr: 'no datasets available\n' })).toEqual([]);
	});

	it.each<[string, Answer, string]>([
		[
			'a listing that failed midway',
			{ stdout: row({}), stderr: 'cannot iterate filesystems: I/O error\n', exit: 1 },
			'I/O error',
		],
		['a command without an end', { stdout: row({}), outcome: { kind: 'timed-out', seconds: 600 } }, 'within 600 s'],
		['a row that breaks off', row({}).slice(0, -30), 'incomplete row'],
		['a row without its first fields', row({}).slice(30), 'incomplete row'],
		['a size that is none', row({ used: '26.3M' }), 'not an exact number'],
		['a name that is none', row({ name: 'tank/%recv' }), 'not a dataset name'],
		['a word that is new', row({ canmount: 'maybe' }), 'expected on or off or noauto'],
	])('knows nothing after %s', async (_, answer, why) => {
		expect(await readDatasets(datasetHost(answer))).toMatchObject({ known: false, why: expect.stringContaining(why) });
	});
});

describe('walk', () => {
	it('hands over snapshots one by one and counts them', async () => {
		const host = createTableHost({
			commands: [
				[
					'zfs list -Hp -t snapshot -o name,creation,used,userrefs,guid',
					'tank@a b\t1795336007\t14336\t0\t6083639963026583371\ntank/d@r\t1795336024\t0\t2\t6362226918775649601\n',
				],
			],
		});
		const seen: unknown[] = [];
		expect(await walk(host, snapshotListing, (snapshot) => seen.push(snapshot))).toMatchObject({
			known: true,
			value: 2,
		});
		expect(seen).toEqual([
			{ name: 'tank@a b', guid: '6083639963026583371', creation: 1_795_336_007, used: 14_336n, holds: 0 },
			{ name: 'tank/d@r', guid: '6362226918775649601', creation: 1_795_336_024, used: 0n, holds: 2 },
		]);
	});

	it('hands over bookmarks', async () => {
		const host = createTableHost({
			commands: [['zfs list -Hp -t bookmark -o name,creation,guid', 'tank/d#a\t1795336007\t6083639963026583371\n']],
		});
		const names: string[] = [];
		await walk(host, bookmarkListing, ({ name, guid }) => names.push(`${name} ${guid}`));
		expect(names).toEqual(['tank/d#a 6083639963026583371']);
	});

	it('hands over properties with their source, whatever their values hold', async () => {
		const host = createTableHost({
			commands: [
				[
					'zfs get -Hp -t filesystem,volume -s local,received -o name,property,value,source all',
					'tank\tcompression\tlz4\tlocal\ntank/d\torg.x:y\ta\tb\n\nc\treceived\ntank/e\tmountpoint\t/a b\tlocal\n',
				],
			],
		});
		const seen: unknown[] = [];
		await walk(host, setPropertyListing, (property) => seen.push(property));
		expect(seen).toEqual([
			{ dataset: 'tank', property: 'compression', value: 'lz4', source: 'local' },
			{ dataset: 'tank/d', property: 'org.x:y', value: 'a\tb\n\nc', source: 'received' },
			{ dataset: 'tank/e', property: 'mountpoint', value: '/a b', source: 'local' },
		]);
	});

	it('holds no more than one of 100,000 snapshots at a time', async () => {
		let pending = 0;
		let mostPending = 0;
		const host = streamingHost(async function* (command) {
			for (let index = 0; index < 100_000; index += 1) {
				pending += 1;
				mostPending = Math.max(mostPending, pending);
				yield { stream: 'stdout' as const, line: `tank@s${index}\t1795336007\t0\t0\t${index}` };
			}
			return { command, outcome: { kind: 'exited', code: 0 }, stdout: '', stderr: '', truncated: true, seconds: 1 };
		});
		const count = await walk(host, snapshotListing, () => {
			pending -= 1;
		});
		expect(count).toMatchObject({ known: true, value: 100_000 });
		expect(mostPending).toBe(1);
	});

	it('stops the command when a row is not understood', async () => {
		let wasStopped = false;
		const host = streamingHost(async function* (command) {
			try {
				for (;;) yield { stream: 'stdout' as const, line: 'tank\t1795336007\t0\t0\t1' };
			} finally {
				wasStopped = true;
			}
			return { command, outcome: { kind: 'exited', code: 0 }, stdout: '', stderr: '', truncated: false, seconds: 1 };
		});
		expect(await walk(host, snapshotListing, () => undefined)).toMatchObject({ known: false });
		expect(wasStopped).toBe(true);
	});
});

function streamingHost(stream: (command: Command) => ReturnType<Host['stream']>): Host {
	return { ...createTableHost(), stream };
}
