/** Real processes of the built program, all of which want to be at work on one simulated host. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { identifySelf } from '../../../src/host/process-identity.js';
import { type Interruption, Sitting } from '../kills/program.js';

export interface FightOptions {
	/** Draws in [0, 1), the same for the same fight. */
	readonly draw: () => number;
}

export interface FightResult {
	/** Processes that were started. */
	readonly contenders: number;
	readonly turnedAway: number;
	readonly problems: readonly string[];
}

/** Exit code of who finds the lock taken. */
const busy = 75;
/** Milliseconds until whoever has no lock must have ended; generous, since the machine may be busy. */
const patience = 40_000;
/** Simulated seconds for one real second: so slow that nobody comes to the end by himself. */
const speed = 20;
/** Who ends the one at work, and then the file still names it. More would be too many tries of one step. */
const roundsOfOneHost = 2;
const ends: readonly Interruption[] = ['SIGKILL', 'SIGKILL of the group', 'SIGTERM', 'SIGHUP', 'terminal closed'];

/** What an earlier holder, a crash or somebody's hand may have left in the file. None of it keeps anybody out. */
const leftovers: Readonly<Record<string, () => string>> = {
	nothing: () => '',
	'half a record': () => '{"pid": 1, "since": "20',
	'a process that is gone': () => record({ ...identifySelf(), pid: 4_194_303 }),
	'a process whose number somebody else has now': () => record({ ...identifySelf(), startTime: '1' }),
	'a process of an earlier boot': () => record({ ...identifySelf(), bootId: '00000000-0000-0000-0000-000000000000' }),
	'a living process that does not hold it': () => record(identifySelf()),
};

function record(identity: ReturnType<typeof identifySelf>): string {
	return JSON.stringify({ pid: identity.pid, since: '2026-01-01T00:00:00Z', command: ['old'], process: identity });
}

export async function fight({ draw }: FightOptions): Promise<FightResult> {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-lock-'));
	const started: Sitting[] = [];
	const problems: string[] = [];
	let turnedAway = 0;
	try {
		const [what, text] = pick(draw, Object.entries(leftovers));
		writeFileSync(path.join(folder, 'lock'), text(), { mode: 0o600 });
		for (let round = 0; round < roundsOfOneHost && problems.length === 0; round += 1) {
			const contenders = await startSome(folder, 2 + Math.floor(draw() * 2), draw);
			started.push(...contenders);
			const { winner, problem } = await findWinner(contenders);
			turnedAway += contenders.length - 1;
			if (winner === undefined) {
				problems.push(`${problem} (the file told of ${round === 0 ? what : 'the one that was ended'})`);
				break;
			}
			const late = start(folder);
			started.push(late);
			const code = await endOf(late);
			if (code === busy) turnedAway += 1;
			else problems.push(`one that came later ended with ${code ?? 'nothing: it was let in'}, and not with ${busy}`);
			if (isOver(winner)) problems.push(`the one at work ended by itself: ${tail(winner)}`);
			const how = pick(draw, ends);
			winner.interrupt(how);
			if ((await endOf(winner)) === undefined) problems.push(`it does not end after ${how}`);
		}
		return { contenders: started.length, turnedAway, problems };
	} finally {
		for (const one of started) one.interrupt('SIGKILL of the group');
		await Promise.all(started.map(({ ended }) => ended));
		rmSync(folder, { recursive: true, force: true });
	}
}

function start(folder: string): Sitting {
	const sitting = new Sitting(['demo', '--scenario', 'held-jobs', '--yes', '--state-dir', folder], speed);
	void sitting.ended.then(({ code }) => codes.set(sitting, code));
	return sitting;
}

const codes = new WeakMap<Sitting, number>();

function isOver(sitting: Sitting): boolean {
	return codes.has(sitting);
}

async function startSome(folder: string, count: number, draw: () => number): Promise<readonly Sitting[]> {
	const sittings: Sitting[] = [];
	for (let index = 0; index < count; index += 1) {
		sittings.push(start(folder));
		if (draw() < 0.5) await sleep(draw() * 400);
	}
	return sittings;
}

interface Winner {
	readonly winner?: Sitting;
	readonly problem?: string;
}

/** All but one have ended because of the lock, and that one has not. */
async function findWinner(contenders: readonly Sitting[]): Promise<Winner> {
	for (let waited = 0; waited < patience; waited += 100) {
		const ended = contenders.filter(isOver);
		const strange = ended.find((one) => codes.get(one) !== busy);
		if (strange !== undefined) return { problem: `one ended with ${codes.get(strange)}: ${tail(strange)}` };
		if (ended.length === contenders.length) return { problem: `none of ${contenders.length} was let in` };
		const [winner, second] = contenders.filter((one) => !isOver(one));
		if (winner !== undefined && second === undefined) return { winner };
		await sleep(100);
	}
	const left = contenders.filter((one) => !isOver(one));
	return { problem: `${left.length} of ${contenders.length} are at work at once` };
}

/** Undefined: it goes on. */
async function endOf(sitting: Sitting): Promise<number | undefined> {
	const ended = await Promise.race([sitting.ended, sleep(patience, undefined)]);
	return ended?.code;
}

function pick<T>(draw: () => number, items: readonly T[]): T {
	const item = items[Math.floor(draw() * items.length)];
	if (item === undefined) throw new Error('nothing to pick from');
	return item;
}

function tail({ text }: Sitting): string {
	return JSON.stringify(text.slice(-600));
}
