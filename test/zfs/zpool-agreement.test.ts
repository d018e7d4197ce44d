/** Any pool, printed as text and as JSON the way zpool_main.c of 2.3 does it, must be read as the same pool. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePoolProperties, parsePoolPropertiesJson } from '../../src/zfs/zpool-get.js';
import { parsePoolStatus } from '../../src/zfs/zpool-status.js';
import { parsePoolStatusJson } from '../../src/zfs/zpool-status-json.js';

interface Device {
	readonly name: string;
	/** vdev_state_str, and the word of zpool_state_to_name. */
	readonly state: readonly [json: string, text: string];
	readonly counts: readonly [read: number, write: number, checksum: number];
	readonly was: string | undefined;
	readonly children: readonly Device[];
}

interface PrintedPool {
	readonly name: string;
	readonly state: string;
	readonly errorCount: number;
	readonly root: Device;
	readonly logs: readonly Device[];
	readonly cache: readonly Device[];
	readonly spares: readonly string[];
}

const word = fc.stringMatching(/^[a-z][a-z0-9_.:-]{0,12}$/);
const deviceName = fc.oneof(
	word.map((name) => `sd-${name}`),
	fc.tuple(word, word).map(([a, b]) => `/files/${a} ${b}`),
);
const states: readonly (readonly [json: string, text: string])[] = [
	['ONLINE', 'ONLINE'],
	['DEGRADED', 'DEGRADED'],
	['FAULTED', 'FAULTED'],
	['OFFLINE', 'OFFLINE'],
	['CLOSED', 'OFFLINE'],
	['REMOVED', 'REMOVED'],
	['CANT_OPEN', 'UNAVAIL'],
];
const state = fc.constantFrom(...states);
const count = fc.oneof(fc.constant(0), fc.nat());
const counts = fc.tuple(count, count, count);
const leaf = fc.record({
	name: deviceName,
	state,
	counts,
	was: fc.option(
		word.map((name) => `/dev/${name}`),
		{ nil: undefined },
	),
	children: fc.constant([]),
});
const leaves = fc.uniqueArray(leaf, { minLength: 1, maxLength: 4, selector: ({ name }) => name });
const group = fc
	.tuple(
		fc.constantFrom('mirror', 'raidz1', 'raidz3', 'draid1:2d:4c:1s', 'replacing', 'spare'),
		fc.nat(9),
		state,
		counts,
		leaves,
	)
	.map(([type, id, ownState, ownCounts, children]) => ({
		name: `${type}-${id}`,
		state: ownState,
		counts: ownCounts,
		was: undefined,
		children,
	}));
const topLevel = fc.uniqueArray(fc.oneof(leaf, group), { minLength: 1, maxLength: 5, selector: ({ name }) => name });
const poolName = fc.stringMatching(/^[a-z][a-z0-9_.: -]{0,20}[a-z0-9]$/).map((name) => `p${name}`);

const pool: fc.Arbitrary<PrintedPool> = fc
	.tuple(poolName, state, counts, topLevel, fc.nat(), leaves, leaves, fc.uniqueArray(word, { maxLength: 2 }))
	.map(([name, [json, text], ownCounts, children, errorCount, logs, cache, spares]) => ({
		name,
		state: text,
		errorCount,
		root: { name, state: [json, text], counts: ownCounts, was: undefined, children },
		logs,
		cache,
		spares,
	}));

function printText({ name, state: poolState, errorCount, root, logs, cache, spares }: PrintedPool): string {
	const rows = [
		...printRows(root, 0),
		...(logs.length > 0 ? ['\tlogs\t', ...logs.flatMap((device) => printRows(device, 2))] : []),
		...(cache.length > 0 ? ['\tcache', ...cache.flatMap((device) => printRows(device, 2))] : []),
		...(spares.length > 0 ? ['\tspares', ...spares.map((spare) => `\t  ${spare.padEnd(40)}  AVAIL   `)] : []),
	];
	const errors = errorCount === 0 ? 'No known data errors' : `${errorCount} data errors, use '-v' for a list`;
	const header = `\t${'NAME'.padEnd(42)}  STATE     READ WRITE CKSUM`;
	return [`  pool: ${name}`, ` state: ${poolState}`, 'config:', '', header, ...rows, '', `errors: ${errors}`, ''].join(
		'\n',
	);
}

