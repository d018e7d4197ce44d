/** `zfs list`: datasets, snapshots and bookmarks, one row each, read as it comes. */

import type { Command } from '../host/host.js';
import type { Dataset } from './dataset.js';
import { orUndefined, parseCount, parseGuid, parseOptionalCount, parsePrintedName, parseWord } from './fields.js';
import { limits } from './limits.js';
import {
	type BookmarkName,
	parseBookmarkName,
	parseDatasetName,
	parseSnapshotName,
	type SnapshotName,
} from './names.js';
import type { RowForm } from './rows.js';

const subject = 'zfs list';

/** A listing and what makes something of one of its rows. @throws ZfsParseError */
export interface Listing<T> {
	readonly command: Command;
	readonly rows: RowForm;
	readonly toItem: (fields: readonly string[]) => T;
}

export interface Snapshot {
	readonly name: SnapshotName;
	/** Decimal; exceeds 2^53. */
	readonly guid: string;
	/** Seconds since the epoch. */
	readonly creation: number;
	/** Bytes that only this snapshot keeps. */
	readonly used: bigint;
	/** Holds on it. */
	readonly holds: number;
}

export interface Bookmark {
	readonly name: BookmarkName;
	/** Of the snapshot that it was made from. */
	readonly guid: string;
	/** Seconds since the epoch. */
	readonly creation: number;
}

/** All known to 0.8 and later. `type` is last: of the words it can be, none occurs at the end of a mount point's line. */
const datasetColumns = [
	'name',
	'guid',
	'origin',
	'used',
	'referenced',
	'available',
	'volsize',
	'canmount',
	'mounted',
	'encryption',
	'encryptionroot',
	'keystatus',
	'receive_resume_token',
	'keylocation',
	'mountpoint',
	'type',
] as const;

const datasetTypes = ['filesystem', 'volume'] as const;
const canmountWords = ['on', 'off', 'noauto'] as const;
const keyStatuses = ['available', 'unavailable'] as const;

export const datasetListing: Listing<Dataset> = {
	command: listCommand('filesystem,volume', datasetColumns),
	rows: rowsOf(datasetColumns, (field) => field === 'filesystem' || field === 'volume'),
	toItem: toDataset,
};

const snapshotColumns = ['name', 'creation', 'used', 'userrefs', 'guid'] as const;

export const snapshotListing: Listing<Snapshot> = {
	command: listCommand('snapshot', snapshotColumns),
	rows: rowsOf(snapshotColumns, isGuid),
	toItem: ([name = '', creation = '', used = '', userrefs = '', guid]) => ({
		name: parsePrintedName(name, parseSnapshotName, subject),
		guid: parseGuid(guid, subject),
		creation: Number(parseCount(creation, subject)),
		used: parseCount(used, subject),
		holds: Number(parseCount(userrefs, subject)),
	}),
};

const bookmarkColumns = ['name', 'creation', 'guid'] as const;

export const bookmarkListing: Listing<Bookmark> = {
	command: listCommand('bookmark', bookmarkColumns),
	rows: rowsOf(bookmarkColumns, isGuid),
	toItem: ([name = '', creation = '', guid]) => ({
		name: parsePrintedName(name, parseBookmarkName, subject),
		guid: parseGuid(guid, subject),
		creation: Number(parseCount(creation, subject)),
	}),
};

function listCommand(types: string, columns: readonly string[]): Command {
	return { argv: ['zfs', 'list', '-Hp', '-t', types, '-o', columns.join(',')], timeoutSeconds: limits.listing };
}

function rowsOf(columns: readonly string[], isLast: (field: string) => boolean): RowForm {
	return { subject, columns: columns.length, isLast };
}

function isGuid(field: string): boolean {
	return /^\d{1,20}$/.test(field);
}

function toDataset(fields: readonly string[]): Dataset {
	const field = (column: (typeof datasetColumns)[number]) => fields[datasetColumns.indexOf(column)] ?? '-';
	const type = parseWord(field('type'), datasetTypes, subject);
	const isFilesystem = type === 'filesystem';
	const encryption = field('encryption') === 'off' ? undefined : orUndefined(field('encryption'));
	const keyLocation = field('keylocation') === 'none' ? undefined : orUndefined(field('keylocation'));
	return {
		name: parsePrintedName(field('name'), parseDatasetName, subject),
		type,
		guid: parseGuid(field('guid'), subject),
		origin: orUndefined(field('origin')),
		used: parseCount(field('used'), subject),
		referenced: parseCount(field('referenced'), subject),
		available: parseCount(field('available'), subject),
		volsize: parseOptionalCount(field('volsize'), subject),
		mountpoint: isFilesystem ? orUndefined(field('mountpoint')) : undefined,
		canmount: isFilesystem ? parseWord(field('canmount'), canmountWords, subject) : undefined,
		isMounted: isFilesystem ? parseWord(field('mounted'), ['yes', 'no'], subject) === 'yes' : undefined,
		encryption,
		encryptionRoot: orUndefined(field('encryptionroot')),
		keyStatus: encryption === undefined ? undefined : parseWord(field('keystatus'), keyStatuses, subject),
		keyLocation: encryption === undefined ? undefined : keyLocation,
		receiveResumeToken: orUndefined(field('receive_resume_token')),
	};
}
