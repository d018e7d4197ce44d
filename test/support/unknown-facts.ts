/** Paths of all unknown facts in a value, each with its reason. */
export function unknownsIn(value: unknown, path = 'facts'): readonly string[] {
	if (typeof value !== 'object' || value === null) return [];
	if ('known' in value && value.known === false) return [`${path}: ${String('why' in value && value.why)}`];
	const entries = value instanceof Map ? [...value] : Object.entries(value);
	return entries.flatMap(([key, each]) => unknownsIn(each, `${path}.${String(key)}`));
}
