import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandResult } from '../../src/host/host.js';
import { judgeReceive, judgeSend } from '../../src/zfs/judge.js';
import { ZfsParseError } from '../../src/zfs/parse-error.js';
import type { PoolStatus, Vdev } from '../../src/zfs/pool.js';
import { diagnoseText } from '../../src/zfs/problem.js';
import { parseVersions } from '../../src/zfs/read-versions.js';
import { parseReceivedStreams } from '../../src/zfs/receive.js';
import { parseRows } from '../../src/zfs/rows.js';
import { parseSendEstimate } from '../../src/zfs/send.js';
import { setPropertyListing } from '../../src/zfs/zfs-get.js';
import { parseHolds } from '../../src/zfs/zfs-holds.js';
import { bookmarkListing, datasetListing, type Listing, snapshotListing } from '../../src/zfs/zfs-list.js';
import { parsePermanentErrors, parsePermanentErrorsJson } from '../../src/zfs/zpool-errors.js';
import { parsePoolProperties, parsePoolPropertiesJson } from '../../src/zfs/zpool-get.js';
import { parsePoolStatus } from '../../src/zfs/zpool-status.js';
import { parsePoolStatusJson } from '../../src/zfs/zpool-status-json.js';
import { loadRecording } from '../fixtures/load.js';

const recordings = ['zfs-2.1.11', 'zfs-2.3.2'].flatMap((folder) =>
	readdirSync(path.join(import.meta.dirname, '../fixtures/lab', folder)).map((file) => {
		const { stdout, stderr } = loadRecording(`lab/${folder}/${file}`);
		return stdout + stderr;
	}),
);

const listed = [
	'tank\t11\t-\t1\t1\t1\t-\ton\tyes\toff\t-\t-\t-\tnone\t/tank\tfilesystem\n',
	'tank/v\t12\t-\t1\t1\t1\t4096\t-\t-\taes-256-gcm\ttank/v\tavailable\t-\tprompt\t-\tvolume\n',
	'tank@a\t1795336007\t14336\t0\t6083639963026583371\ntank/d@r\t1795336024\t0\t2\t63\n',
	'tank#a\t1795336007\t6083639963026583371\n',
	'tank\torg.x:y\ta\tb\nc\treceived\ntank\tcompression\tlz4\tlocal\n',
];

const parsers: Readonly<Record<string, (text: string) => unknown>> = {
	parsePoolStatus,
	parsePoolStatusJson,
	parsePoolProperties,
	parsePoolPropertiesJson,
	parsePermanentErrors,
	parsePermanentErrorsJson,
	parseHolds,
	parseSendEstimate,
	parseReceivedStreams,
	diagnoseText,
	datasetListing: (text) => parseListing(datasetListing, text),
	snapshotListing: (text) => parseListing(snapshotListing, text),
	bookmarkListing: (text) => parseListing(bookmarkListing, text),
	setPropertyListing: (text) => parseListing(setPropertyListing, text),
	parseVersions: (text) => parseVersions(result(text)),
	judgeSend: (text) => judgeSend(result(text)),
	judgeReceive: (text) => judgeReceive(result(text)),
};

function parseListing<T>({ rows, toItem }: Listing<T>, text: string): readonly T[] {
	return parseRows(text, rows).map(toItem);
}

function result(text: string): CommandResult {
	const outcome = { kind: 'exited', code: 0 } as const;
	return { command: { argv: ['zfs', 'x'] }, outcome, stdout: text, stderr: text, truncated: false, seconds: 1 };
}

/** Edits of real output: lines lost, doubled or swapped, the end cut off, bytes and characters put in. */
const nasty = fc.oneof(
	fc.constantFrom(
		'\t',
		'\n',
		'\u001b[2J',
		'\u0000',
		'\r',
		'"',
		'{',
		'\\',
		'  pool: x\n',
		'\tNAME  STATE',
		'9'.repeat(40),
	),
	fc.string({ maxLength: 5 }),
);
type Edit = (lines: string[], at: number, inserted: string) => void;
const edits: readonly Edit[] = [
	(lines, at) => lines.splice(at, 1),
	(lines, at) => lines.splice(at, 0, lines[at] ?? ''),
	(lines, at) => lines.reverse().splice(0, at % 3),
	(lines, at) => lines.splice(at),
	(lines, at, inserted) =>
		lines.splice(at, 1, `${(lines[at] ?? '').slice(0, at % 40)}${inserted}${(lines[at] ?? '').slice(at % 40)}`),
	(lines, at) => lines.splice(at, 1, (lines[at] ?? '').slice(0, at % 60)),
];
const mutated = fc
	.tuple(
		fc.constantFrom(...recordings, ...listed),
		fc.array(fc.tuple(fc.constantFrom(...edits), fc.nat(60), nasty), { maxLength: 4 }),
		fc.option(fc.tuple(fc.nat(), fc.integer({ min: 0x80, max: 0xff })), { nil: undefined }),
	)
	.map(([text, changes, byte]) => {
		const lines = text.split('\n');
		for (const [edit, at, inserted] of changes) edit(lines, at % Math.max(1, lines.length), inserted);
		const bytes = Buffer.from(lines.join('\n'));
		if (byte !== undefined && bytes.length > 0) bytes[byte[0] % bytes.length] = byte[1];
		return bytes.toString('utf8');
	});

describe('whatever a command prints', () => {
	it.each(Object.entries(parsers))('%s reads it or refuses it with its own error', (_, parse) => {
		fc.assert(
			fc.property(fc.oneof({ weight: 4, arbitrary: mutated }, { weight: 1, arbitrary: fc.string() }), (text) => {
				try {
					parse(text);
				} catch (error) {
					expect(error).toBeInstanceOf(ZfsParseError);
					expect((error as Error).message).not.toMatch(/[^\P{Cc}\t\n]/u);
				}
			}),
			{ numRuns: 10_000 },
		);
	});

	it.each(Object.entries(parsers))('%s comes to an end with a megabyte of one thing', (_, parse) => {
		for (const piece of [
			' ',
			'\t',
			'\n',
			'a',
			"'",
			'"',
			'{"a":',
			'[',
			'\t  a  ',
			'  pool: a\n state: b\n',
			'full\t',
			'1-a-',
		]) {
			try {
				parse(piece.repeat(2 ** 20 / piece.length));
			} catch (error) {
				expect(error).toBeInstanceOf(ZfsParseError);
			}
		}
	});
});

describe('a lost line', () => {
	it.each(['status-degraded-offline', 'status-missing-device', 'status-resilver-running', 'status-suspended'])(
		'never makes the pool of %s look healthy',
		(recording) => {
			const lines = loadRecording(`lab/zfs-2.1.11/${recording}.txt`).stdout.split('\n');
			for (const index of lines.keys()) {
				const text = lines.toSpliced(index, 1).join('\n');
				expect(looksHealthy(text), `without ${JSON.stringify(lines[index])}`).toBe(false);
			}
		},
	);

	function looksHealthy(text: string): boolean {
		try {
			return [...parsePoolStatus(text).values()].some(isHealthy);
		} catch {
			return false;
		}
	}

	function isHealthy({ state, errorCount, root }: PoolStatus): boolean {
		return state === 'ONLINE' && errorCount === 0n && root !== undefined && isOnline(root);
	}

	function isOnline({ state, children }: Vdev): boolean {
		return state === 'ONLINE' && children.every(isOnline);
	}
});
