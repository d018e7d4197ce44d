/** LINSTOR. Its storage pools are in the controller's database, so only the controller can tell them. */
import type { Host } from '../../host/host.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../../packages/ask.js';
import { type Fact, unknown } from '../fact.js';
import { isTable, type Table } from './config.js';
import type { Services } from './services.js';

interface LinstorPool {
	readonly name: string;
	readonly node: string;
	/** `ZFS`, `ZFS_THIN`, `LVM`, `DISKLESS`, ... */
	readonly kind: string;
	readonly dataset: string | undefined;
}

export interface Linstor {
	/** Resources that this node's satellite has written down (/var/lib/linstor.d). */
	readonly resources: readonly string[];
	/** Both are asked only where the controller runs on this host. */
	readonly pools: Fact<readonly LinstorPool[]>;
	/** `DrbdOptions/AutoEvictAllowEviction` and `...AfterTime` of the controller, as far as they are set. */
	readonly autoEvict: Fact<ReadonlyMap<string, string>>;
}

/** Seconds. */
const limit = 15;
const notHere = 'the LINSTOR controller does not run on this host';
/** Names of the dataset, old and new (docs/rest_v1_openapi.yaml). */
const datasetKeys = ['StorDriver/StorPoolName', 'StorDriver/ZPoolThin', 'StorDriver/ZPool'] as const;

/** @throws HostError */
export async function readLinstor(host: Host, services: Fact<Services>): Promise<Linstor> {
	const isController = services.known && services.value.get('linstor-controller.service')?.isActive === true;
	const ask = <T>(words: readonly string[], read: (answer: readonly Table[]) => T): Promise<Fact<T>> | Fact<T> =>
		isController
			? askHost(
					host,
					{ argv: ['linstor', '-m', '--output-version', 'v1', ...words], timeoutSeconds: limit },
					(result) => read(parseTables(requireSuccess(result))),
				)
			: unknown(notHere);
	const [names, pools, autoEvict] = await Promise.all([
		host.files.list('/var/lib/linstor.d'),
		ask(['storage-pool', 'list'], toPools),
		ask(['controller', 'list-properties'], toAutoEvict),
	]);
	const resources = (names ?? []).filter((name) => name.endsWith('.res')).map((name) => name.slice(0, -'.res'.length));
	return { resources, pools, autoEvict };
}

/** LINSTOR nests two lists. Without a limit 100,000 brackets would overflow the stack. */
const listDepth = 10;

/** All objects of an answer, from lists in lists. @throws UnexpectedOutputError */
export function parseTables(output: string): readonly Table[] {
	try {
		const flat = [JSON.parse(output)].flat(listDepth);
		if (flat.every(isTable)) return flat;
	} catch (error) {
		if (!(error instanceof SyntaxError)) throw error;
	}
	throw new UnexpectedOutputError('its output is no JSON of the known form');
}

function toPools(answer: readonly Table[]): readonly LinstorPool[] {
	return answer.map(({ storage_pool_name: name, node_name: node, provider_kind: kind, props }) => {
		if (typeof name !== 'string' || typeof node !== 'string' || typeof kind !== 'string') {
			throw new UnexpectedOutputError('a storage pool without name, node or kind');
		}
		const values = isTable(props) ? datasetKeys.map((key) => props[key]) : [];
		return { name, node, kind, dataset: values.find((value) => typeof value === 'string') };
	});
}

/** Either `{key, value}` objects or one object of names and values. */
function toAutoEvict(answer: readonly Table[]): ReadonlyMap<string, string> {
	const entries = answer.flatMap((table): (readonly [unknown, unknown])[] =>
		'key' in table ? [[table.key, table.value]] : Object.entries(table),
	);
	return new Map(
		entries.flatMap(([key, value]) =>
			typeof key === 'string' && key.startsWith('DrbdOptions/AutoEvict') ? [[key, String(value)] as const] : [],
		),
	);
}
