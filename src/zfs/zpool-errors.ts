/**
 * `zpool status -v`: the files with permanent errors. Apart from the status itself, because a file's name is an ordinary
 * user's choice: in the text it could look like the status of another pool.
 */

import type { Command } from '../host/host.js';
import { getMember, getObject, parseJsonObject, toObject } from './json.js';
import { limits } from './limits.js';
import { ZfsParseError } from './parse-error.js';

const subject = 'zpool status -v';

export const poolErrorsCommand: Command = { argv: ['zpool', 'status', '-v'], timeoutSeconds: limits.errors };

/** For the locale see `poolPropertiesJsonCommand`. */
export const poolErrorsJsonCommand: Command = {
	argv: ['zpool', 'status', '-jpv'],
	env: { LC_ALL: 'C.UTF-8' },
	timeoutSeconds: limits.errors,
};

/** Paths by pool; a pool whose errors could not be listed (suspended) is absent. */
export type PermanentErrors = ReadonlyMap<string, readonly string[]>;

export function parsePermanentErrors(output: string): PermanentErrors {
	const byPool = new Map<string, string[]>();
	let pool: string | undefined;
	let isInList = false;
	for (const line of output.split('\n')) {
		if (line.startsWith('  pool: ')) {
			pool = line.slice('  pool: '.length);
			isInList = false;
		} else if (line.startsWith('errors: Permanent errors have been detected') && pool !== undefined) {
			byPool.set(pool, []);
			isInList = true;
		} else if (isInList && pool !== undefined && line.startsWith('        ')) {
			byPool.get(pool)?.push(line.slice(8));
		}
	}
	return byPool;
}

/** @throws ZfsParseError */
export function parsePermanentErrorsJson(output: string): PermanentErrors {
	const pools = getObject(parseJsonObject(output, subject), 'pools', subject) ?? {};
	return new Map(
		Object.entries(pools).flatMap(([name, pool]) => {
			const list = getMember(toObject(pool, subject, name), 'errlist');
			// Text instead of a list is the reason why there is none.
			if (list === undefined || typeof list === 'string') return [];
			if (!Array.isArray(list) || !list.every((path) => typeof path === 'string')) {
				throw new ZfsParseError(subject, 'errlist is not a list of paths');
			}
			return [[name, list]];
		}),
	);
}
