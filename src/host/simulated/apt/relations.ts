/** Relations between packages as control files write them (deb-control(5)). */
import { compareVersions } from '../version-order.js';

export interface Relation {
	readonly name: string;
	/** `>>`, `>=`, `=`, `<=`, `<<`, or empty. */
	readonly operator: string;
	readonly version: string;
}

/** Groups of alternatives, all of which must hold. */
export type Relations = readonly (readonly Relation[])[];

const cache = new Map<string, Relations>();

export function parseRelations(text: string): Relations {
	const known = cache.get(text);
	if (known !== undefined) return known;
	const parsed = text
		.split(',')
		.map((group) => group.trim())
		.filter((group) => group !== '')
		.map((group) => group.split('|').map(parseRelation));
	cache.set(text, parsed);
	return parsed;
}

function parseRelation(text: string): Relation {
	const [, name = '', operator = '', version = ''] =
		/^([^\s(:]+)(?::\S+)?(?:\s*\(\s*(>>|>=|=|<=|<<)\s*([^)\s]+)\s*\))?$/.exec(text.trim()) ?? [];
	return { name, operator, version };
}

export function matchesVersion({ operator, version }: Relation, candidate: string): boolean {
	if (operator === '') return true;
	const order = compareVersions(candidate, version);
	switch (operator) {
		case '>>':
			return order > 0;
		case '>=':
			return order >= 0;
		case '=':
			return order === 0;
		case '<=':
			return order <= 0;
		default:
			return order < 0;
	}
}

/** `libnvpair3linux (= 2.3.2-2~bpo12+2)`; apt writes `>` for `>>` when it complains. */
export function showRelation({ name, operator, version }: Relation, isComplaint = false): string {
	if (operator === '') return name;
	const sign = isComplaint ? operator.replace('>>', '>').replace('<<', '<') : operator;
	return `${name} (${sign} ${version})`;
}
