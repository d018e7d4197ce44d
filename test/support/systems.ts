/** Systems that sit on ZFS, read by the program from files and commands that a test puts on a host. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { ConsumerFacts } from '../../src/facts/consumers/consumer-facts.js';
import { readConsumers } from '../../src/facts/consumers/read-consumers.js';
import { known } from '../../src/facts/fact.js';
import { readMounts } from '../../src/facts/mounts.js';
import { HostError } from '../../src/host/host-error.js';
import type { TableFile } from './table-files.js';
import {
	type CommandTable,
	createTableHost,
	notInstalled,
	type TableHost,
	type TableHostOptions,
} from './table-host.js';

export interface Installed {
	readonly files?: Readonly<Record<string, TableFile>>;
	/** Dataset by mount point; everything else is ext4. `plainDisk` for what is ext4 below ZFS. */
	readonly mounts?: Readonly<Record<string, string>>;
	readonly commands?: CommandTable;
	/** What `systemctl show` prints. */
	readonly units?: string;
	readonly kind?: TableHostOptions['kind'];
	readonly kernels?: readonly string[];
}

/** A file or folder that even root may not read, as on a broken network file system. */
export const locked: TableFile = { error: new HostError('permission', '/locked', 'permission denied', []) };

const zfsMagic = 0x2fc12fc1;
const ext4Magic = 0xef53;
/** The source of a mount that is no ZFS. */
export const plainDisk = '/dev/sda1';

const programs = ['podman', 'crio', 'containerd', 'k3s', 'rke2', 'nerdctl', 'dockerd', 'incus', 'drbdsetup', 'linstor'];

export function hostWith({ files, mounts = {}, commands = [], units = '', kind = 'local' }: Installed): TableHost {
	const all = { '/': plainDisk, ...mounts };
	const lines = Object.entries(all).map(
		([point, source], index) =>
			`${index + 30} 1 0:${index + 30} / ${point} rw,relatime shared:${index} - ${source === plainDisk ? 'ext4' : 'zfs'} ${source} rw\n`,
	);
	const folders = Object.keys(mounts).map((point) => [point, { directory: true }] as const);
	return createTableHost({
		kind,
		files: {
			'/proc/self/mountinfo': lines.join(''),
			...Object.fromEntries(folders),
			...files,
		},
		fileSystems: Object.fromEntries(
			Object.entries(all).map(([point, source]) => [point, { type: source === plainDisk ? ext4Magic : zfsMagic }]),
		),
		commands: [...commands, ['systemctl show *', units], ...notInstalled(...programs)],
	});
}

export async function readSystems(installed: Installed): Promise<ConsumerFacts> {
	const host = hostWith(installed);
	return readConsumers(host, {
		mounts: await readMounts(host),
		initSystem: 'systemd',
		kernels: known(installed.kernels ?? [], '/lib/modules'),
	});
}

/** @param file below test/fixtures/consumers */
export function fixture(file: string): string {
	return readFileSync(path.join(import.meta.dirname, '../fixtures/consumers', file), 'utf8');
}
