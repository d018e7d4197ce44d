/** What the terminal can do, decided once at the start from the streams and the environment. */
export interface Terminal {
	/** Keys can be read and a screen can be drawn: both ends are a terminal that moves its cursor. */
	readonly interactive: boolean;
	readonly colour: boolean;
	/** Symbols beyond ASCII show. */
	readonly unicode: boolean;
	/** A screen reader reads along: no borders, no drawings, no rows that change by themselves. */
	readonly screenReader: boolean;
	/** Cells to wrap text at. */
	readonly width: number;
}

interface Surroundings {
	readonly stdin: { readonly isTTY?: boolean };
	readonly stdout: { readonly isTTY?: boolean; readonly columns?: number };
	readonly env: Readonly<Record<string, string | undefined>>;
	/** `--no-color` was given. */
	readonly noColour: boolean;
}

/** Without a terminal text is for a file, a mail or a pipe: lines of the width that all of them show. */
const widthWithoutTerminal = 80;
/** Longer lines are hard to read, however wide the window is. */
const widest = 110;

/** Whether the locale's character set is UTF-8, by the precedence of locale(7). */
function isUtf8(env: Surroundings['env']): boolean {
	const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== '');
	return /utf-?8/i.test(locale ?? '');
}

/** `NO_COLOR` counts when it is not empty (no-color.org). The Linux console lacks most symbols in its 256 glyphs. */
export function describeTerminal({ stdin, stdout, env, noColour }: Surroundings): Terminal {
	const type = env.TERM ?? '';
	const isScreen = stdout.isTTY === true && type !== '' && type !== 'dumb';
	return {
		interactive: isScreen && stdin.isTTY === true,
		colour: isScreen && !noColour && (env.NO_COLOR ?? '') === '',
		unicode: isUtf8(env) && type !== 'linux',
		screenReader: env.INK_SCREEN_READER === 'true',
		width: stdout.isTTY === true ? Math.min(Math.max(stdout.columns ?? 80, 40), widest) : widthWithoutTerminal,
	};
}
