import { resolveLinks } from '../facts/mounts.js';
import type { Host } from '../host/host.js';
import type { JobSystem } from './job.js';
import { recognise, withoutComments } from './recognise.js';

/** Bytes. Scripts that somebody wrote by hand are smaller; programs are mostly larger. */
const longestScript = 256 * 1024;

/**
 * What a command does, by its own words or by those of the scripts that it names.
 * @throws HostError
 */
export async function recogniseDeeply(host: Host, command: string): Promise<JobSystem | undefined> {
	const direct = recognise(command);
	if (direct !== undefined) return direct;
	for (const path of new Set(command.match(/(?<=^|[\s;&|("'`=])\/[^\s;&|()<>"'`]+/g) ?? [])) {
		const script = await readScript(host, path);
		const system = script === undefined ? undefined : recognise(withoutComments(script));
		if (system !== undefined) return system;
	}
	return undefined;
}

/** The text of a script; undefined for anything else. */
async function readScript(host: Host, path: string): Promise<string | undefined> {
	const resolved = await resolveLinks(host, path);
	const stat = await host.files.stat(resolved);
	if (stat?.type !== 'file' || stat.size > longestScript) return undefined;
	const text = await host.files.read(resolved);
	return text?.startsWith('#!') ? text : undefined;
}
