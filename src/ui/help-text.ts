import { emptyLine, hang, type Line, line, paragraph, span } from './text/line.js';
import type { View } from './view.js';

const keys: readonly (readonly [string, string])[] = [
	['r', 'the way back from here: exact commands, always one key away'],
	['f', 'findings, with what to do about each'],
	['l', 'log: what was run and what it said'],
	['?', 'this help'],
	['q, Ctrl-C', 'leave; says first what goes on without you. Ctrl-C twice leaves at once'],
	['Esc', 'back'],
	['Up, Down', 'move and scroll; PageUp, PageDown, Home and End as well'],
	['Ctrl-R/F/L/G', 'the same pages while a text is being typed (G: help)'],
];

const severityWords: readonly (readonly [string, string])[] = [
	['blocker', 'the upgrade stops until it is mended or ignored by name'],
	['warning', 'go on only if you know why'],
	['notice', 'worth knowing'],
	['ok', 'looked at and found good'],
];

/** Keys, words and promises, on one page. */
export function helpLines(view: View, width: number): readonly Line[] {
	const row = ([name, text]: readonly [string, string]): readonly Line[] =>
		hang(span(`  ${name.padEnd(14)}`, 'strong'), text, width);
	return [
		...paragraph(
			'Nothing changes this host before you have seen the exact commands and said yes. The wizard can be left at any ' +
				'time and goes on where it stopped, also after a reboot. Long work runs by itself and outlives the terminal.',
			width,
		),
		emptyLine,
		line('Keys', 'strong'),
		...keys.flatMap(row),
		emptyLine,
		line('Findings', 'strong'),
		...severityWords.flatMap(row),
		emptyLine,
		line('Files', 'strong'),
		...hang(span(`  ${'log'.padEnd(14)}`, 'strong'), view.about.logFile, width),
		...(view.about.rollbackFile === undefined || view.rollback.length === 0
			? []
			: hang(span(`  ${'way back'.padEnd(14)}`, 'strong'), view.about.rollbackFile, width)),
	];
}
