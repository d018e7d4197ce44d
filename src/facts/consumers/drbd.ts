/** DRBD: what it replicates, and which kernel has its module (drbdsetup(8), modinfo(8)). */
import type { Host } from '../../host/host.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../../packages/ask.js';
import { type Fact, known, unknown } from '../fact.js';
import { isTable, type Table } from './config.js';

export interface DrbdVolume {
	readonly resource: string;
	readonly volume: number;
	/** `UpToDate`, `Inconsistent`, `Diskless`, ... */
	readonly diskState: string;
	readonly peers: readonly { readonly name: string; readonly diskState: string }[];
}

export interface Drbd {
	/** Of the loaded module; undefined inside a known fact: it is not loaded. */
	readonly loadedVersion: Fact<string | undefined>;
	/** Asked only where the module is loaded: drbdsetup would load it. */
	readonly volumes: Fact<readonly DrbdVolume[]>;
	/** Version of the module that each installed kernel has; undefined: none. By kernel release. */
	readonly modules: Fact<ReadonlyMap<string, string | undefined>>;
}

const loadedVersionFile = '/sys/module/drbd/version';
/** Seconds. */
const limit = 10;

/** Undefined: DRBD's files are there, but it is neither loaded nor set up. @throws HostError */
export async function readDrbd(host: Host, kernels: Fact<readonly string[]>): Promise<Drbd | undefined> {
	const isMounted = host.kind === 'alternate-root';
	const [loaded, resources] = await Promise.all([
		isMounted ? undefined : host.files.read(loadedVersionFile),
		host.files.list('/etc/drbd.d'),
	]);
	const linstor = (await host.files.list('/var/lib/linstor.d')) ?? [];
	if (loaded === undefined && ![...(resources ?? []), ...linstor].some((name) => name.endsWith('.res'))) {
		return undefined;
	}
	const [volumes, modules] = await Promise.all([
		loaded === undefined ? unknown('the drbd module is not loaded') : askVolumes(host),
		readModules(host, kernels),
	]);
	return {
		loadedVersion: isMounted
			? unknown(`${loadedVersionFile} speaks of the rescue system`)
			: known(loaded?.trim(), loadedVersionFile),
		volumes,
		modules,
	};
}

function askVolumes(host: Host): Promise<Fact<readonly DrbdVolume[]>> {
	const argv = ['drbdsetup', 'status', '--json'] as const;
	return askHost(host, { argv, timeoutSeconds: limit }, (result) => parseDrbdStatus(requireSuccess(result)));
}

/** @throws UnexpectedOutputError */
export function parseDrbdStatus(output: string): readonly DrbdVolume[] {
	let list: unknown;
	try {
		list = JSON.parse(output.trim() === '' ? '[]' : output);
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
		throw new UnexpectedOutputError('its output is no JSON');
	}
	return tables(list).flatMap((resource) =>
		tables(resource.devices).map((device) => ({
			resource: text(resource.name),
			volume: Number(device.volume),
			diskState: text(device['disk-state']),
			peers: tables(resource.connections).flatMap((connection) =>
				tables(connection.peer_devices)
					.filter((each) => each.volume === device.volume)
					.map((each) => ({ name: text(connection.name), diskState: text(each['peer-disk-state']) })),
			),
		})),
	);
}

function tables(value: unknown): readonly Table[] {
	if (!Array.isArray(value) || !value.every(isTable)) throw new UnexpectedOutputError('a list is missing');
	return value;
}

function text(value: unknown): string {
	if (typeof value !== 'string') throw new UnexpectedOutputError('a name or state is missing');
	return value;
}

async function readModules(
	host: Host,
	kernels: Fact<readonly string[]>,
): Promise<Fact<ReadonlyMap<string, string | undefined>>> {
	if (!kernels.known) return kernels;
	const found = new Map<string, string | undefined>();
	for (const kernel of kernels.value) {
		const argv = ['modinfo', '-k', kernel, '-F', 'version', 'drbd'] as const;
		const fact = await askHost(host, { argv, timeoutSeconds: limit }, ({ code, stdout, stderr }) => {
			if (code === 0) return stdout.trim();
			if (/not found/.test(stderr)) return undefined;
			throw new UnexpectedOutputError(`exit code ${code}`);
		});
		if (!fact.known) return fact;
		found.set(kernel, fact.value);
	}
	return known(found, 'modinfo drbd');
}
