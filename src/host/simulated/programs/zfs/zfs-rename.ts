/** rollback, rename and clone: what an administrator may do beside a run. */
import { addDataset, mount, mountsByItself, removeSnapshot, unmount } from '../../dataset-changes.js';
import {
	datasetsBelow,
	findEntry,
	nameProblem,
	poolNameOf,
	recordChange,
	splitName,
	withDataset,
	withPool,
} from '../../dataset-names.js';
import { hasOption, optionValues, parseOptions } from '../../options.js';
import type { Dataset } from '../../pool.js';
import type { Session } from '../../session.js';
import { snapshotsInOrder } from '../../space.js';
import { openLibrary } from './library.js';
import { refuseOptions, refuseUsage } from './usage.js';
import { parseProperties } from './zfs-create.js';

export function zfsRollback(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'rRf' });
	const refused = refuseOptions(session, 'rollback', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'rollback', 'missing dataset argument');
	const entry = findEntry(session.machine, name);
	if (entry?.kind !== 'snapshot') {
		session.err(`cannot open '${name}': dataset does not exist`);
		return 1;
	}
	const later = snapshotsInOrder(entry.dataset).filter(([, one]) => one.createTxg > entry.snapshot.createTxg);
	if (later.length > 0 && !hasOption(parsed, 'r') && !hasOption(parsed, 'R')) {
		session.err(`cannot rollback to '${name}': more recent snapshots or bookmarks exist`);
		session.err("use '-r' to force deletion of the following snapshots and bookmarks:");
		session.err(later.map(([one]) => `${entry.datasetName}@${one}`).join('\n'));
		return 1;
	}
	session.wait(0.5);
	const kept = later.reduce(
		(machine, [one]) => removeSnapshot(machine, `${entry.datasetName}@${one}`),
		session.machine,
	);
	const dataset = findEntry(kept, entry.datasetName)?.dataset ?? entry.dataset;
	const rolled = withDataset(kept, entry.datasetName, { ...dataset, content: entry.snapshot.content });
	session.change(recordChange(rolled, entry.poolName, `zfs rollback ${name}`));
	return 0;
}

export function zfsRename(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'pruf' });
	const refused = refuseOptions(session, 'rename', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [from, to] = parsed.operands;
	if (from === undefined) return refuseUsage(session, 'rename', 'missing source dataset argument');
	if (to === undefined) return refuseUsage(session, 'rename', 'missing target dataset argument');
	const entry = findEntry(session.machine, from);
	const fail = (text: string) => {
		session.err(text);
		return 1;
	};
	if (entry === undefined) return fail(`cannot open '${from}': dataset does not exist`);
	const target = to.startsWith('@') ? `${entry.datasetName}${to}` : to;
	const bad = nameProblem(target);
	if (bad !== undefined) return fail(`cannot rename to '${target}': ${bad}`);
	if (findEntry(session.machine, target) !== undefined)
		return fail(`cannot rename to '${target}': dataset already exists`);
	session.wait(0.3);
	if (entry.kind === 'snapshot') {
		const { [entry.shortName]: moved, ...others } = entry.dataset.snapshots;
		if (moved === undefined) return 1;
		const snapshots = { ...others, [splitName(target)[2]]: moved };
		const renamed = withDataset(session.machine, entry.datasetName, { ...entry.dataset, snapshots });
		session.change(recordChange(renamed, entry.poolName, `zfs rename ${from} ${to}`));
		return 0;
	}
	if (poolNameOf(target) !== entry.poolName)
		return fail(`cannot rename to '${target}': datasets must be within same pool`);
	const names = datasetsBelow(entry.pool, from);
	const mounted = names.filter((name) => entry.pool.datasets[name]?.mounted === true);
	const unmounted = mounted.reduceRight(unmount, session.machine);
	const renamed = withPool(unmounted, entry.poolName, (pool) => {
		const moved = Object.entries(pool.datasets).map(([name, dataset]): readonly [string, Dataset] => {
			return names.includes(name) ? [`${target}${name.slice(from.length)}`, dataset] : [name, dataset];
		});
		return { ...pool, datasets: Object.fromEntries(moved) };
	});
	const remounted = mounted.reduce((machine, name) => mount(machine, `${target}${name.slice(from.length)}`), renamed);
	session.change(recordChange(remounted, entry.poolName, `zfs rename ${from} ${to}`));
	return 0;
}

export function zfsClone(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'o:pu' });
	const refused = refuseOptions(session, 'clone', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [from, to] = parsed.operands;
	if (from === undefined) return refuseUsage(session, 'clone', 'missing source dataset argument');
	if (to === undefined) return refuseUsage(session, 'clone', 'missing target dataset argument');
	const properties = parseProperties(optionValues(parsed, 'o'));
	if (typeof properties === 'string') return refuseUsage(session, 'clone', properties);
	const source = findEntry(session.machine, from);
	if (source?.kind !== 'snapshot') {
		session.err(`cannot open '${from}': dataset does not exist`);
		return 1;
	}
	if (findEntry(session.machine, to) !== undefined) {
		session.err(`cannot create '${to}': dataset already exists`);
		return 1;
	}
	session.wait(0.3);
	let made = addDataset(session.machine, to, {
		type: source.dataset.type,
		properties,
		content: source.snapshot.content,
		origin: from,
	});
	if (mountsByItself(made, to)) made = mount(made, to);
	session.change(recordChange(made, source.poolName, `zfs clone ${from} ${to}`));
	return 0;
}
