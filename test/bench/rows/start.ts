/** The start of commands that run often, against the bare start of what runs them. */
import { timeIn } from '../child.ts';
import { interleave } from '../measure.ts';
import { compare, type Result } from '../result.ts';
import type { Setting } from '../setting.ts';

const commands = [['--version'], ['status', '--json'], ['guard', '--', 'true']] as const;

export async function measureStart({ host, programs, rounds }: Setting): Promise<readonly Result[]> {
	const results: Result[] = [];
	for (const program of programs) {
		const besideBare = (argv: readonly string[]) =>
			interleave(
				rounds,
				() => timeIn(host.root, argv),
				() => timeIn(host.root, program.bare),
			);
		const labelsOf = (what: string) =>
			({ what: `${what}, ${program.name}`, yardstick: 'bare start', unit: 'ms' }) as const;
		for (const command of commands) {
			const pairs = await besideBare([...program.argv, ...command]);
			results.push(compare(labelsOf(`\`${command.join(' ')}\``), pairs, { kind: 'at most', ratio: 1.3 }));
		}
		const least = await besideBare(program.asking);
		results.push(compare(labelsOf('the least program that asks `zfs --version`'), least));
	}
	return results;
}
