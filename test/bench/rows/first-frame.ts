/** From the start of the wizard to its first frame on a pseudo-terminal, and the memory that it takes. */
import { statSync } from 'node:fs';
import { entering, peakMemory } from '../child.ts';
import { interleave } from '../measure.ts';
import type { Program } from '../program.ts';
import { compare, type Result, written } from '../result.ts';
import { Screen } from '../screen.ts';
import type { Setting } from '../setting.ts';

/** The list of the seven steps is in every frame. */
const aFrame = /Check the versions/;

async function firstFrame(root: string, argv: readonly string[]): Promise<number> {
	const screen = new Screen(entering(root, argv));
	await screen.waitFor(aFrame);
	const milliseconds = performance.now() - screen.startedAt;
	await screen.kill();
	return milliseconds;
}

async function bareStart(root: string, { bare }: Program): Promise<number> {
	const screen = new Screen(entering(root, bare));
	await screen.ended;
	return performance.now() - screen.startedAt;
}

export async function measureFirstFrame({ host, programs, rounds }: Setting): Promise<readonly Result[]> {
	const results: Result[] = [];
	for (const program of programs) {
		const besideBare = (argv: readonly string[]) =>
			interleave(
				rounds,
				() => firstFrame(host.root, argv),
				() => bareStart(host.root, program),
			);
		const labelsOf = (what: string) =>
			({ what: `${what}, ${program.name}`, yardstick: 'bare start', unit: 'ms' }) as const;
		const wizard = await besideBare(program.argv);
		results.push(compare(labelsOf('first frame of the wizard'), wizard, { kind: 'at most', ratio: 2.5 }));
		const least = await besideBare(program.drawing);
		results.push(compare(labelsOf('the least program that draws a frame with Ink'), least));
	}
	return results;
}

/** Of the wizard when it has read the host and asks its first question. */
async function wizardMemory(root: string, { argv }: Program): Promise<number> {
	const screen = new Screen(entering(root, argv));
	await screen.waitFor(/Which pools/);
	const peak = peakMemory(screen.pid) ?? Number.NaN;
	await screen.kill();
	return peak;
}

async function bareMemory(root: string, { bare }: Program): Promise<number> {
	const screen = new Screen(entering(root, bare));
	let peak = 0;
	const watch = setInterval(() => {
		peak = Math.max(peak, peakMemory(screen.pid) ?? 0);
	}, 1);
	await screen.ended;
	clearInterval(watch);
	return peak;
}

export async function measureSize({ host, programs }: Setting): Promise<readonly Result[]> {
	const results: Result[] = [];
	for (const program of programs) {
		const [ours, bare] = [await wizardMemory(host.root, program), await bareMemory(host.root, program)];
		results.push({
			what: `memory of the wizard when it has read the host, ${program.name}`,
			yardstick: 'bare runtime',
			measured: written(ours, 'MiB'),
			measuredYardstick: written(bare, 'MiB'),
			ratio: (ours / bare).toFixed(2),
			goal: '',
			passes: undefined,
		});
	}
	const executable = programs[1];
	if (executable !== undefined) {
		const [ours, bare] = [executable.size.file, executable.size.bareFile].map(
			(file) => statSync(file).size / 1024 / 1024,
		);
		results.push({
			what: 'size of the executable',
			yardstick: 'bare runtime',
			measured: written(ours ?? Number.NaN, 'MiB'),
			measuredYardstick: written(bare ?? Number.NaN, 'MiB'),
			ratio: ((ours ?? Number.NaN) / (bare ?? Number.NaN)).toFixed(2),
			goal: '',
			passes: undefined,
		});
	}
	return results;
}
