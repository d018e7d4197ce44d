/** The order in which apt handles the packages of a transaction, as it was recorded. */
import type { Machine } from '../machine.js';
import { compareVersions } from '../version-order.js';
import { installedVersion } from './policy.js';

export type Operation =
	| { readonly kind: 'unpack'; readonly name: string; readonly version: string }
	| { readonly kind: 'remove'; readonly name: string };

/** Source: recordings s-only-upgrade-eight, bw-s6, s-downgrade. */
const upgradeOrder = [
	'zfs-initramfs',
	'python3-pyzfs',
	'zfs-dkms',
	'zfsutils-linux',
	'libnvpair3linux',
	'libuutil3linux',
	'zfs-zed',
];
const downgradeOrder = ['zfs-initramfs', 'zfs-dkms', 'zfs-zed', 'zfsutils-linux', 'libnvpair3linux', 'libuutil3linux'];

/** Source: recordings upgrade-eight and guest-upgrade (`Setting up`). */
const configureOrder = [
	'libnvpair3linux',
	'zfs-dkms',
	'libuutil3linux',
	'libzpool*',
	'libzfs*',
	'zfsutils-linux',
	'zfs-modules-*',
	'zfs-zed',
	'zfs-initramfs',
];

function rankIn(order: readonly string[], name: string): number {
	const isMeant = (one: string) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : one === name);
	const index = order.findIndex(isMeant);
	return index < 0 ? order.length : index;
}

export function inConfigureOrder(names: readonly string[]): readonly string[] {
	return names.toSorted((one, other) => rankIn(configureOrder, one) - rankIn(configureOrder, other));
}

/** Libraries whose number changed: the old goes when the new one comes. */
function isLibrary(name: string): boolean {
	return /^lib(?:zfs|zpool)\d+linux$/.test(name);
}

/** Unpacking and removing, one after the other. */
export function orderOperations(
	machine: Machine,
	install: ReadonlyMap<string, string>,
	remove: readonly string[],
): readonly Operation[] {
	const isDowngrade = [...install].some(([name, version]) => {
		const installed = installedVersion(machine, name);
		return installed !== undefined && compareVersions(version, installed) < 0;
	});
	const order = isDowngrade ? downgradeOrder : upgradeOrder;
	const unpack = (names: readonly string[]): readonly Operation[] =>
		names
			.toSorted((one, other) => rankIn(order, one) - rankIn(order, other))
			.map((name) => ({ kind: 'unpack', name, version: install.get(name) ?? '' }));
	const drop = (names: readonly string[]): readonly Operation[] => names.map((name) => ({ kind: 'remove', name }));
	const names = [...install.keys()];
	const libraries = names.filter(isLibrary).sort();
	const oldLibraries = remove.filter(isLibrary).sort();
	const others = remove.filter((name) => !isLibrary(name)).sort();
	const swaps = isDowngrade
		? libraries.flatMap((name) => {
				const family = name.replace(/\d+linux$/, '');
				return [...drop(oldLibraries.filter((old) => old.startsWith(family))), ...unpack([name])];
			})
		: [...drop(oldLibraries.toReversed()), ...unpack(libraries)];
	const left = isDowngrade ? oldLibraries.filter((old) => !libraries.some((name) => sameFamily(name, old))) : [];
	return [...drop(others), ...unpack(names.filter((name) => !isLibrary(name))), ...swaps, ...drop(left)];
}

function sameFamily(one: string, other: string): boolean {
	return one.replace(/\d+linux$/, '') === other.replace(/\d+linux$/, '');
}
