/** One simulated host, whose upgrade is interrupted again and again until it is through. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stepIds } from '../../../steps/step.js';
import { type Canonical, differences } from '../canonical.js';
import { endOf, judgeFolder } from './judge.js';
import { type Ended, type Interruption, interruptions, Sitting } from './program.js';
import { type DiskFault, type DiskKind, makeStateDisk, type StateDisk } from './state-disk.js';

export interface ChainOptions {
	readonly scenario: string;
	/** Draws in [0, 1), the same for the same chain. */
	readonly draw: () => number;
	readonly disk: DiskKind | undefined;
	/** Milliseconds that a whole run takes when nobody disturbs it. */
	readonly wholeRun: number;
	readonly undisturbed: Canonical;
	/** Counts one interruption; false: enough of them. */
	readonly takeTurn: (how: Interruption | DiskFault) => boolean;
}

export interface ChainResult {
	readonly interruptions: number;
	/** Runs that came to their end in spite of it all. */
	readonly reachedEnd: boolean;
	/** Times that the program halted after three tries and was told to try again. */
	readonly halts: number;
	readonly problems: readonly string[];
}

/** A sitting that takes longer by itself hangs. Milliseconds; generous, since the machine may be busy. */
const patience = 120_000;
/** Interruptions of one run; then it is let go to its end, to be compared with one that nobody disturbed. */
const mostInterruptions = 12;
/** Sittings until a run must be through. */
const sittingLimit = 60;

export async function runChain(options: ChainOptions): Promise<ChainResult> {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-kills-'));
	const disk = options.disk === undefined ? undefined : makeStateDisk(folder, options.disk);
	try {
		return await interruptUntilDone(folder, disk, options);
	} finally {
		disk?.remove();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** The answers of somebody who has read why it halted and tries again. */
function writeAnswers(folder: string): string {
	const file = path.join(folder, 'answers.json');
	writeFileSync(file, JSON.stringify(Object.fromEntries(stepIds.map((id) => [`${id}.another-try`, 'again']))));
	return file;
}

async function interruptUntilDone(
	folder: string,
	disk: StateDisk | undefined,
	options: ChainOptions,
): Promise<ChainResult> {
	const { draw, scenario, takeTurn, undisturbed } = options;
	const base = ['demo', '--scenario', scenario, '--state-dir', folder];
	const answers = writeAnswers(folder);
	let [count, halts, isHalted] = [0, 0, false];
	const found = (problems: readonly string[], reachedEnd = false): ChainResult => ({
		interruptions: count,
		halts,
		reachedEnd,
		problems,
	});
	for (let sittings = 0; sittings < sittingLimit; sittings += 1) {
		// Slow enough for jobs to be under way when it is interrupted, or as fast as it goes.
		const speed = pick(draw, [1e6, 1e6, 8000, 3000]);
		// One time in seven the wizard's screen, which waits for a key; else the run goes on by itself.
		const isWatched = draw() < 1 / 7 && count < mostInterruptions;
		const how = pick<Interruption | DiskFault>(draw, [...interruptions, ...(disk?.faults ?? [])]);
		const delay = draw() * (draw() < 0.2 ? 300 : options.wholeRun * 0.4);
		const sitting = new Sitting(
			isWatched ? base : [...base, '--yes', ...(isHalted ? ['--answers', answers] : [])],
			speed,
		);
		isHalted = false;
		const isLetGo = count >= mostInterruptions;
		let ended = await Promise.race([sitting.ended, sleep(isLetGo ? patience : delay, undefined)]);
		const isInterrupted = ended === undefined;
		if (isInterrupted && isLetGo) return found([`it hangs by itself: ${tail(sitting)}`]);
		if (ended === undefined) {
			if (!takeTurn(how)) {
				sitting.interrupt('SIGKILL');
				await sitting.ended;
				return found([]);
			}
			count += 1;
			ended = await interrupt(sitting, how, disk);
			if (ended === undefined) return found([`it hangs after ${how} at ${Math.round(delay)} ms: ${tail(sitting)}`]);
		}
		const seen = judgeFolder(folder, scenario, draw() < 0.1);
		const problems = [
			...seen.problems,
			...(/has a fault of its own/.test(sitting.text) ? [`it shows a fault of its own: ${tail(sitting)}`] : []),
		];
		if (problems.length > 0) return found(problems.map((text) => `after ${how} at ${Math.round(delay)} ms: ${text}`));
		if (isInterrupted) continue;
		// 77: the sitting before was interrupted between its last word and its end, and there is nothing left to do.
		const isThrough = ended.code === 0 || (ended.code === 77 && typeof seen.state?.endedAt === 'number');
		if (isThrough) return found(differences(undisturbed, endOf(folder)), true);
		if (ended.code === 6 && /Halted at/.test(sitting.text)) [halts, isHalted] = [halts + 1, true];
		// A step that failed or found something new says so and can be tried again.
		else return found([`it stopped by itself with ${ended.code}: ${tail(sitting)}`]);
	}
	return found([`it was not through after ${sittingLimit} sittings`]);
}

/** Undefined: it does not end. */
async function interrupt(
	sitting: Sitting,
	how: Interruption | DiskFault,
	disk: StateDisk | undefined,
): Promise<Ended | undefined> {
	if (!isFault(how)) {
		sitting.interrupt(how);
		return await Promise.race([sitting.ended, sleep(patience, undefined)]);
	}
	disk?.begin(how);
	// It may stop at the fault, come to its end without touching the disk, or wait for a key.
	let ended = await Promise.race([sitting.ended, sleep(3000, undefined)]);
	if (ended === undefined) {
		sitting.interrupt('SIGTERM');
		ended = await Promise.race([sitting.ended, sleep(patience, undefined)]);
	}
	disk?.mend(how);
	return ended;
}

function isFault(how: Interruption | DiskFault): how is DiskFault {
	return how.startsWith('E');
}

function pick<T>(draw: () => number, items: readonly T[]): T {
	const item = items[Math.floor(draw() * items.length)];
	if (item === undefined) throw new Error('nothing to pick from');
	return item;
}

function tail({ text }: Sitting): string {
	return JSON.stringify(text.slice(-1500));
}
