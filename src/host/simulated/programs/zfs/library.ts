/** What every zfs and zpool command does first: libzfs opens /dev/zfs, and newer ones load the module for it. */
import { isAtLeast } from '../../features.js';
import { loadFromDisk } from '../../module-loading.js';
import type { Session } from '../../session.js';
import { moduleVersion, seriesOf, toolsVersion } from '../../zfs-version.js';

/** False, with libzfs's words on stderr, when the library cannot be used. */
export function openLibrary(session: Session): boolean {
	if (session.machine.modules.zfs !== undefined) return true;
	// Recordings: no-module-* and blocked-module-*.
	if (!isAtLeast(toolsSeries(session), [2, 2])) {
		session.err("The ZFS modules are not loaded.\nTry running '/sbin/modprobe zfs' as root to load them.");
		return false;
	}
	const loaded = loadFromDisk(session.machine);
	if (!loaded.ok) {
		session.err('Failed to initialize the libzfs library.');
		return false;
	}
	session.wait(1);
	session.change(loaded.machine);
	return true;
}

export function toolsSeries(session: Session): readonly [number, number] {
	return seriesOf(toolsVersion(session.machine) ?? '0.8.0');
}

/** JSON came with 2.3. */
export function hasJson(session: Session): boolean {
	return isAtLeast(toolsSeries(session), [2, 3]);
}

/** `zfs version`, `zpool version`: both halves, or what is missing of them. */
export function printVersion(session: Session, program: 'zfs' | 'zpool', json: boolean): number {
	const userland = `zfs-${toolsVersion(session.machine) ?? ''}`;
	const module = moduleVersion(session.machine);
	if (json) {
		if (module === undefined) {
			session.err('zfs_version_kernel() failed: No such file or directory');
			return 255;
		}
		session.out(
			JSON.stringify({
				output_version: { command: `${program} version`, vers_major: 0, vers_minor: 1 },
				zfs_version: { userland, kernel: `zfs-kmod-${module}` },
			}),
		);
		return 0;
	}
	session.out(userland);
	if (module === undefined) {
		session.err('zfs_version_kernel() failed: No such file or directory');
		return 1;
	}
	session.out(`zfs-kmod-${module}`);
	return 0;
}
