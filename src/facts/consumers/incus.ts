/** Incus, from its own client where the daemon runs (incus storage list; internal/server/storage/drivers). */
import type { Host } from '../../host/host.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../../packages/ask.js';
import { type Fact, unknown } from '../fact.js';
import { isTable } from './config.js';
import { readProgramVersion } from './program-version.js';
import type { Service } from './services.js';

export interface IncusPool {
	readonly name: string;
	readonly driver: string;
	/** `tank`, `tank/incus`, or a file that holds a pool of its own. */
	readonly source: string | undefined;
	/** Dataset that it works in; a name without a slash is a whole pool. Undefined for another driver. */
	readonly zfsName: string | undefined;
	/** Whether Incus exports the pool when it stops (`zfs.export`, true where it is not set). */
	readonly isExportedAtStop: boolean;
}

export interface Incus {
	readonly version: Fact<string>;
	/** Undefined where it is not told. */
	readonly isActive: boolean | undefined;
	/** Asked only where the daemon runs already: its socket would start it. */
	readonly pools: Fact<readonly IncusPool[]>;
}

/** Seconds. */
const limit = 10;

/** @throws HostError */
export async function readIncus(host: Host, service: Service | undefined): Promise<Incus> {
	const isActive = service?.isActive;
	const [version, pools] = await Promise.all([
		readProgramVersion(host, ['incus', '--version']),
		isActive === true && host.kind !== 'alternate-root'
			? askPools(host)
			: unknown('Incus is not known to run, and asking would start it'),
	]);
	return { version, isActive, pools };
}

function askPools(host: Host): Promise<Fact<readonly IncusPool[]>> {
	const argv = ['incus', 'storage', 'list', '--format', 'json'] as const;
	return askHost(host, { argv, timeoutSeconds: limit }, (result) => parseIncusPools(requireSuccess(result)));
}

/** @throws UnexpectedOutputError */
export function parseIncusPools(output: string): readonly IncusPool[] {
	let list: unknown;
	try {
		list = JSON.parse(output);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		throw new UnexpectedOutputError('its output is no JSON');
	}
	if (!Array.isArray(list)) throw new UnexpectedOutputError('its output is no list');
	return list.map((entry: unknown) => {
		if (!isTable(entry) || typeof entry.name !== 'string' || typeof entry.driver !== 'string') {
			throw new UnexpectedOutputError('an entry without name or driver');
		}
		const config = isTable(entry.config) ? entry.config : {};
		const source = typeof config.source === 'string' ? config.source : undefined;
		const zfsName = typeof config['zfs.pool_name'] === 'string' ? config['zfs.pool_name'] : source;
		return {
			name: entry.name,
			driver: entry.driver,
			source,
			zfsName: entry.driver === 'zfs' ? zfsName : undefined,
			isExportedAtStop: config['zfs.export'] !== 'false',
		};
	});
}
