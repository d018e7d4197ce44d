import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseBookmarkName, parseSnapshotName } from '../../src/zfs/names.js';
import { ZfsParseError } from '../../src/zfs/parse-error.js';
import {
	estimateSend,
	findResumeToken,
	parseResumeToken,
	parseSendEstimate,
	parseSendProgress,
	send,
} from '../../src/zfs/send.js';
import { loadRecording } from '../fixtures/load.js';

const snapshot = parseSnapshotName('tank/a b@2');
const base = parseSnapshotName('tank/a b@1');

describe('send', () => {
	it.each([
		[{ snapshot }, ['tank/a b@2']],
		[{ snapshot, from: { kind: 'one-step', base } }, ['-i', 'tank/a b@1', 'tank/a b@2']],
		[
			{ snapshot, from: { kind: 'one-step', base: parseBookmarkName('tank/a b#1') } },
			['-i', 'tank/a b#1', 'tank/a b@2'],
		],
		[{ snapshot, from: { kind: 'all-steps', base }, raw: true }, ['-w', '-I', 'tank/a b@1', 'tank/a b@2']],
		[{ snapshot, replicate: true, compressed: true, largeBlocks: true }, ['-R', '-c', '-L', 'tank/a b@2']],
		[{ snapshot, embedded: true, properties: true }, ['-e', '-p', 'tank/a b@2']],
	] as const)('spells %j as zfs does', (spec, words) => {
		expect(send(spec).argv).toEqual(['zfs', 'send', ...words]);
		expect(send(spec, { progress: true }).argv).toEqual(['zfs', 'send', '-v', '-P', ...words]);
		expect(estimateSend(spec).argv).toEqual(['zfs', 'send', '-n', '-v', '-P', ...words]);
	});

	it('resumes by a token', () => {
		const resume = parseResumeToken('1-9fec097b6-b8-789c6360');
		expect(resume && send({ resume }).argv).toEqual(['zfs', 'send', '-t', '1-9fec097b6-b8-789c6360']);
	});

	it('refuses an increment from another dataset', () => {
		const other = parseSnapshotName('tank/b@1');
		expect(() => send({ snapshot, from: { kind: 'one-step', base: other } })).toThrow(RangeError);
	});
});

describe('a resume token', () => {
	it.each(['', '-', 'x', '1-', '1-a-b', '2-9fec097b6-b8-789c', '1-9fec097b6-b8-789c6360\n', '-t 1-a-b-c', '1-a-b-c;d'])(
		'is not %j',
		(text) => {
			expect(parseResumeToken(text)).toBeUndefined();
		},
	);

	it('is found in what receive says', () => {
		const { stderr } = loadRecording('lab/zfs-2.3.2/recv-truncated-s.txt');
		expect(findResumeToken(stderr)).toMatch(/^1-[0-9a-f]+-b8-789c[0-9a-f]+$/);
		expect(findResumeToken('cannot receive: failed to read from stream')).toBeUndefined();
	});
});

describe('parseSendEstimate', () => {
	it('adds up what a replication stream would hold', () => {
		const { stdout } = loadRecording('lab/mismatch/kmod-2.3.1+user-2.3.2/send-nvP-R.txt');
		expect(parseSendEstimate(stdout)).toEqual({
			totalBytes: 6_735_464n,
			parts: [
				{ snapshot: 'tank/data@a', from: undefined, bytes: 5_529_248n },
				{ snapshot: 'tank/data@b', from: 'a', bytes: 1_191_656n },
				{ snapshot: 'tank/data/child@a', from: undefined, bytes: 13_936n },
				{ snapshot: 'tank/data/child@b', from: 'a', bytes: 624n },
			],
		});
	});

	it.each([
		['zfs-2.1.11/send-nP', 25_223_280n],
		['zfs-2.3.2/send-nvP', 25_223_280n],
		['zfs-2.1.11/send-nP-i', 402_584n],
		['zfs-2.3.2/send-nP-w', 256_664n],
		['zfs-2.1.11/send-t-nvP', 17_731_832n],
		['zfs-2.3.2/send-t-nvP', 17_731_832n],
	])('reads the size in %s', (recording, bytes) => {
		expect(parseSendEstimate(loadRecording(`lab/${recording}.txt`).stdout).totalBytes).toBe(bytes);
	});

	it.each(['', 'full\ttank@a\t1\n', 'size\t1.2M\n', 'full\ttank@a\tx\nsize\t1\n'])('refuses %j', (output) => {
		expect(() => parseSendEstimate(output)).toThrow(ZfsParseError);
	});
});

describe('parseSendProgress', () => {
	it.each(['zfs-2.1.11', 'zfs-2.3.2'])('follows a send of %s', (version) => {
		const { stderr } = loadRecording(`lab/${version}/send-vP.txt`);
		const progress = stderr.split('\n').flatMap((line) => parseSendProgress(line) ?? []);
		expect(progress[0]).toEqual({ kind: 'size', bytes: 25_223_280n });
		expect(progress[1]).toEqual({ kind: 'sent', snapshot: 'fx/data@a', bytes: 134_256n });
		const sent = progress.slice(1).map(({ bytes }) => bytes);
		expect(sent).toEqual(sent.toSorted((a, b) => Number(a - b)));
	});

	it('has nothing to say about any other line, whatever it is', () => {
		fc.assert(
			fc.property(fc.string({ maxLength: 200 }), (line) => {
				expect(parseSendProgress(`x${line}`)).toBeUndefined();
			}),
			{ numRuns: 10_000 },
		);
	});
});
