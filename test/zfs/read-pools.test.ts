import { describe, expect, it } from 'vitest';
import type { Fact } from '../../src/facts/fact.js';
import type { Pool } from '../../src/zfs/pool.js';
import { readPools } from '../../src/zfs/read-pools.js';
import { parseZfsVersion } from '../../src/zfs/version.js';
import { loadRecording } from '../fixtures/load.js';
import { type Answer, createTableHost } from '../support/table-host.js';

const oldTools = parseZfsVersion('2.1.11-1+deb12u1');
const newTools = parseZfsVersion('2.3.2-2~bpo12+2');

const timedOut: Answer = { outcome: { kind: 'timed-out', seconds: 30 } };

function lab(recording: string) {
	return loadRecording(`lab/${recording}.txt`);
}

function textHost(answers: { get: Answer; status: Answer; errors?: Answer }) {
	return createTableHost({
		commands: [
			['zpool get -Hp -o name,property,value,source all', answers.get],
			['zpool status -p', answers.status],
			['zpool status -v', answers.errors ?? timedOut],
		],
	});
}

function jsonHost(answers: { get: Answer; status: Answer; errors?: Answer }) {
	return createTableHost({
		commands: [
			['zpool get -jp all', answers.get],
			['zpool status -jp', answers.status],
			['zpool status -jpv', answers.errors ?? timedOut],
		],
	});
}

function poolsOf(fact: Fact<readonly Pool[]>): readonly Pool[] {
	if (!fact.known) throw new Error(fact.why);
	return fact.value;
}

function only(fact: Fact<readonly Pool[]>): Pool {
	const [pool] = poolsOf(fact);
	if (pool === undefined) throw new Error('no pool');
	return pool;
}

/** The recorded JSON was taken without `-p`; these are the figures that `-p` gives. */
function exact(json: string): string {
	return json
		.replaceAll('"22%"', '"22"')
		.replaceAll('"24%"', '"24"')
		.replaceAll(/"(\d+)(?:\.\d)?M"/g, '"$1000000"');
}

