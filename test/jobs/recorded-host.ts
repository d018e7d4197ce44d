/** A host whose systemd answers as a real one did; files and other commands are the test's. */

import { loadRecording } from '../fixtures/load.js';
import type { TableFile } from '../support/table-files.js';
import { type CommandTable, createTableHost, type TableHost } from '../support/table-host.js';

export interface RecordedHostOptions {
	readonly files?: Readonly<Record<string, TableFile>>;
	readonly commands?: CommandTable;
	/** False: another init. */
	readonly systemd?: boolean;
}

const recordedUnits: CommandTable = [
	['systemctl list-unit-files *', loadRecording('jobs/list-unit-files.txt')],
	['systemctl list-units *', loadRecording('jobs/list-units.txt')],
	['systemctl show *', loadRecording('jobs/show-units.txt')],
];

export function createRecordedHost({ files = {}, commands = [], systemd = true }: RecordedHostOptions): TableHost {
	return createTableHost({
		files: {
			'/proc/1/cmdline': '/sbin/init\0',
			...(systemd && { '/run/systemd/system': { directory: true } }),
			...files,
		},
		commands: [...commands, ...(systemd ? recordedUnits : [])],
	});
}
