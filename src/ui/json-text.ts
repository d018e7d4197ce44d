/** JSON with `bigint` as a string of digits, maps as objects and sets as lists. */
export function jsonText(value: unknown): string {
	return JSON.stringify(value, (_key, each: unknown) => {
		if (typeof each === 'bigint') {
			return each.toString();
		}
		if (each instanceof Map) {
			return Object.fromEntries(each);
		}
		return each instanceof Set ? [...each] : each;
	});
}
