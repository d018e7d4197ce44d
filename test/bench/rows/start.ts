/** The start of commands that run often, against the bare start of what runs them. */
import { timeIn } from '../child.ts';
import { interleave } from '../measure.ts';
import { compare, type Result } from '../result.ts';
import type { Setting } from '../setting.ts';

const commands = [['--version'], ['status', '--json'], ['guard', '--', 'true']] as const;

export async function measureStart({ host, programs, rounds }: Setting): Promise<readonly Result[]> {
	const results: Result[] = [];
	for (const program of programs) {
		for (const command of commands) {
			const pairs = await interleave(
				rounds,
				() => timeIn(host.root, [...program.argv, ...command]),
				() => timeIn(host.root, program.bare),
			);
			const labels = {
				what: `\`${command.join(' ')}\`, ${program.name}`,
				yardstick: 'bare start',
				unit: 'ms',
			} as const;
			results.push(compare(labels, pairs, { kind: 'at most', ratio: 1.3 }));
		}
	}
	return results;
}
