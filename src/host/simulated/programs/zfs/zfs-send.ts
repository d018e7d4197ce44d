import { findEntry } from '../../dataset-names.js';
import { isAtLeast } from '../../features.js';
import { clockTime, niceBytes } from '../../numbers.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import { decodeToken, type TokenContents } from '../../resume-token.js';
import type { Session } from '../../session.js';
import { encodeStream, type StreamRecord, streamSize } from '../../stream.js';
import { hasAbiBreak } from '../../zfs-version.js';
import { openLibrary, toolsSeries } from './library.js';
import { planSend, type SendOptions, type StreamPlan } from './send-plan.js';
import { refuseOptions, refuseUsage } from './usage.js';

/** Bytes a second of an ordinary pool on two disks. */
const sendRate = 180_000_000n;

const longOptions = {
	replicate: 'R',
	'skip-missing': 's',
	props: 'p',
	parsable: 'P',
	verbose: 'v',
	proctitle: 'V',
	dryrun: 'n',
	'large-block': 'L',
	embed: 'e',
	'resume=': 't',
	compressed: 'c',
	raw: 'w',
	backup: 'b',
	holds: 'h',
} as const;

export function zfsSend(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'i:I:RsDpVvnPLeht:cwbS', long: longOptions });
	const refused = refuseOptions(session, 'send', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const flags = ['L', 'e', 'c', 'w'].filter((letter) => hasOption(parsed, letter));
	const report: Report = {
		dryRun: hasOption(parsed, 'n'),
		verbose: hasOption(parsed, 'v'),
		parsable: hasOption(parsed, 'P'),
	};
	const token = optionValue(parsed, 't');
	if (token !== undefined) return resume(session, token, report);
	const [name, ...more] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'send', 'missing snapshot argument');
	if (more.length > 0) return refuseUsage(session, 'send', 'too many arguments');
	const allSteps = hasOption(parsed, 'I');
	const options: SendOptions = {
		replicate: hasOption(parsed, 'R'),
		skipMissing: hasOption(parsed, 's'),
		allSteps: allSteps || (hasOption(parsed, 'R') && !hasOption(parsed, 'i')),
		base: optionValue(parsed, 'I') ?? optionValue(parsed, 'i'),
		raw: hasOption(parsed, 'w'),
		properties: hasOption(parsed, 'p'),
		flags,
	};
	const plan = planSend(session.machine, name, options);
	session.wait(0.05);
	if (!plan.ok) {
		session.err(plan.stderr);
		return 1;
	}
	for (const warning of plan.warnings) session.err(warning);
	sayEstimate(session, plan.streams, report);
	if (report.dryRun) return 0;
	const isPackage = options.replicate || allSteps;
	if (!isPackage) {
		sendStreams(session, plan.streams, report);
		return 0;
	}
	session.write(encodeStream([{ kind: 'package', root: name, replicates: options.replicate, toName: name }]));
	if (hasAbiBreak(session.machine)) return failByLayout(session, plan.streams);
	sendStreams(session, plan.streams, report);
	writeMore(session, [{ kind: 'package-end' }]);
	return 0;
}

interface Report {
	readonly dryRun: boolean;
	readonly verbose: boolean;
	readonly parsable: boolean;
}

/**
 * The module reads the fields of the old ioctl from other places: every snapshot fails, and tools up to 2.1 still exit
 * with 0 (facts/lab.md, kmod-2.3.1).
 */
function failByLayout(session: Session, streams: readonly StreamPlan[]): number {
	for (const { name } of streams) session.err(`warning: cannot send '${name}': Invalid argument`);
	writeMore(session, [{ kind: 'package-end' }]);
	return isAtLeast(toolsSeries(session), [2, 2]) ? 1 : 0;
}

