/** os-release(5): `NAME=value` lines, values quoted as in a shell. */
import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import { type Fact, known, unknown } from './fact.js';
import type { Distribution } from './host-facts.js';
import { readText } from './read-text.js';

/** The administrator's file wins over the distribution's own. */
const places = ['/etc/os-release', '/usr/lib/os-release'] as const;

export async function readDistribution(host: Host): Promise<Fact<Distribution>> {
	for (const place of places) {
		const text = await readText(host, place);
		if (!text.known) return text;
		if (text.value !== undefined) return known(toDistribution(parseOsRelease(text.value)), place);
	}
	return unknown(`neither ${places.join(' nor ')} is there`);
}

export function parseOsRelease(text: string): ReadonlyMap<string, string> {
	return new Map(
		text.split('\n').flatMap((line) => {
			const { name, value } = /^\s*(?<name>[A-Z][A-Z0-9_]*)=(?<value>.*)$/.exec(stripControls(line))?.groups ?? {};
			return name === undefined || value === undefined ? [] : [[name, unquote(value.trimEnd())] as const];
		}),
	);
}

function toDistribution(fields: ReadonlyMap<string, string>): Distribution {
	const id = fields.get('ID') ?? 'linux';
	return {
		id,
		idLike: (fields.get('ID_LIKE') ?? '').split(' ').filter((word) => word !== ''),
		versionId: fields.get('VERSION_ID') ?? '',
		codename: fields.get('VERSION_CODENAME') ?? '',
		prettyName: fields.get('PRETTY_NAME') ?? fields.get('NAME') ?? id,
	};
}

function unquote(value: string): string {
	const quote = value[0];
	if (value.length < 2 || (quote !== '"' && quote !== "'") || value.at(-1) !== quote) return value;
	const inner = value.slice(1, -1);
	return quote === '"' ? inner.replace(/\\(["$`\\])/g, '$1') : inner;
}
