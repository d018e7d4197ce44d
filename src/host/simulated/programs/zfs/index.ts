import { hasOption, parseOptions } from '../../options.js';
import type { Program, Session } from '../../session.js';
import { hasJson, openLibrary, printVersion } from './library.js';
import { refuseOptions } from './usage.js';
import { zfsCreate } from './zfs-create.js';
import { zfsDestroy } from './zfs-destroy.js';
import { zfsDiff } from './zfs-diff.js';
import { zfsGet } from './zfs-get.js';
import { zfsList } from './zfs-list.js';
import { zfsLoadKey, zfsMount, zfsUnloadKey, zfsUnmount } from './zfs-mount.js';
import { zfsReceive } from './zfs-receive.js';
import { zfsClone, zfsRename, zfsRollback } from './zfs-rename.js';
import { zfsSend } from './zfs-send.js';
import { zfsInherit, zfsSet } from './zfs-set.js';
import { zfsBookmark, zfsHold, zfsHolds, zfsRelease, zfsSnapshot } from './zfs-snapshot.js';

const subcommands: Readonly<Record<string, Program>> = {
	version: zfsVersion,
	list: zfsList,
	get: zfsGet,
	set: zfsSet,
	inherit: zfsInherit,
	create: zfsCreate,
	destroy: zfsDestroy,
	snapshot: zfsSnapshot,
	snap: zfsSnapshot,
	hold: zfsHold,
	holds: zfsHolds,
	release: zfsRelease,
	bookmark: zfsBookmark,
	rollback: zfsRollback,
	clone: zfsClone,
	rename: zfsRename,
	mount: zfsMount,
	unmount: zfsUnmount,
	umount: zfsUnmount,
	'load-key': zfsLoadKey,
	'unload-key': zfsUnloadKey,
	diff: zfsDiff,
	send: zfsSend,
	receive: zfsReceive,
	recv: zfsReceive,
};

export const zfs: Program = (session, [subcommand, ...args]) => {
	session.wait(0.01);
	if (subcommand === undefined) {
		session.err("missing command\nusage: zfs command args ...\nwhere 'command' is one of the following:");
		return 2;
	}
	// Before the library is opened, so it works without a module and never loads one.
	if (subcommand === '-V' || subcommand === '--version') return printVersion(session, 'zfs', false);
	const run = subcommands[subcommand];
	if (run !== undefined) return run(session, args);
	session.err(
		`unrecognized command '${subcommand}'\nusage: zfs command args ...\nwhere 'command' is one of the following:`,
	);
	return 2;
};

function zfsVersion(session: Session, args: readonly string[]): number {
	// Tools before 2.3 pass over whatever follows (recordings: version-json).
	if (!hasJson(session)) return openLibrary(session) ? printVersion(session, 'zfs', false) : 1;
	const parsed = parseOptions(args, { short: 'j', long: { json: 'j' } });
	const refused = refuseOptions(session, 'version', parsed);
	if (refused !== undefined) return refused;
	return openLibrary(session) ? printVersion(session, 'zfs', hasOption(parsed, 'j')) : 1;
}