describe('readPools', () => {
	it('reads the pools of tools that only print text', async () => {
		const host = textHost({ get: lab('zfs-2.1.11/zpool-get-all'), status: lab('zfs-2.1.11/zpool-status') });
		const pool = only(await readPools(host, oldTools));
		expect(pool).toMatchObject({
			name: 'fx',
			guid: '9776579989467068654',
			health: 'ONLINE',
			size: 117_440_512n,
			allocated: 26_329_088n,
			free: 91_111_424n,
			capacity: 22,
			fragmentation: 8,
			freeing: 0n,
			checkpointSpace: undefined,
			isReadOnly: false,
			altroot: undefined,
			cachefile: undefined,
			bootfs: undefined,
			compatibility: 'off',
			hasMultihost: false,
			unsupportedFeatures: [],
			permanentErrors: { known: true, value: [] },
		});
		expect(pool.features.size).toBe(34);
		expect(pool.features.get('draid')).toBe('enabled');
		expect(pool.features.get('encryption')).toBe('active');
		expect(pool.status).toMatchObject({ known: true, value: { state: 'ONLINE' }, source: 'zpool status -p' });
	});

	it('reads the same from JSON where the tools print it', async () => {
		const json = lab('zfs-2.3.2/json-zpool-get--j-all-fx');
		const host = jsonHost({ get: exact(json.stdout), status: lab('zfs-2.3.2/json-zpool-status--j-fx') });
		const pool = only(await readPools(host, newTools));
		const text = textHost({ get: lab('zfs-2.3.2/zpool-get-all'), status: lab('zfs-2.3.2/zpool-status') });
		const expected = only(await readPools(text, undefined));
		const moving = { size: 0n, allocated: 0n, free: 0n };
		const sources = { status: undefined, permanentErrors: undefined };
		expect({ ...pool, ...moving, ...sources }).toEqual({ ...expected, ...moving, ...sources });
		expect(pool.status.known && expected.status.known && pool.status.value).toEqual(
			expected.status.known && expected.status.value,
		);
		expect(pool.features.get('head_errlog')).toBe('active');
	});

	it('asks two commands for all pools, and a third only for the paths of errors', async () => {
		const healthy = textHost({ get: lab('zfs-2.1.11/zpool-get-all'), status: lab('zfs-2.1.11/zpool-status') });
		await readPools(healthy, oldTools);
		expect(healthy.calls).toHaveLength(2);
		const many = [1, 2, 3, 4].map((n) => lab('zfs-2.1.11/zpool-get-all').stdout.replaceAll('fx\t', `p${n}\t`)).join('');
		const status = [1, 2, 3, 4]
			.map((n) => `  pool: p${n}\n state: ONLINE\nconfig:\n\n\nerrors: 1 data errors, use\n`)
			.join('\n');
		const damaged = textHost({ get: many, status });
		expect(poolsOf(await readPools(damaged, oldTools))).toHaveLength(4);
		expect(damaged.calls).toHaveLength(3);
		expect(damaged.calls.every(({ timeoutSeconds }) => timeoutSeconds !== undefined)).toBe(true);
	});

	it('lists the files with permanent errors', async () => {
		const get = lab('zfs-2.1.11/zpool-get-all').stdout.replaceAll('fx\t', 'sx\t');
		const host = textHost({
			get,
			status: lab('zfs-2.1.11/status-permanent-errors-x'),
			errors: lab('zfs-2.1.11/status-permanent-errors'),
		});
		expect(only(await readPools(host, oldTools)).permanentErrors).toMatchObject({ known: true, value: ['/sx/d/f'] });
	});

	it('lists them from JSON, whatever the files are called', async () => {
		const pool = { state: 'ONLINE', error_count: '2', errlist: ['/tank/a\n  pool: b', 'tank/d:<0x2a>'] };
		const json = (fields: object) => JSON.stringify({ pools: { tank: { ...pool, ...fields } } });
		const host = jsonHost({
			get: JSON.stringify({ pools: { tank: { properties: { guid: { value: '1' }, health: { value: 'ONLINE' } } } } }),
			status: json({ errlist: undefined }),
			errors: json({}),
		});
		expect(only(await readPools(host, newTools)).permanentErrors).toMatchObject({ value: pool.errlist });
	});

	it('shows a suspended pool, and that its errors cannot be listed', async () => {
		const get = lab('zfs-2.1.11/zpool-get-all').stdout.replaceAll('fx\t', 'sx\t').replace('ONLINE', 'SUSPENDED');
		const suspended = lab('zfs-2.1.11/status-suspended');
		const host = textHost({ get, status: suspended, errors: suspended });
		const pool = only(await readPools(host, oldTools));
		expect(pool.health).toBe('SUSPENDED');
		expect(pool.status).toMatchObject({ known: true, value: { state: 'SUSPENDED', errorCount: 17n } });
		expect(pool.permanentErrors).toEqual({ known: false, why: 'zpool status -v does not list the errors' });
	});

	it('knows nothing of the pools when a suspended one keeps the tools waiting, and names it', async () => {
		const host = textHost({ get: timedOut, status: lab('zfs-2.1.11/status-suspended') });
		expect(await readPools(host, oldTools)).toEqual({
			known: false,
			why: 'zpool get -Hp -o name,property,value,source all: zpool did not end within 30 s (suspended: sx)',
		});
	});

	it('keeps what it knows when only the status does not come', async () => {
		const host = textHost({ get: lab('zfs-2.1.11/zpool-get-all'), status: timedOut });
		const pool = only(await readPools(host, oldTools));
		expect(pool.health).toBe('ONLINE');
		expect(pool.status).toEqual({ known: false, why: 'zpool status -p: zpool did not end within 30 s' });
		expect(pool.permanentErrors.known).toBe(false);
	});

	it('does not know the status of a pool that appeared in between', async () => {
		const host = textHost({ get: lab('zfs-2.1.11/zpool-get-all'), status: '' });
		expect(only(await readPools(host, oldTools)).status).toEqual({
			known: false,
			why: 'zpool status -p does not show the pool',
		});
	});

	it('takes no pools for none', async () => {
		const text = textHost({ get: '', status: { stderr: 'no pools available\n' } });
		expect(await readPools(text, oldTools)).toMatchObject({ known: true, value: [] });
		const empty = '{"output_version":{"command":"zpool get","vers_major":0,"vers_minor":1},"pools":{}}\n';
		expect(await readPools(jsonHost({ get: empty, status: empty }), newTools)).toMatchObject({ value: [] });
	});

	it('does not take a module that is not loaded for a host without pools', async () => {
		const notLoaded = lab('zfs-2.1.11/no-module-zpool-status');
		const fact = await readPools(textHost({ get: notLoaded, status: notLoaded }), oldTools);
		expect(fact).toMatchObject({ known: false, why: expect.stringContaining('The ZFS modules are not loaded.') });
	});

	it('goes on with text when JSON breaks off at a name that is not UTF-8', async () => {
		const host = createTableHost({
			commands: [
				['zpool get -jp all', '{"pools":{"fx":{"properties":{"comment":{"value":"'],
				['zpool status -jp', lab('zfs-2.3.2/json-zpool-status--j-fx')],
				['zpool get -Hp *', lab('zfs-2.3.2/zpool-get-all')],
				['zpool status -p', lab('zfs-2.3.2/zpool-status')],
			],
		});
		expect(only(await readPools(host, newTools)).guid).toBe('7974806849588261777');
	});

	it('asks for JSON in a locale that has all characters, or the tools would break it off', async () => {
		const host = jsonHost({ get: '{}', status: '{}' });
		await readPools(host, newTools);
		expect(host.calls.map(({ env }) => env)).toEqual([{ LC_ALL: 'C.UTF-8' }, { LC_ALL: 'C.UTF-8' }]);
	});

	it('tells features that the module does not know from those that it does', async () => {
		const get = `${lab('zfs-2.1.11/zpool-get-all').stdout}fx\tunsupported@com.klarasystems:vdev_zaps_v2\treadonly\tlocal\n`;
		const host = textHost({ get, status: lab('zfs-2.1.11/zpool-status') });
		expect(only(await readPools(host, oldTools)).unsupportedFeatures).toEqual(['com.klarasystems:vdev_zaps_v2']);
	});

	it('reads a pool that cannot be opened, and a user property with a line break', async () => {
		const get = [
			'my pool\tguid\t18446744073709551615\t-',
			'my pool\thealth\tFAULTED\t-',
			'my pool\tsize\t-\t-',
			'my pool\treadonly\t-\t-',
			'my pool\tcheckpoint\t4096\t-',
			'my pool\torg.example:note\ta\tb\nc\tlocal',
			'my pool\taltroot\t/mnt\tlocal\n',
		].join('\n');
		const host = textHost({ get, status: '' });
		expect(only(await readPools(host, oldTools))).toMatchObject({
			name: 'my pool',
			guid: '18446744073709551615',
			health: 'FAULTED',
			size: undefined,
			isReadOnly: undefined,
			checkpointSpace: 4096n,
			altroot: '/mnt',
		});
	});
});
