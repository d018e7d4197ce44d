/** The campaigns by name: tests that take minutes to hours, each one command that anybody can repeat from its seed. */
import process from 'node:process';
import { parseArgs } from 'node:util';

export interface CampaignOptions {
	readonly seed: number;
	/** Undefined: as many as the campaign does by itself. */
	readonly count: number | undefined;
	/** What was left on the command line. */
	readonly operands: readonly string[];
	/** Options of single campaigns, as they were given. */
	readonly flags: Readonly<Record<'route' | 'index' | 'stride', string | undefined>>;
	readonly say: (line: string) => void;
}

export interface Campaign {
	/** One line for the list. */
	readonly summary: string;
	/** Says its figures; false when something was found. */
	run(options: CampaignOptions): Promise<boolean>;
}

const loaders: Readonly<Record<string, () => Promise<{ readonly campaign: Campaign }>>> = {
	operations: () => import('./operations.js'),
	failpoints: () => import('./failpoints.js'),
	fuzz: () => import('./fuzz.js'),
	'lying-host': () => import('./lying-host.js'),
	kills: () => import('./kills.js'),
	packages: () => import('./packages.js'),
	lock: () => import('./lock.js'),
	hands: () => import('./hands.js'),
};

const say = (line: string) => process.stdout.write(`${line}\n`);

/** `NAME [--seed N] [--count N] [OPERAND...]`; without a name it lists them. Returns the exit code. */
export async function runCampaign(argv: readonly string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args: [...argv],
		options: {
			seed: { type: 'string' },
			count: { type: 'string' },
			route: { type: 'string' },
			index: { type: 'string' },
			stride: { type: 'string' },
		},
		allowPositionals: true,
	});
	const [name, ...operands] = positionals;
	const load = name === undefined ? undefined : loaders[name];
	if (load === undefined) {
		for (const [each, one] of Object.entries(loaders)) say(`${each.padEnd(12)} ${(await one()).campaign.summary}`);
		return name === undefined ? 0 : 2;
	}
	const seed = Number(values.seed ?? Date.now() % 1_000_000_000);
	const count = values.count === undefined ? undefined : Number(values.count);
	const { route, index, stride } = values;
	const flags = { route, index, stride };
	say(`${name}: seed ${seed}`);
	const since = performance.now();
	const isClean = await (await load()).campaign.run({ seed, count, operands, flags, say });
	say(
		`${name}: ${isClean ? 'nothing found' : 'FAILED'}, ${((performance.now() - since) / 1000).toFixed(1)} s, seed ${seed}`,
	);
	return isClean ? 0 : 1;
}
