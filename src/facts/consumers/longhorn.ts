/** Longhorn's data paths and the backing images in them (backing-image-manager, pkg/types and pkg/util). */
import type { Host } from '../../host/host.js';
import type { Fact } from '../fact.js';
import type { Mount } from '../mounts.js';
import { ConfigError, readConfig, textAt } from './config.js';
import { type Place, readPlace } from './place.js';

export interface BackingImage {
	/** `<disk>/backing-images/<name>-<uuid>` */
	readonly folder: string;
	/** Bytes; undefined: the file is not there. */
	readonly bytes: number | undefined;
	/** Bytes, as its description has it. Undefined: there is no description, or it says nothing. */
	readonly describedBytes: number | undefined;
	/** SHA-512 in hex, as the description has them; undefined where it says nothing. */
	readonly expectedChecksum: string | undefined;
	readonly currentChecksum: string | undefined;
	/** Why the description could not be read, if so. */
	readonly problem: string | undefined;
}

export interface Longhorn {
	/** Folders with the mark of a Longhorn disk. */
	readonly disks: readonly Place[];
	readonly backingImages: readonly BackingImage[];
}

const folders = ['/var/lib/longhorn', '/var/lib/harvester/defaultdisk'] as const;
const moreFolders = '/var/lib/harvester/extra-disks';
const mark = 'longhorn-disk.cfg';

/** Undefined: no folder is a disk of Longhorn. @throws HostError */
export async function readLonghorn(host: Host, mounts: Fact<readonly Mount[]>): Promise<Longhorn | undefined> {
	const more = ((await host.files.list(moreFolders)) ?? []).map((name) => `${moreFolders}/${name}`);
	const disks: Place[] = [];
	const backingImages: BackingImage[] = [];
	for (const folder of [...folders, ...more]) {
		if ((await host.files.stat(`${folder}/${mark}`)) === undefined) continue;
		disks.push(await readPlace(host, mounts, folder));
		for (const name of (await host.files.list(`${folder}/backing-images`)) ?? []) {
			backingImages.push(await readImage(host, `${folder}/backing-images/${name}`));
		}
	}
	return disks.length === 0 ? undefined : { disks, backingImages };
}

async function readImage(host: Host, folder: string): Promise<BackingImage> {
	const stat = await host.files.stat(`${folder}/backing`);
	const image = { folder, bytes: stat?.size, describedBytes: undefined, problem: undefined };
	const none = { expectedChecksum: undefined, currentChecksum: undefined };
	try {
		const description = await readConfig(host, `${folder}/backing.cfg`, 'json');
		if (description === undefined) return { ...image, ...none };
		const size = description.root.size;
		return {
			...image,
			describedBytes: Number.isSafeInteger(Number(size ?? undefined)) ? Number(size) : undefined,
			expectedChecksum: textAt(description, 'expectedChecksum') || undefined,
			currentChecksum: textAt(description, 'currentChecksum') || undefined,
		};
	} catch (error) {
		if (!(error instanceof ConfigError)) throw error;
		return { ...image, ...none, problem: error.message };
	}
}
