import {
	appendFileSync,
	chmodSync,
	existsSync,
	readdirSync,
	readFileSync,
	renameSync,
	statSync,
	symlinkSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { logFile, openEventLog } from '../../src/journal/event-log.js';
import { followEventLog, type LogLine, readEventLog } from '../../src/journal/read-event-log.js';
import { makeScratch, mountTmpfs } from '../host/scratch.js';

function makeDirectory(): string {
	return path.join(makeScratch(), 'log');
}

function read(directory: string): LogLine[] {
	return [...readEventLog(directory)];
}

function numbersIn(lines: readonly LogLine[]): unknown[] {
	return lines.map((line) => (line.kind === 'entry' ? line.entry.n : 'torn'));
}

describe('the log', () => {
	it('gives back what was put in, with its time, in order', () => {
		const directory = makeDirectory();
		const log = openEventLog({ directory });
		log.append({ type: 'intent', argv: ['zfs', 'snapshot', 'a\nb'] }, { durable: true });
		log.append({ type: 'outcome', code: 0 });
		log.close();
		const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);
		expect(read(directory)).toEqual([
			{ kind: 'entry', entry: { at, type: 'intent', argv: ['zfs', 'snapshot', 'a\nb'] } },
			{ kind: 'entry', entry: { at, type: 'outcome', code: 0 } },
		]);
	});

	it('is empty where nothing was logged', () => {
		expect(read(makeDirectory())).toEqual([]);
	});

	it('is for nobody else to read', () => {
		const directory = makeDirectory();
		openEventLog({ directory }).close();
		expect(statSync(directory).mode & 0o777).toBe(0o700);
		expect(statSync(logFile(directory)).mode & 0o777).toBe(0o600);
	});

	it('goes on where the program before stopped', () => {
		const directory = makeDirectory();
		for (const n of [1, 2, 3]) {
			const log = openEventLog({ directory });
			log.append({ n });
			log.close();
		}
		expect(numbersIn(read(directory))).toEqual([1, 2, 3]);
	});

	it('is not written through a link, nor into a folder that others may write to', () => {
		const directory = makeDirectory();
		openEventLog({ directory }).close();
		const other = path.join(makeScratch(), 'precious');
		writeFileSync(other, '');
		const linked = makeScratch();
		symlinkSync(other, logFile(linked));
		expect(() => openEventLog({ directory: linked })).toThrow(expect.objectContaining({ kind: 'unsafe' }));
		chmodSync(directory, 0o777);
		expect(() => openEventLog({ directory })).toThrow(expect.objectContaining({ kind: 'unsafe' }));
	});

	it('cut off anywhere keeps every whole entry and says that one is torn', () => {
		const directory = makeDirectory();
		const log = openEventLog({ directory });
		for (const n of [1, 2, 3]) log.append({ n, text: 'ä池' });
		log.close();
		const size = statSync(logFile(directory)).size;
		const lineBytes = size / 3;
		for (let length = size - 1; length > 0; length -= 1) {
			truncateSync(logFile(directory), length);
			const whole = Array.from({ length: Math.floor(length / lineBytes) }, (_, index) => index + 1);
			expect(numbersIn(read(directory))).toEqual(length % lineBytes === 0 ? whole : [...whole, 'torn']);
		}
	});

	it('goes on after a torn line without losing the next entry', () => {
		const directory = makeDirectory();
		openEventLog({ directory }).append({ n: 1 });
		appendFileSync(logFile(directory), '{"at":"2026-');
		openEventLog({ directory }).append({ n: 2 });
		expect(numbersIn(read(directory))).toEqual([1, 'torn', 2]);
	});

	it('with any rubbish in it is read to the end', () => {
		fc.assert(
			fc.property(fc.uint8Array(), (rubbish) => {
				const directory = makeDirectory();
				const log = openEventLog({ directory });
				log.append({ n: 1 });
				log.close();
				appendFileSync(logFile(directory), rubbish);
				openEventLog({ directory }).append({ n: 2 });
				const numbers = numbersIn(read(directory));
				expect([numbers[0], numbers.at(-1)]).toEqual([1, 2]);
			}),
			{ numRuns: 40 },
		);
	});

	it('does not grow beyond its size and the file before it', () => {
		const directory = makeDirectory();
		const log = openEventLog({ directory, maximumBytes: 1000 });
		for (let n = 0; n < 100; n += 1) log.append({ n, text: 'x'.repeat(50) });
		log.close();
		expect(readdirSync(directory).sort()).toEqual(['events.jsonl', 'events.jsonl.1']);
		for (const name of readdirSync(directory))
			expect(statSync(path.join(directory, name)).size).toBeLessThanOrEqual(1000);
		const numbers = numbersIn(read(directory));
		expect(numbers.at(-1)).toBe(99);
		expect(numbers).toEqual(numbers.map((_, index) => 100 - numbers.length + index));
	});

	it('goes on in a new file when logrotate has put its file away, and loses nothing', () => {
		const directory = makeDirectory();
		const file = logFile(directory);
		const log = openEventLog({ directory, maximumBytes: 200 });
		log.append({ n: 0 });
		renameSync(file, `${file}.1`);
		for (let n = 1; !existsSync(file); n += 1) log.append({ n });
		log.append({ n: 'last' });
		log.close();
		const numbers = numbersIn(read(directory));
		expect(numbers.slice(0, 2)).toEqual([0, 1]);
		expect(numbers.at(-1)).toBe('last');
	});

	it('on a full disk says so, and goes on when there is room', async (context) => {
		const directory = makeScratch();
		if (!(await mountTmpfs(directory, 'size=16k,mode=0700'))) context.skip();
		const log = openEventLog({ directory });
		log.append({ n: 1 });
		expect(() => log.append({ n: 2, text: 'x'.repeat(30_000) })).toThrow(expect.objectContaining({ kind: 'no-space' }));
		truncateSync(logFile(directory), 4096);
		log.append({ n: 3 });
		log.close();
		expect(numbersIn(read(directory))).toEqual([1, 'torn', 3]);
	});
});

describe('the log followed', () => {
	it('hands over what is there and what comes, also over a rotation', async () => {
		const directory = makeDirectory();
		const log = openEventLog({ directory, maximumBytes: 200 });
		log.append({ n: 0 });
		const controller = new AbortController();
		const seen: unknown[] = [];
		let written = 0;
		for await (const line of followEventLog(directory, controller.signal)) {
			seen.push(...numbersIn([line]));
			if (written < 12) {
				written += 1;
				log.append({ n: written });
			}
			if (seen.length === 13) controller.abort();
		}
		log.close();
		expect(readFileSync(`${logFile(directory)}.1`, 'utf8')).not.toBe('');
		expect(seen).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
	});

	it('waits for a log that does not exist yet, and for the end of a half-written line', async () => {
		const directory = makeScratch();
		const controller = new AbortController();
		const lines = followEventLog(directory, controller.signal);
		const first = lines.next();
		writeFileSync(logFile(directory), '{"at":"2026-11-22T00:00:00.000Z",');
		const appended = new Promise((resolve) => setTimeout(resolve, 300)).then(() =>
			appendFileSync(logFile(directory), '"n":1}\n'),
		);
		expect(await first).toMatchObject({ value: { kind: 'entry', entry: { n: 1 } } });
		await appended;
		controller.abort();
		expect(await lines.next()).toMatchObject({ done: true });
	});
});
