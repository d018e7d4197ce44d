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
		for (const key of Object.keys(after)) {
			const [old, value] = [before[key], after[key]];
			if (old === value && old !== undefined) continue;
			if (Object.hasOwn(before, key)) collect(old, value, [...path, key], patches);
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

/**
 * Patches whose place has gone meanwhile are left out: somebody else removed what they were about.
 * @param patches of one difference, so that none is about a part of what another one puts
 */
export function applyPatches<T>(state: T, patches: readonly Patch[]): T {
	// The shape is the caller's: patches come from `difference` of two states of the same type.
	return applyBelow(state, patches, 0) as T;
}

/** Those that begin alike go together: what they share is copied once. */
function applyBelow(state: unknown, patches: readonly Patch[], depth: number): unknown {
	const [first] = patches;
	if (first === undefined) return state;
	if (first.path.length === depth) {
		if ('append' in first) return typeof state === 'string' ? state + first.append : state;
		return 'value' in first ? first.value : undefined;
	}
	if (!isData(state)) return state;
	const changed: Record<string, unknown> = { ...state };
	for (const [key = '', below] of Map.groupBy(patches, ({ path }) => path[depth])) {
		const isLast = below[0]?.path.length === depth + 1;
		if (isLast && below[0] !== undefined && 'remove' in below[0]) delete changed[key];
		else if (isLast || Object.hasOwn(state, key)) changed[key] = applyBelow(state[key], below, depth + 1);
	}
	return changed;
}

function isData(value: unknown): value is Data {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}
