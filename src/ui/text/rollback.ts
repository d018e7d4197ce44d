import type { RollbackStage } from '../../../steps/step.js';
import { shellWords } from '../../plan/shell-text.js';
import { commandRows } from './command.js';
import { type Line, line } from './line.js';
import { wrap } from './wrap.js';

function comment(text: string, width: number, indent = ''): readonly Line[] {
	const mark = `# ${indent}`;
	return wrap(text, width, { first: mark, rest: mark, long: 'keep' }).map((row) => line(row, 'faint'));
}

function stageLines(stage: RollbackStage, number: number, width: number, long: 'keep' | 'break'): readonly Line[] {
	return [
		...comment(`${number}. ${stage.title}`, width),
		...comment(stage.why, width, '   '),
		...stage.notes.flatMap((note) => comment(note, width, '   ')),
		...stage.commands.flatMap((command) => [
			...comment(command.why, width),
			...commandRows(shellWords(command.work), width, { long }).map((row) => line(row, 'strong')),
		]),
		...(stage.rebootAfter
			? [...comment('Reboot now, then go on with what follows.', width), line('systemctl reboot', 'strong')]
			: []),
		[],
	];
}

/**
 * The way back, last change first: comments and exact commands, which any POSIX shell reads as they stand.
 * @param long what becomes of a path that is longer than a row: text to copy keeps it whole, a screen would cut it off
 */
export function rollbackLines(
	stages: readonly RollbackStage[],
	width: number,
	long: 'keep' | 'break' = 'keep',
): readonly Line[] {
	if (stages.length === 0) {
		return comment('Nothing was changed yet: there is nothing to undo.', width);
	}
	return stages.flatMap((stage, index) => stageLines(stage, index + 1, width, long));
}
