import { eventDate, historyDate } from '../../numbers.js';
import { hasOption, parseOptions } from '../../options.js';
import type { Program, Session } from '../../session.js';
import { hasAbiBreak } from '../../zfs-version.js';
import { hasJson, openLibrary, printVersion } from '../zfs/library.js';
import { refuseOptions, selectPools } from './usage.js';
import {
	zpoolCheckpoint,
	zpoolClear,
	zpoolExport,
	zpoolImport,
	zpoolScrub,
	zpoolSet,
	zpoolUpgrade,
	zpoolWait,
} from './zpool-change.js';
import { zpoolGet, zpoolList } from './zpool-list.js';
import { zpoolStatus } from './zpool-status.js';

const subcommands: Readonly<Record<string, Program>> = {
	version: zpoolVersion,
	status: zpoolStatus,
	list: zpoolList,
	get: zpoolGet,
	set: zpoolSet,
	events: zpoolEvents,
	history: zpoolHistory,
	checkpoint: zpoolCheckpoint,
	scrub: zpoolScrub,
	wait: zpoolWait,
	clear: zpoolClear,
	export: zpoolExport,
	import: zpoolImport,
	upgrade: zpoolUpgrade,
	sync: zpoolSync,
};

export const zpool: Program = (session, [subcommand, ...args]) => {
	session.wait(0.01);
	if (subcommand === undefined) {
		session.err("missing command\nusage: zpool command args ...\nwhere 'command' is one of the following:");
		return 2;
	}
	if (subcommand === '-V' || subcommand === '--version') return printVersion(session, 'zpool', false);
	const run = subcommands[subcommand];
	if (run !== undefined) return run(session, args);
	session.err(
		`unrecognized command '${subcommand}'\nusage: zpool command args ...\nwhere 'command' is one of the following:`,
	);
	return 2;
};

function zpoolVersion(session: Session, args: readonly string[]): number {
	if (!hasJson(session)) return openLibrary(session) ? printVersion(session, 'zpool', false) : 1;
	const parsed = parseOptions(args, { short: 'j', long: { json: 'j' } });
	const refused = refuseOptions(session, 'version', parsed);
	if (refused !== undefined) return refused;
	return openLibrary(session) ? printVersion(session, 'zpool', hasOption(parsed, 'j')) : 1;
}

function zpoolSync(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: '' });
	const refused = refuseOptions(session, 'sync', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	session.wait(0.5);
	return selectPools(session, parsed.operands).failed ? 1 : 0;
}

function zpoolEvents(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'cfHv' });
	const refused = refuseOptions(session, 'events', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	if (hasOption(parsed, 'c')) {
		const count = session.machine.poolEvents.length;
		session.change({ ...session.machine, poolEvents: [] });
		session.out(`cleared ${count} events`);
		return 0;
	}
	if (hasAbiBreak(session.machine)) {
		// zc_cleanup_fd is read from another place (openzfs/zfs#17137).
		session.err('failed to read events: Bad file descriptor');
		return 1;
	}
	const [pool] = parsed.operands;
	const scripted = hasOption(parsed, 'H');
	const shown = session.machine.poolEvents.filter((event) => pool === undefined || event.pool === pool);
	if (!scripted) session.out('TIME                           CLASS');
	if (shown.length > 0) {
		const lines = shown.map(({ at, name }) => `${eventDate(at)}${scripted ? '\t' : ' '}${name}`);
		session.out(lines.join('\n'));
	}
	return 0;
}

function zpoolHistory(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'li' });
	const refused = refuseOptions(session, 'history', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const { names, failed } = selectPools(session, parsed.operands);
	for (const name of names) {
		const history = session.machine.pools[name]?.history ?? [];
		const lines = history.map(({ at, command }) => `${historyDate(at)} ${command}`);
		session.out([`History for '${name}':`, ...lines, ''].join('\n'));
	}
	return failed ? 1 : 0;
}
