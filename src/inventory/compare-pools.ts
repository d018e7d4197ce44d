import type { Owners } from './owners.js';
import { fieldsOf } from './rows.js';
import { mergeTable, type Sides } from './sides.js';

/** Pools that were imported and are not. */
export type MissingPools = ReadonlySet<string>;

/** Pools by guid: a pool of the same name is another one if its guid is. */
export async function comparePools(sides: Sides, owners: Owners): Promise<MissingPools> {
	const { found } = sides;
	const missing = new Set<string>();
	for await (const match of mergeTable(sides, 'pools.tsv', 1)) {
		const [, name = '', health = '', readonly = ''] = fieldsOf(match.before[0] ?? '');
		const [, newName = '', newHealth = '', newReadonly = ''] = fieldsOf(match.after[0] ?? '');
		const subject = name || newName;
		if (match.after.length === 0) {
			missing.add(name);
			const gone = { kind: 'pool' as const, subject, before: health, after: undefined };
			if (owners.isExportedByIncus(name)) {
				found.may({ ...gone, text: `Pool "${name}" is exported: Incus imports it when it starts.` });
			} else {
				found.must('blocker', { ...gone, text: `Pool "${name}" (guid ${match.key}) is not imported.` });
			}
			continue;
		}
		if (match.before.length === 0) {
			found.may({ kind: 'pool', subject, text: `Pool "${newName}" is new.` });
			continue;
		}
		const both = { kind: 'pool' as const, subject };
		if (newName !== name) {
			found.must('blocker', { ...both, before: name, after: newName, text: `Pool "${name}" has another name.` });
		}
		if (newHealth !== health) {
			const change = { ...both, before: health, after: newHealth, text: `The health of pool "${name}" changed.` };
			if (newHealth === 'ONLINE') found.may(change);
			else found.must(newHealth === 'DEGRADED' ? 'warning' : 'blocker', change);
		}
		if (newReadonly !== readonly) {
			const change = { ...both, before: `readonly=${readonly}`, after: `readonly=${newReadonly}` };
			found.must('blocker', { ...change, text: `Pool "${name}" is imported in another way.` });
		}
	}
	return missing;
}

/** Features may become active by use; one that was enabled meanwhile takes the way back. */
export async function comparePoolProperties(sides: Sides, missing: MissingPools): Promise<void> {
	const { found } = sides;
	for await (const match of mergeTable(sides, 'pool-properties.tsv', 2)) {
		const [pool = '', property = ''] = fieldsOf(match.key);
		const [, , before, source] = fieldsOf(match.before[0] ?? '');
		const [, , after, newSource] = fieldsOf(match.after[0] ?? '');
		if (missing.has(pool) || before === after) continue;
		const change = { kind: 'property' as const, subject: `${pool} ${property}`, before, after };
		if (property.startsWith('feature@')) {
			if (before === 'disabled' && after !== undefined) {
				const text = `Feature ${property.slice(8)} of pool "${pool}" was enabled: an older OpenZFS may not import it.`;
				found.must('warning', { ...change, text });
			} else if (before !== undefined && after !== undefined) {
				found.may({ ...change, text: `Feature ${property.slice(8)} of pool "${pool}" changed by use.` });
			}
		} else if (source === 'local' || newSource === 'local') {
			found.must('warning', { ...change, text: `Property ${property} of pool "${pool}" changed.` });
		}
	}
}
