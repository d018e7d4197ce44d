/** The guest in four stages; each is made once and kept until something that it is made from changes. */

import { installMissingTools, say } from '../host.ts';
import { makeDisk } from './disk.ts';
import { furnishGuest } from './furnish.ts';
import { type GuestVersions, makeRoot } from './root.ts';
import { compileZfsObjects } from './zfs-objects.ts';

export interface Guest {
	readonly versions: GuestVersions;
	/** Folder that `Machine.thaw` starts from. */
	readonly frozen: string;
}

export async function buildGuest(): Promise<Guest> {
	await installMissingTools();
	const root = await makeRoot();
	const objects = await compileZfsObjects(root);
	const disk = await makeDisk(root, objects);
	const frozen = await furnishGuest(root, disk);
	say(`guest: ready, zfs ${root.versions.old} on ${root.versions.kernel}, offers ${root.versions.new}`);
	return { versions: root.versions, frozen };
}