function printRows(device: Device, depth: number): readonly string[] {
	const figures = device.counts.map((each) => String(each).padStart(5)).join(' ');
	const was = device.was === undefined ? '' : `  was ${device.was}`;
	const row = `\t${' '.repeat(depth)}${device.name.padEnd(42 - depth)}  ${device.state[1].padEnd(8)} ${figures}${was}`;
	return [row, ...device.children.flatMap((child) => printRows(child, depth + 2))];
}

function printJson({ name, state: poolState, errorCount, root, logs, cache, spares }: PrintedPool): string {
	const classes = {
		...(logs.length > 0 && { logs: printDevices(logs) }),
		...(cache.length > 0 && { l2cache: printDevices(cache) }),
		...(spares.length > 0 && {
			spares: Object.fromEntries(spares.map((spare) => [spare, { name: spare, state: 'AVAIL' }])),
		}),
	};
	const item = { name, state: poolState, vdevs: printDevices([root]), ...classes, error_count: String(errorCount) };
	return JSON.stringify({ output_version: {}, pools: { [name]: item } });
}

function printDevices(devices: readonly Device[]): object {
	return Object.fromEntries(
		devices.map(({ name, state: [json], counts: [read, write, checksum], was, children }) => [
			name,
			{
				name,
				state: json,
				read_errors: String(read),
				write_errors: String(write),
				checksum_errors: String(checksum),
				...(was !== undefined && { not_present: '1', was }),
				...(children.length > 0 && { vdevs: printDevices(children) }),
			},
		]),
	);
}

describe('zpool status', () => {
	it('means the same as text and as JSON', () => {
		fc.assert(
			fc.property(pool, (printed) => {
				const text = parsePoolStatus(printText(printed));
				expect(text).toEqual(parsePoolStatusJson(printJson(printed)));
				expect([...text.keys()]).toEqual([printed.name]);
			}),
			{ numRuns: 1000 },
		);
	});
});

describe('zpool get', () => {
	const value = fc.string({ unit: fc.constantFrom(...'ab\t\n =:'), maxLength: 12 });
	const properties = fc
		.dictionary(fc.stringMatching(/^(?:[a-z]{1,6}:[a-z]{1,6}|feature@[a-z_]{1,12}|bootfs|altroot)$/), value, {
			maxKeys: 8,
		})
		.map((all) =>
			Object.fromEntries(
				Object.entries(all).map(([key, text], index) => [
					key,
					key.startsWith('feature@') ? ['disabled', 'enabled', 'active'][index % 3] : text,
				]),
			),
		);

	it('means the same as text and as JSON, with user properties of any content', () => {
		const named = fc.tuple(poolName, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }), properties);
		fc.assert(
			fc.property(fc.uniqueArray(named, { maxLength: 4, selector: ([name]) => name }), (pools) => {
				const all = pools.map(
					([name, guid, rest]) => [name, { ...rest, guid: String(guid), health: 'ONLINE' }] as const,
				);
				const text = all.flatMap(([name, each]) =>
					Object.entries(each).map(([property, text]) => `${name}\t${property}\t${text}\tlocal\n`),
				);
				const json = all.map(([name, each]) => {
					const values = Object.entries(each).map(([property, text]) => [property, { value: text, source: {} }]);
					return [name, { properties: Object.fromEntries(values) }];
				});
				const fromText = parsePoolProperties(text.join(''));
				expect(fromText).toEqual(parsePoolPropertiesJson(JSON.stringify({ pools: Object.fromEntries(json) })));
				expect(fromText.map(({ name, guid }) => [name, BigInt(guid)])).toEqual(
					pools.map(([name, guid]) => [name, guid]),
				);
			}),
			{ numRuns: 1000 },
		);
	});
});
