/** A failpoint that a campaign has armed, by a file in the folder of a simulated host: real hosts have none. */
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { SimulatedHost } from './simulated-host.js';

/** What `failpoint.json` holds. */
interface Armed {
	readonly name: string;
	/** `kill`: SIGKILL for this process; `power-cut`: for the host too, with all of its unsynced data lost. */
	readonly action: 'kill' | 'power-cut';
	readonly times: 'once' | 'always';
}

/** @returns what to call at every failpoint; undefined where none is armed */
export function readArmedFailpoint(directory: string, host: SimulatedHost): ((name: string) => void) | undefined {
	const file = path.join(directory, 'failpoint.json');
	const armed = readArmed(file);
	if (armed === undefined) return undefined;
	return (name) => {
		if (name !== armed.name) return;
		if (armed.times === 'once') rmSync(file);
		if (armed.action === 'power-cut') host.crash({ unsyncedLost: 1 });
		process.kill(process.pid, 'SIGKILL');
	};
}

function readArmed(file: string): Armed | undefined {
	try {
		return JSON.parse(readFileSync(file, 'utf8')) as Armed;
	} catch {
		return undefined;
	}
}
