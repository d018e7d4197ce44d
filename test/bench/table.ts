import type { Result } from './result.ts';

const heads = ['what', 'measured', 'yardstick', 'its figure', 'ratio', 'goal', ''] as const;

/** Median (least to most) of each; a row that misses its goal says so. */
export function markdownTable(results: readonly Result[]): string {
	const lines = results.map((result) => [
		result.what,
		result.measured,
		result.yardstick,
		result.measuredYardstick,
		result.ratio,
		result.goal,
		result.passes === undefined ? 'stated' : result.passes ? 'pass' : '**FAIL**',
	]);
	return [heads, heads.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
