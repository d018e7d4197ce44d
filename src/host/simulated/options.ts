/** Command line options as getopt_long(3) reads them: options and operands may be mixed. */

export interface OptionSpec {
	/** As for getopt(3): `rHo:` */
	readonly short: string;
	/** Name to the short letter it stands for, or to its own name; `=` at the end of the key: it takes a value. */
	readonly long?: Readonly<Record<string, string>>;
	/** Options end at the first operand (apt's subcommands do not need it, `env`-like programs do). */
	readonly stopAtOperand?: boolean;
}

export interface ParsedOptions {
	readonly operands: readonly string[];
	/** In the order given, `[name, value]`; an empty value for a flag. */
	readonly given: readonly (readonly [name: string, value: string])[];
	/** What was wrong with the first bad one. */
	readonly problem?: { readonly kind: 'unknown' | 'missing'; readonly option: string };
}

export function parseOptions(args: readonly string[], spec: OptionSpec): ParsedOptions {
	const given: (readonly [string, string])[] = [];
	const operands: string[] = [];
	const rest = [...args];
	const problem = (kind: 'unknown' | 'missing', option: string): ParsedOptions => ({
		operands,
		given,
		problem: { kind, option },
	});
	for (let arg = rest.shift(); arg !== undefined; arg = rest.shift()) {
		if (arg === '--') {
			operands.push(...rest);
			break;
		}
		if (arg.startsWith('--')) {
			const [name = '', inline] = splitOnce(arg.slice(2), '=');
			const plain = spec.long?.[name];
			const valued = spec.long?.[`${name}=`];
			const optional = spec.long?.[`${name}?`];
			if (valued !== undefined) {
				const value = inline ?? rest.shift();
				if (value === undefined) return problem('missing', name);
				given.push([valued, value]);
			} else if (optional !== undefined) given.push([optional, inline ?? '']);
			else if (plain !== undefined && inline === undefined) given.push([plain, '']);
			else return problem('unknown', name);
			continue;
		}
		if (!arg.startsWith('-') || arg === '-') {
			operands.push(arg);
			if (spec.stopAtOperand !== true) continue;
			operands.push(...rest);
			break;
		}
		for (let letters = arg.slice(1); letters !== ''; letters = letters.slice(1)) {
			const letter = letters.charAt(0);
			const at = spec.short.indexOf(letter);
			if (at < 0 || letter === ':') return problem('unknown', letter);
			if (spec.short.charAt(at + 1) !== ':') {
				given.push([letter, '']);
				continue;
			}
			const value = letters.length > 1 ? letters.slice(1) : rest.shift();
			if (value === undefined) return problem('missing', letter);
			given.push([letter, value]);
			break;
		}
	}
	return { operands, given };
}

export function hasOption(parsed: ParsedOptions, name: string): boolean {
	return parsed.given.some(([one]) => one === name);
}

/** The last value given. */
export function optionValue(parsed: ParsedOptions, name: string): string | undefined {
	return parsed.given.findLast(([one]) => one === name)?.[1];
}

export function optionValues(parsed: ParsedOptions, name: string): readonly string[] {
	return parsed.given.filter(([one]) => one === name).map(([, value]) => value);
}

/** `a=b=c` to `a` and `b=c`; the second part is missing without the separator. */
export function splitOnce(text: string, separator: string): readonly [string, string?] {
	const at = text.indexOf(separator);
	return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}
