/**
 * Differences between two states of a piece of plain data. The states share what did not change, so finding the
 * difference costs as much as the change, not as the state.
 */

/** A value is put at a path of keys, taken away, or (a text that only grew) appended to. */
export type Patch =
	| { readonly path: readonly string[]; readonly value: unknown }
	| { readonly path: readonly string[]; readonly remove: true }
	| { readonly path: readonly string[]; readonly append: string };

type Data = Readonly<Record<string, unknown>>;

export function difference(before: unknown, after: unknown): readonly Patch[] {
	const patches: Patch[] = [];
	collect(before, after, [], patches);
	return patches;
}

function collect(before: unknown, after: unknown, path: readonly string[], patches: Patch[]): void {
	if (Object.is(before, after)) return;
	if (isData(before) && isData(after)) {
		for (const key of Object.keys(before)) {
			if (!Object.hasOwn(after, key)) patches.push({ path: [...path, key], remove: true });
		}
		for (const [key, value] of Object.entries(after)) {
			if (Object.hasOwn(before, key)) collect(before[key], value, [...path, key], patches);
			else patches.push({ path: [...path, key], value });
		}
		return;
	}
	if (typeof before === 'string' && typeof after === 'string' && before !== '' && after.startsWith(before)) {
		patches.push({ path, append: after.slice(before.length) });
		return;
	}
	patches.push({ path, value: after });
}

/** Patches whose place has gone meanwhile are left out: somebody else removed what they were about. */
export function applyPatches<T>(state: T, patches: readonly Patch[]): T {
	// The shape is the caller's: patches come from `difference` of two states of the same type.
	return patches.reduce<unknown>((current, patch) => applyAt(current, patch.path, patch), state) as T;
}

function applyAt(state: unknown, path: readonly string[], patch: Patch): unknown {
	const [key, ...rest] = path;
	if (key === undefined) {
		if ('append' in patch) return typeof state === 'string' ? state + patch.append : state;
		return 'value' in patch ? patch.value : undefined;
	}
	if (!isData(state)) return state;
	if (rest.length === 0 && 'remove' in patch) {
		return Object.fromEntries(Object.entries(state).filter(([name]) => name !== key));
	}
	if (rest.length > 0 && !Object.hasOwn(state, key)) return state;
	return { ...state, [key]: applyAt(Object.hasOwn(state, key) ? state[key] : undefined, rest, patch) };
}

function isData(value: unknown): value is Data {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
