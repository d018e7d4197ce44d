/** `kills`: the built program in real terminals, interrupted at random. Operand: the number of one chain to repeat. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Campaign, CampaignOptions } from './campaigns.js';
import { chance, mixSeed } from './chance.js';
import { type ChainResult, runChain } from './kills/chain.js';
import { endOf } from './kills/judge.js';
import { Sitting } from './kills/program.js';
import { canMount, type DiskKind } from './kills/state-disk.js';

const usualCount = 1000;
/** Chains at a time; each is one process of the program and our own judging. */
const workers = 2;
const scenario = 'held-jobs';

export const campaign: Campaign = {
	summary: `the built program in real terminals, interrupted ${usualCount} times at random`,
	async run({ seed, count = usualCount, operands, say }: CampaignOptions) {
		const only = operands[0] === undefined ? undefined : Number(operands[0]);
		const hasDisks = canMount();
		if (!hasDisks) say('Without root and mount(8) there are no full, read-only and broken disks in this campaign.');
		const { wholeRun, undisturbed } = await runUndisturbed();
		say(`a run that nobody disturbs: ${Math.round(wholeRun)} ms`);
		const tally = new Map<string, number>();
		const results: ChainResult[] = [];
		let [next, left] = [only ?? 0, count];
		const takeTurn = (how: string) => {
			if (left === 0) return false;
			left -= 1;
			tally.set(how, (tally.get(how) ?? 0) + 1);
			return true;
		};
		const work = async () => {
			while (left > 0 && (only === undefined || next === only)) {
				const chain = next;
				next += 1;
				const draw = chance(mixSeed(seed, chain));
				const disk = hasDisks ? ([undefined, 'tmpfs', 'ext4'] as const)[chain % 3] : undefined;
				const result = await runChain({ scenario, draw, disk, wholeRun, undisturbed, takeTurn });
				results.push(result);
				for (const problem of result.problems) say(`FAIL chain ${chain}${onDisk(disk)}: ${problem}`);
				if (result.problems.length > 0) say(`     repeat: npm run campaign -- kills ${chain} --seed ${seed}`);
			}
		};
		await Promise.all(Array.from({ length: only === undefined ? workers : 1 }, work));
		const sum = (of: (result: ChainResult) => number) => results.reduce((total, each) => total + of(each), 0);
		say(`${count - left} interruptions: ${[...tally].map(([how, times]) => `${times} ${how}`).join(', ')}`);
		say(
			`${results.length} runs, ${sum(({ reachedEnd }) => Number(reachedEnd))} through to the undisturbed end, ` +
				`${sum(({ halts }) => halts)} halts after three tries, ${sum(({ problems }) => problems.length)} violations`,
		);
		return results.every(({ problems }) => problems.length === 0);
	},
};

function onDisk(disk: DiskKind | undefined): string {
	return disk === undefined ? '' : ` (state on ${disk})`;
}

async function runUndisturbed() {
	const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-kills-'));
	try {
		const since = performance.now();
		const sitting = new Sitting(['demo', '--scenario', scenario, '--yes', '--state-dir', folder], 1e6);
		const { code } = await sitting.ended;
		if (code !== 0) throw new Error(`the undisturbed run ended with ${code}: ${sitting.text}`);
		return { wholeRun: performance.now() - since, undisturbed: endOf(folder) };
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
