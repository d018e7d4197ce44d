/** `zfs get`: the properties that somebody set, or that came with a received stream, one row each. */

import { parsePrintedName, parseWord } from './fields.js';
import { limits } from './limits.js';
import { type DatasetName, parseDatasetName } from './names.js';
import type { Listing } from './zfs-list.js';

export interface SetProperty {
	readonly dataset: DatasetName;
	/** `compression`, or `user:property`. */
	readonly property: string;
	/** Exact (`131072`, not `128K`); a user property may hold any text. */
	readonly value: string;
	readonly source: 'local' | 'received';
}

const subject = 'zfs get';
const sources = ['local', 'received'] as const;

/** Of all filesystems and volumes, in one command. */
export const setPropertyListing: Listing<SetProperty> = {
	command: {
		argv: [
			'zfs',
			'get',
			'-Hp',
			'-t',
			'filesystem,volume',
			'-s',
			sources.join(','),
			'-o',
			'name,property,value,source',
			'all',
		],
		timeoutSeconds: limits.listing,
	},
	rows: { subject, columns: 4, isLast: (field) => field === 'local' || field === 'received', freeColumn: 2 },
	toItem: ([name = '', property = '', value = '', source = '']) => ({
		dataset: parsePrintedName(name, parseDatasetName, subject),
		property,
		value,
		source: parseWord(source, sources, subject),
	}),
};
