/** Commands on datasets that the run itself makes for its smoke test and backups. There are none for others. */

import type { Command } from '../host/host.js';
import { changeZfs } from './change-command.js';
import type { OwnedDataset } from './owned.js';
import { propertyFlags } from './property-flags.js';

export interface CreateOptions {
	/** As for `zfs create -o`. */
	readonly properties?: Readonly<Record<string, string>>;
	/** Makes a sparse volume of so many bytes instead of a filesystem. */
	readonly volumeBytes?: bigint;
	/** Answer to the question for the key, where the properties say `keylocation=prompt`. */
	readonly key?: string;
}

/** @throws RangeError for something that is no property name */
export function createDataset(name: OwnedDataset, { properties, volumeBytes, key }: CreateOptions = {}): Command {
	const volume = volumeBytes === undefined ? [] : ['-s', '-V', String(volumeBytes)];
	return withKey(changeZfs('create', ...volume, ...propertyFlags(properties), name), key);
}

/** With all below it. */
export function destroyDataset(name: OwnedDataset): Command {
	return changeZfs('destroy', '-r', name);
}

export function mountDataset(name: OwnedDataset): Command {
	return changeZfs('mount', name);
}

/** @param key the passphrase, or the key in hexadecimal, as its `keyformat` says; never an argument */
export function loadKey(name: OwnedDataset, key: string): Command {
	return withKey(changeZfs('load-key', '-L', 'prompt', name), key);
}

function withKey(command: Command, key: string | undefined): Command {
	return key === undefined ? command : { ...command, input: `${key}\n` };
}
