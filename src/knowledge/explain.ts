import { ADVISORIES } from './advisories/index.js';
import { type Advisory, type Affects, CERTAINTY_MEANINGS, CONDITION_MEANINGS } from './advisory.js';

/** One advisory, or one kind of finding, in words and ready to be laid out. */
export interface Explanation {
	readonly id: string;
	readonly title: string;
	/** `ok` for what is only ever good news. */
	readonly severity: Advisory['severity'] | 'ok';
	/** What would be seen. */
	readonly what: string;
	/** Words that commands and logs really print. */
	readonly texts: readonly string[];
	readonly why: string;
	readonly action: string;
	readonly commands: readonly (readonly string[])[];
	/** One sentence a line: component and versions, kernels, conditions, fixed releases; or each severity and when. */
	readonly ranges: readonly string[];
	readonly source: string;
	readonly certainty: string;
}

/** The advisory with this id or alias (`CVE-2023-49298`), in any letter case; undefined where there is none. */
export function findAdvisory(id: string): Advisory | undefined {
	const wanted = id.toLowerCase();
	return ADVISORIES.find(
		(advisory) => advisory.id === wanted || advisory.aliases?.some((alias) => alias.toLowerCase() === wanted),
	);
}

/** An advisory or pair fault in full; undefined where the id is not one of them. */
export function explainEntry(id: string): Explanation | undefined {
	const advisory = findAdvisory(id);
	if (advisory === undefined) {
		return undefined;
	}
	return {
		id: advisory.id,
		title: advisory.title,
		severity: advisory.severity,
		what: advisory.symptom,
		texts: advisory.texts ?? [],
		why: advisory.cause,
		action: advisory.action,
		commands: advisory.commands ?? [],
		ranges: describeRanges(advisory),
		source: advisory.sources.join(', '),
		certainty: CERTAINTY_MEANINGS[advisory.certainty],
	};
}

function describeRanges({ component, affects, kernel, requires = [], fixedIn }: Advisory): readonly string[] {
	const lines = [`${component}: ${describeAffects(affects)}`];
	if (kernel !== undefined) {
		lines.push(`on kernels ${kernel}`);
	}
	for (const condition of requires) {
		lines.push(`only if ${CONDITION_MEANINGS[condition]}`);
	}
	lines.push(fixedIn.length > 0 ? `fixed in ${fixedIn.join(', ')}` : 'no fixed release is known');
	return lines;
}

/** Who is affected, in words. */
export function describeAffects(affects: Affects): string {
	switch (affects.kind) {
		case 'versions':
			return affects.range === '*' ? 'every version' : affects.range;
		case 'one-side':
			return `exactly one of userspace and module is ${affects.range}`;
		case 'pairs':
			return affects.pairs.map((pair) => `userspace ${pair.userspace} on module ${pair.module}`).join('; ');
		case 'unequal':
			return 'userspace and module differ';
		case 'module-absent':
			return 'no module is loaded';
		case 'path':
			return affects.from === '*' && affects.to === '*' ? 'every upgrade' : `from ${affects.from} to ${affects.to}`;
	}
}
