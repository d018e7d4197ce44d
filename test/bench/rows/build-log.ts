/** 100,000 lines of a build log in the wizard, and how fast it answers a key meanwhile. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundleProgram } from '../bundle-program.ts';
import { peakMemory, processorSeconds } from '../child.ts';
import { quantile } from '../measure.ts';
import { limit, type Result, written } from '../result.ts';
import { Screen } from '../screen.ts';
import type { Setting } from '../setting.ts';

const lines = 100_000;
const pieces = 100;
/** Milliseconds before the next key: more than a hundred of them in the ten seconds, so that p99 is not the worst. */
const pause = 25;
const goals = { processorSeconds: 5, answerMilliseconds: 50, memory: 2 };

/** A build prints in bursts: a thousand lines, a tenth of a second of compiling. */
function writeBuild(folder: string, count: number): string {
	mkdirSync(folder, { recursive: true });
	const each = count / pieces;
	for (let piece = 0; piece < pieces; piece += 1) {
		const text = Array.from(
			{ length: each },
			(_, index) => `  CC [M]  /var/lib/dkms/zfs/2.3.2/build/module/zfs/piece_${piece}_${index}.o\n`,
		);
		writeFileSync(path.join(folder, String(piece).padStart(3, '0')), text.join(''));
	}
	const script = path.join(folder, 'build.sh');
	writeFileSync(script, `for piece in ${folder}/[0-9]*; do cat "$piece"; sleep 0.1; done\n`);
	return script;
}

interface Shown {
	readonly processorSeconds: number;
	readonly mebibytes: number;
	readonly answers: readonly number[];
}

async function show(argv: readonly [string, ...string[]]): Promise<Shown> {
	const screen = new Screen(argv);
	await screen.waitFor(/piece_/);
	const answers: number[] = [];
	while (!screen.recent.includes('The build is over')) {
		screen.press('?');
		answers.push(await screen.waitFor(/Nothing changes this host/));
		screen.press('\x1b');
		// The tail of the log again: an Escape and a key that are read together are another key.
		await screen.waitFor(/piece_|The build is over/);
		await sleep(pause);
	}
	const shown = {
		processorSeconds: processorSeconds(screen.pid),
		mebibytes: peakMemory(screen.pid) ?? Number.NaN,
		answers,
	};
	await screen.kill();
	return shown;
}

export async function measureBuildLog({ scratch }: Setting): Promise<readonly Result[]> {
	const program = await bundleProgram('build-log.ts', scratch);
	const cli = path.resolve(import.meta.dirname, '../../../dist/cli.js');
	const [short, long] = [lines / 10, lines].map((count) => writeBuild(path.join(scratch, `build-${count}`), count));
	const wizard = (script: string, name: string): [string, ...string[]] => [
		...([process.execPath, program, path.join(scratch, name), cli, script] as const),
	];
	const few = await show(wizard(short ?? '', 'few'));
	const many = await show(wizard(long ?? '', 'many'));
	const cat = new Screen(['sh', long ?? '']);
	let used = 0;
	const watch = setInterval(() => {
		used = processorSeconds(cat.pid);
	}, 50);
	await cat.ended;
	clearInterval(watch);
	const what = '100,000 lines of build log shown live';
	const yardstick = '`cat` to the same terminal';
	const none = { yardstick: '', measuredYardstick: '' };
	return [
		limit(
			{ what: `${what}: processor time of the wizard`, yardstick, measuredYardstick: written(used, 's') },
			{ value: many.processorSeconds, unit: 's', most: goals.processorSeconds },
		),
		limit(
			{
				what: `${what}: a key press is answered (p99 of ${many.answers.length}; median ${written(quantile(many.answers, 0.5), 'ms')})`,
				...none,
			},
			{ value: quantile(many.answers, 0.99), unit: 'ms', most: goals.answerMilliseconds },
		),
		{
			what: `${what}: memory of the wizard`,
			yardstick: 'for 10,000 lines',
			measured: written(many.mebibytes, 'MiB'),
			measuredYardstick: written(few.mebibytes, 'MiB'),
			ratio: (many.mebibytes / few.mebibytes).toFixed(2),
			goal: `<= ${goals.memory}`,
			passes: many.mebibytes / few.mebibytes <= goals.memory,
		},
	];
}