function sayEstimate(session: Session, streams: readonly StreamPlan[], { dryRun, verbose, parsable }: Report): void {
	if (!verbose && !parsable) return;
	const say = (text: string) => (dryRun ? session.out(text) : session.err(text));
	for (const { name, fromShown, bytes } of streams) {
		if (parsable)
			say(fromShown === undefined ? `full\t${name}\t${bytes}` : `incremental\t${fromShown}\t${name}\t${bytes}`);
		else if (fromShown === undefined) say(`full send of ${name} estimated size is ${niceBytes(bytes)}`);
		else say(`send from @${fromShown.split('@').at(-1)} to ${name} estimated size is ${niceBytes(bytes)}`);
	}
	const total = streams.reduce((sum, { bytes }) => sum + bytes, 0n);
	say(parsable ? `size\t${total}` : `total estimated size is ${niceBytes(total)}`);
}

function sendStreams(session: Session, streams: readonly StreamPlan[], report: Report): void {
	for (const stream of streams) {
		if (report.verbose && !report.parsable) session.err(`TIME        SENT   SNAPSHOT ${stream.name}`);
		passTime(session, stream, report);
		writeMore(session, stream.records);
	}
}

/** A line each second, as long as it takes. */
function passTime(session: Session, { name, bytes }: StreamPlan, { verbose, parsable }: Report): void {
	let sent = sendRate;
	for (; sent < bytes; sent += sendRate) {
		session.wait(1);
		if (!verbose) continue;
		const time = clockTime(session.now);
		session.err(parsable ? `${time}\t${sent}\t${name}` : `${time}   ${niceBytes(sent).padStart(5)}   ${name}`);
	}
	session.wait(Number(bytes % sendRate) / Number(sendRate));
}

/** The magic line stands only at the very beginning. */
function writeMore(session: Session, records: readonly StreamRecord[]): void {
	const { text, bytes } = encodeStream(records);
	session.write({ text: session.stdout.text === '' ? text : text.slice(text.indexOf('\n') + 1), bytes });
}

function resume(session: Session, token: string, report: Report): number {
	const contents = decodeToken(token);
	if (contents === undefined) {
		session.err('cannot resume send: resume token is corrupt (invalid checksum)');
		return 1;
	}
	const entry = findEntry(session.machine, contents.toName);
	if (entry?.kind !== 'snapshot') {
		session.err(`cannot resume send: '${contents.toName}' used in the initial send no longer exists`);
		return 1;
	}
	if (entry.snapshot.guid !== contents.toGuid) {
		session.err(`cannot resume send: '${contents.toName}' is no longer the same snapshot used in the initial send`);
		return 1;
	}
	const base = Object.entries(entry.dataset.snapshots).find(([, one]) => one.guid === contents.fromGuid)?.[0];
	if (contents.fromGuid !== null && base === undefined) {
		session.err('cannot resume send: incremental source 0x0 no longer exists');
		return 1;
	}
	const plan = planSend(session.machine, contents.toName, {
		replicate: false,
		skipMissing: false,
		allSteps: false,
		base: base === undefined ? undefined : `@${base}`,
		raw: contents.flags.includes('w'),
		properties: false,
		flags: contents.flags,
	});
	if (!plan.ok) {
		session.err(plan.stderr);
		return 1;
	}
	const streams = plan.streams.map((stream) => withoutReceived(stream, contents));
	if (report.dryRun && report.verbose) session.out(describeToken(contents));
	sayEstimate(session, streams, report);
	if (!report.dryRun) sendStreams(session, streams, report);
	return 0;
}

/** Objects that the receiver has are left out. */
function withoutReceived(stream: StreamPlan, { object }: TokenContents): StreamPlan {
	let seen = 0;
	const records = stream.records.flatMap((record): readonly StreamRecord[] => {
		if (record.kind === 'begin') return [{ ...record, skipped: object }];
		if (record.kind !== 'object') return [record];
		seen += 1;
		return seen <= object ? [] : [record];
	});
	return { ...stream, records, bytes: streamSize(records) };
}

/** Source: recordings send-t-nvP. */
function describeToken({ object, bytes, toGuid, toName }: TokenContents): string {
	const hex = (number: bigint) => `0x${number.toString(16)}`;
	return [
		'resume token contents:',
		'nvlist version: 0',
		`\tobject = ${hex(BigInt(object))}`,
		`\toffset = ${hex(0n)}`,
		`\tbytes = ${hex(BigInt(bytes))}`,
		`\ttoguid = ${hex(BigInt(toGuid))}`,
		`\ttoname = ${toName}`,
	].join('\n');
}
