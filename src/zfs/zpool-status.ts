/** `zpool status` as text: all there is before 2.3. The layout is that of status_callback in zpool_main.c of 2.0 to 2.4. */

import type { Command } from '../host/host.js';
import { excerpt } from '../host/text.js';
import { foldLines, parsePrintedName } from './fields.js';
import { limits } from './limits.js';
import { type PoolName, parsePoolName } from './names.js';
import { ZfsParseError } from './parse-error.js';
import type { PoolStatus, Scan } from './pool.js';
import { parseHealth } from './pool-health.js';
import { chooseScan } from './scan.js';
import { parseVdevTree } from './zpool-status-config.js';

const subject = 'zpool status';

/** Without `-v`: nothing that an ordinary user named (files with errors) can be in the output. `-p`: exact counts. */
export const poolStatusCommand: Command = { argv: ['zpool', 'status', '-p'], timeoutSeconds: limits.state };

/** One line of a section begins with its name, the rest with a tab or blanks. */
interface Section {
	readonly name: string;
	/** The first without the section's name, the others as they are. */
	readonly lines: readonly string[];
}

const heading = /^ {0,3}(pool|state|status|action|see|scan|scrub|remove|expand|checkpoint|config|errors): ?(.*)$/;

/** How the line after `scan:` (or, for a scrub of errors, `scrub:`) begins. */
const scanFunctions = [
	[/^(?:error scrub|scrubbed \d+ error blocks) /, 'error-scrub'],
	[/^scrub /, 'scrub'],
	[/^(?:resilver|resilvered) /, 'resilver'],
] as const;

/** @throws ZfsParseError */
export function parsePoolStatus(output: string): ReadonlyMap<PoolName, PoolStatus> {
	return new Map(
		splitPools(output).map(({ name, sections }) => [
			parsePrintedName(name, parsePoolName, subject),
			toStatus(name, sections),
		]),
	);
}

interface PoolText {
	readonly name: string;
	readonly sections: readonly Section[];
}

function splitPools(output: string): readonly PoolText[] {
	const pools: { name: string; sections: { name: string; lines: string[] }[] }[] = [];
	for (const line of output.split('\n')) {
		const [, name, rest = ''] = heading.exec(line) ?? [];
		const pool = pools.at(-1);
		if (name === 'pool') pools.push({ name: rest, sections: [] });
		else if (name !== undefined && pool !== undefined) pool.sections.push({ name, lines: [rest] });
		else if (pool?.sections.length) pool.sections.at(-1)?.lines.push(line);
		else if (line.trim() !== '') throw new ZfsParseError(subject, `unexpected line ${excerpt(line)}`);
	}
	return pools;
}

function toStatus(pool: string, sections: readonly Section[]): PoolStatus {
	const state = find(sections, 'state');
	if (state === undefined) throw new ZfsParseError(subject, `no state for pool ${excerpt(pool)}`);
	return {
		state: parseHealth(state.lines[0]),
		status: foldLines(find(sections, 'status')?.lines),
		action: foldLines(find(sections, 'action')?.lines),
		messageId: /ZFS-8000-\w+/.exec(find(sections, 'see')?.lines[0] ?? '')?.[0],
		scan: chooseScan(sections.filter(({ name }) => name === 'scan' || name === 'scrub').map(toScan)),
		checkpoint: toCheckpoint(find(sections, 'checkpoint')?.lines[0]),
		isRemovingDevice: find(sections, 'remove')?.lines[0]?.startsWith('Evacuation of ') ?? false,
		isExpandingRaidz: find(sections, 'expand')?.lines[0]?.startsWith('expansion of ') ?? false,
		root: parseVdevTree(find(sections, 'config')?.lines.slice(1) ?? []),
		errorCount: toErrorCount(find(sections, 'errors')?.lines[0]),
	};
}

function find(sections: readonly Section[], name: string): Section | undefined {
	return sections.find((section) => section.name === name);
}

function toScan({ lines }: Section): Scan {
	const [first = ''] = lines;
	if (first === 'none requested') return { function: 'none' };
	const scanFunction = scanFunctions.find(([words]) => words.test(first))?.[1];
	if (scanFunction === undefined) throw new ZfsParseError(subject, `unexpected scan ${excerpt(first)}`);
	if (/ in progress since | paused since /.test(first)) {
		const percent = /(\d+\.\d+)% done/.exec(lines.join('\n'))?.[1];
		return {
			function: scanFunction,
			state: first.includes(' paused since ') ? 'paused' : 'scanning',
			percent: percent === undefined ? undefined : Math.min(100, Number(percent)),
		};
	}
	if (first.includes(' canceled on ')) return { function: scanFunction, state: 'canceled' };
	const errors = / with (\d+) errors on /.exec(first)?.[1];
	return { function: scanFunction, state: 'finished', errors: errors === undefined ? undefined : BigInt(errors) };
}

function toCheckpoint(text: string | undefined): PoolStatus['checkpoint'] {
	if (text === undefined) return 'none';
	return text.startsWith('discarding') ? 'discarding' : 'exists';
}

function toErrorCount(text: string | undefined): bigint | undefined {
	if (text === 'No known data errors') return 0n;
	const count = /^(\d+) data errors/.exec(text ?? '')?.[1];
	return count === undefined ? undefined : BigInt(count);
}
