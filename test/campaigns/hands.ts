/**
 * `hands`: between two sittings somebody undoes by hand what is recorded as done, or a backup puts an older host or an
 * older record back. The record is then wrong, and only the host tells. Operands: parts of the names of the cases.
 */
import type { Campaign } from './campaigns.js';
import { carryOn } from './carry-on.js';
import { type HandCase, handCases } from './hands/cases.js';
import { findViolations } from './invariants/invariants.js';
import { observe } from './observe.js';
import { type Recording, recordRun } from './record.js';
import { booted, newWorld, scenarioOf } from './world.js';

export const campaign: Campaign = {
	summary: 'a host or a record changed by hand between two sittings: what is recorded is believed only if it is so',
	async run({ seed, operands, say }) {
		const recording = await recordRun(newWorld(scenarioOf['dkms-ahead'], seed));
		const endings = new Map<string, number>();
		let [cases, failures] = [0, 0];
		for (const one of handCases(recording)) {
			if (operands.length > 0 && !operands.some((part) => one.name.includes(part))) continue;
			cases += 1;
			const { ending, problems } = await play(recording, one);
			endings.set(ending, (endings.get(ending) ?? 0) + 1);
			if (problems.length === 0) continue;
			failures += 1;
			say(`FAIL ${one.name} (${ending})`);
			for (const problem of problems.slice(0, 4)) say(`     ${problem}`);
		}
		say(
			`${cases} cases, ${failures} failures: ${[...endings].map(([ending, count]) => `${count} ${ending}`).join(', ')}`,
		);
		return failures === 0;
	},
};

interface Played {
	readonly ending: string;
	readonly problems: readonly string[];
}

/** It comes to its end with everything in place, or it stops and says why: it never says that all is well wrongly. */
async function play(recording: Recording, { world, excused }: HandCase): Promise<Played> {
	const up = { ...world, machine: booted(world.machine) };
	let carried: Awaited<ReturnType<typeof carryOn>>;
	try {
		carried = await carryOn(up);
	} catch (error) {
		return { ending: 'a fault of its own', problems: [error instanceof Error ? (error.stack ?? '') : String(error)] };
	}
	const end = { ...carried.world, machine: booted(carried.world.machine) };
	const problems = findViolations(await observe(recording.before, end))
		// Where it stopped it has said so; what somebody took away is then still away.
		.filter(({ promise }) => carried.ended === 'at-the-end' || !['b', 'f', 'g'].includes(promise))
		// Whoever goes back in time does things again.
		.filter(({ promise }) => promise !== 'c')
		.map(({ promise, text }) => `(${promise}) ${text}`)
		.filter((problem) => excused?.test(problem) !== true);
	const ending = carried.ended === 'at-the-end' ? 'went on to the end' : `stopped: ${carried.why?.slice(0, 90)}`;
	return { ending, problems };
}
