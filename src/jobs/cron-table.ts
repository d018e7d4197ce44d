/** Lines of cron tables (crontab(5), anacrontab(5)). */

/** `system`: with a user after the times (/etc/crontab, /etc/cron.d). `anacron`: period, delay, name, command. */
export type CronTableForm = 'system' | 'user' | 'anacron';

export interface CronEntry {
	/** The whole line. */
	readonly line: string;
	readonly command: string;
}

const forms: Readonly<Record<CronTableForm, RegExp>> = {
	system: /^\s*(?:@\S+|(?:\S+\s+){4}\S+)\s+\S+\s+(?<command>\S.*)$/,
	user: /^\s*-?(?:@\S+|(?:\S+\s+){4}\S+)\s+(?<command>\S.*)$/,
	anacron: /^\s*(?:@\S+|\d+)\s+\d+\s+\S+\s+(?<command>\S.*)$/,
};

/** The entries of a table: no comments, no empty lines, no assignments. */
export function parseCronTable(text: string, form: CronTableForm): readonly CronEntry[] {
	return text.split('\n').flatMap((line) => {
		if (/^\s*(?:#|$)/.test(line) || /^\s*["']?[A-Za-z_][\w]*["']?\s*=/.test(line)) return [];
		const command = forms[form].exec(line)?.groups?.command;
		// In a command `%` ends it and begins its input; `\%` is a plain one.
		return command === undefined ? [] : [{ line, command: command.replaceAll('\\%', '%') }];
	});
}

/** Put before a line that is on hold; what follows is the line as it was. */
export const heldLinePrefix = '#zfs-lockstep-hold: ';

export function holdLines(text: string, lines: readonly string[]): string {
	return text
		.split('\n')
		.map((line) => (lines.includes(line) ? `${heldLinePrefix}${line}` : line))
		.join('\n');
}

/** Undoes `holdLines`, whatever else was edited since. */
export function releaseLines(text: string): string {
	return text
		.split('\n')
		.map((line) => (line.startsWith(heldLinePrefix) ? line.slice(heldLinePrefix.length) : line))
		.join('\n');
}
