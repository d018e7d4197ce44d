/**
 * Something that was asked of the host. Unknown is a value of its own: it is shown as such, and a check that needs
 * it does not pass.
 */
export type Fact<T> =
	| { readonly known: true; readonly value: T /** Command or file it was read from. */; readonly source: string }
	| { readonly known: false /** What was tried and what it said. */; readonly why: string };

export function known<T>(value: T, source: string): Fact<T> {
	return { known: true, value, source };
}

export function unknown<T = never>(why: string): Fact<T> {
	return { known: false, why };
}

/** The value, or `fallback` where the fact is unknown. Only for display; a decision looks at `known`. */
export function valueOr<T, F>(fact: Fact<T>, fallback: F): T | F {
	return fact.known ? fact.value : fallback;
}
