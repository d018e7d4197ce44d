/** `check` on ten pools and a thousand datasets, against the same commands one after the other in a shell. */
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { timeIn } from '../child.ts';
import { interleave } from '../measure.ts';
import { compare, type Result } from '../result.ts';
import type { Setting } from '../setting.ts';

const paces = [
	{ what: 'commands answer at once', isReal: false, share: 1 },
	{ what: 'commands take as long as on a host', isReal: true, share: 0.1 },
] as const;

export async function measureCheck({ host, programs, rounds }: Setting): Promise<readonly Result[]> {
	const results: Result[] = [];
	const paceFile = path.join(host.root, 'bench/real-pace');
	for (const { what, isReal, share } of paces) {
		if (isReal) writeFileSync(paceFile, '');
		for (const program of programs) {
			const pairs = await interleave(
				Math.max(3, Math.round(rounds * share)),
				() => timeIn(host.root, [...program.argv, 'check', '--json']),
				() => timeIn(host.root, ['/bin/sh', host.checkScript]),
			);
			const labels = {
				what: `\`check --json\`, 10 pools, 1,000 datasets, ${what}, ${program.name}`,
				yardstick: 'the same commands in a shell',
				unit: 'ms',
			} as const;
			results.push(compare(labels, pairs, { kind: 'at most', ratio: 1.2 }));
		}
		rmSync(paceFile, { force: true });
	}
	return results;
}
