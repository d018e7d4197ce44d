import type { Command, Host } from '../../src/host/host.js';
import { dkmsStatusCommand } from '../../src/packages/dkms/status.js';

/**
 * Files that a rescue needs and that an upgrade may change: removing zfs-dkms deletes zpool.cache (all Debian versions'
 * prerm), a wrong hostid makes a pool look foreign, and module options decide what loads.
 */
const single = [
	'/etc/hostid',
	'/etc/default/zfs',
	'/etc/default/grub',
	'/etc/fstab',
	'/etc/crypttab',
	'/etc/os-release',
];
const folders = [
	'/etc/zfs',
	'/etc/zfs/zed.d',
	'/etc/zfs/vdev_id.conf.d',
	'/etc/modprobe.d',
	'/etc/modules-load.d',
	'/etc/dkms',
];
const packageLists: readonly (readonly [string, Command])[] = [
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own placeholders
	['packages.txt', { argv: ['dpkg-query', '-W', '-f', '${binary:Package}\\t${Version}\\t${db:Status-Abbrev}\\n'] }],
	['holds.txt', { argv: ['apt-mark', 'showhold'] }],
	['dkms-status.txt', dkmsStatusCommand],
	['zpool-status.txt', { argv: ['zpool', 'status', '-P'] }],
];

/** Copied file by file; what is a folder or a link in these folders is left alone. */
async function filesOf(host: Host, folder: string): Promise<readonly string[]> {
	const names = (await host.files.list(folder)) ?? [];
	const paths = names.map((name) => `${folder}/${name}`);
	const stats = await Promise.all(paths.map((path) => host.files.stat(path)));
	return paths.filter((_, index) => stats[index]?.type === 'file');
}

/**
 * Copies the files and what the commands print to `directory`.
 * @returns paths of the host that were copied
 */
export async function saveHostFiles(host: Host, directory: string): Promise<readonly string[]> {
	const present = [...single, ...(await Promise.all(folders.map((folder) => filesOf(host, folder)))).flat()];
	const copied: string[] = [];
	for (const path of present) {
		if ((await host.files.stat(path))?.type !== 'file') continue;
		const target = `${directory}${path}`;
		await host.files.makeDirectory(target.slice(0, target.lastIndexOf('/')), { mode: 0o700 });
		await host.files.copy(path, target);
		copied.push(path);
	}
	await host.files.makeDirectory(directory, { mode: 0o700 });
	for (const [name, command] of packageLists) {
		const result = await host.run(command);
		if (result.outcome.kind !== 'not-found') {
			await host.files.write(`${directory}/${name}`, result.stdout, { mode: 0o600 });
		}
	}
	return copied;
}
