import { loadKey, mount, mountObstacle, mountsByItself, unmount } from '../../dataset-changes.js';
import { compareNames, datasetsBelow, findEntry, withDataset } from '../../dataset-names.js';
import { mountedDatasets, mountpointOf, volumeFolder } from '../../mounts.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import type { Session } from '../../session.js';
import { openLibrary } from './library.js';
import { datasetMountedAt } from './selection.js';
import { refuseOptions, refuseUsage } from './usage.js';
import { readSecret } from './zfs-create.js';

/** All datasets of imported pools, a parent before its children. */
function allDatasets(session: Session): readonly string[] {
	const pools = Object.values(session.machine.pools).filter((pool) => pool.imported);
	return pools.flatMap((pool) => Object.keys(pool.datasets)).sort(compareNames);
}

export function zfsMount(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'avo:Ofl' });
	const refused = refuseOptions(session, 'mount', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name, ...more] = parsed.operands;
	if (more.length > 0) return refuseUsage(session, 'mount', 'too many arguments');
	if (hasOption(parsed, 'a')) {
		session.wait(0.3);
		session.change(
			allDatasets(session).reduce(
				(machine, one) => (mountsByItself(machine, one) ? mount(machine, one) : machine),
				session.machine,
			),
		);
		return 0;
	}
	if (name === undefined) {
		const mounts = [...mountedDatasets(session.machine)].reverse();
		for (const { dataset, path } of mounts) {
			if (!path.startsWith(volumeFolder)) session.out(`${dataset.padEnd(30)}  ${path}`);
		}
		return 0;
	}
	const entry = findEntry(session.machine, name);
	if (entry === undefined) {
		session.err(`cannot open '${name}': dataset does not exist`);
		return 1;
	}
	if (entry.kind !== 'filesystem') {
		session.err(`cannot open '${name}': operation not applicable to datasets of this type`);
		return 1;
	}
	if (entry.dataset.mounted) {
		session.err(`cannot mount '${name}': filesystem already mounted`);
		return 1;
	}
	const obstacle = mountObstacle(session.machine, name);
	if (obstacle !== undefined) {
		session.err(`cannot mount '${name}': ${obstacle}`);
		return 1;
	}
	session.wait(0.2);
	session.change(mount(session.machine, name));
	return 0;
}

export function zfsUnmount(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'afu' });
	const refused = refuseOptions(session, 'unmount', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	if (hasOption(parsed, 'a')) {
		session.wait(0.3);
		session.change(allDatasets(session).reduceRight(unmount, session.machine));
		return 0;
	}
	const [operand] = parsed.operands;
	if (operand === undefined) return refuseUsage(session, 'unmount', 'missing filesystem argument');
	const name = datasetMountedAt(session, operand) ?? operand;
	const entry = findEntry(session.machine, name);
	if (entry === undefined) {
		session.err(`cannot open '${operand}': dataset does not exist`);
		return 1;
	}
	if (!entry.dataset.mounted) {
		session.err(`cannot unmount '${operand}': not currently mounted`);
		return 1;
	}
	session.wait(0.2);
	const below = datasetsBelow(entry.pool, name).filter((one) => {
		const place = mountpointOf(entry.pool.datasets, one);
		return place.startsWith(mountpointOf(entry.pool.datasets, name));
	});
	session.change(below.reduceRight(unmount, session.machine));
	return 0;
}

export function zfsLoadKey(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'nraL:' });
	const refused = refuseOptions(session, 'load-key', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name] = parsed.operands;
	if (name === undefined && !hasOption(parsed, 'a')) {
		return refuseUsage(session, 'load-key', 'Missing dataset argument or -a option');
	}
	const root = name === undefined ? undefined : findEntry(session.machine, name);
	if (name !== undefined && root === undefined) {
		session.err(`cannot open '${name}': dataset does not exist`);
		return 1;
	}
	const candidates =
		root === undefined
			? allDatasets(session)
			: hasOption(parsed, 'r')
				? datasetsBelow(root.pool, root.name)
				: [root.name];
	const isMany = hasOption(parsed, 'a') || hasOption(parsed, 'r');
	const roots = isMany ? candidates.filter((one) => isLockedRoot(session, one)) : candidates;
	let code = 0;
	for (const one of roots) code = loadOne(session, one, optionValue(parsed, 'L'), hasOption(parsed, 'n')) || code;
	if (isMany) session.out(`${roots.length - (code === 0 ? 0 : 1)} / ${roots.length} key(s) successfully loaded`);
	return code;
}

function isLockedRoot(session: Session, name: string): boolean {
	const encryption = findEntry(session.machine, name)?.dataset.encryption;
	return encryption?.root === name && !encryption.keyLoaded;
}

function loadOne(session: Session, name: string, location: string | undefined, isTrial: boolean): number {
	const entry = findEntry(session.machine, name);
	const encryption = entry?.dataset.encryption ?? null;
	const fail = (text: string) => {
		session.err(`Key load error: ${text}`);
		return 255;
	};
	if (entry === undefined || encryption === null) return fail(`'${name}' is not encrypted.`);
	if (encryption.root !== name) {
		return fail(`Keys must be loaded for encryption root of '${name}' (${encryption.root}).`);
	}
	if (encryption.keyLoaded && !isTrial) return fail(`Key already loaded for '${name}'.`);
	const place = location ?? entry.dataset.properties.keylocation ?? 'prompt';
	const secret = readSecret(session, place);
	session.wait(encryption.keyFormat === 'passphrase' ? 1.2 : 0.1);
	if (secret === undefined) return fail('Failed to open key material file: No such file or directory');
	const [isRight, loaded] = loadKey(session.machine, name, secret);
	if (!isRight) return fail(`Incorrect key provided for '${name}'.`);
	if (!isTrial) session.change(loaded);
	return 0;
}

export function zfsUnloadKey(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'ra' });
	const refused = refuseOptions(session, 'unload-key', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'unload-key', 'Missing dataset argument or -a option');
	const entry = findEntry(session.machine, name);
	const encryption = entry?.dataset.encryption ?? null;
	if (entry === undefined || encryption === null) {
		session.err(`Key unload error: '${name}' is not encrypted.`);
		return 255;
	}
	const isBusy = datasetsBelow(entry.pool, name).some((one) => entry.pool.datasets[one]?.mounted === true);
	if (!encryption.keyLoaded || isBusy) {
		session.err(`Key unload error: ${isBusy ? `'${name}' is busy.` : `Key already unloaded for '${name}'.`}`);
		return 255;
	}
	session.wait(0.1);
	const unlocked = { ...entry.dataset, encryption: { ...encryption, keyLoaded: false } };
	session.change(withDataset(session.machine, name, unlocked));
	return 0;
}
