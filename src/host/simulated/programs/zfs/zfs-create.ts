import { addDataset, mount, mountsByItself } from '../../dataset-changes.js';
import { findEntry, nameProblem, poolNameOf, recordChange, withPool } from '../../dataset-names.js';
import { parentDataset } from '../../mounts.js';
import { parseBytes } from '../../numbers.js';
import { hasOption, optionValue, optionValues, parseOptions, splitOnce } from '../../options.js';
import type { Encryption } from '../../pool.js';
import { findRule, isUserProperty } from '../../properties.js';
import type { Session } from '../../session.js';
import { availableBytes } from '../../space.js';
import { textOf } from '../../tree.js';
import { openLibrary } from './library.js';
import { refuseOptions, refuseUsage } from './usage.js';

/** Properties of `-o name=value`, sizes in bytes. A string is what is wrong with them. */
export function parseProperties(pairs: readonly string[]): Readonly<Record<string, string>> | string {
	const properties: Record<string, string> = {};
	for (const pair of pairs) {
		const [name, value] = splitOnce(pair, '=');
		if (value === undefined) return `missing '=' for property=value argument`;
		const rule = findRule(name);
		if (rule === undefined && !isUserProperty(name)) return `invalid property '${name}'`;
		if (rule?.kind === 'computed') return `'${name}' is readonly`;
		if (properties[rule?.name ?? name] !== undefined) return `property '${name}' specified multiple times`;
		const bytes = rule?.format === 'bytes' ? (value === 'none' ? 0n : parseBytes(value)) : undefined;
		if (rule?.format === 'bytes' && bytes === undefined) return `bad numeric value '${value}'`;
		properties[rule?.name ?? name] = bytes === undefined ? value : String(bytes);
	}
	return properties;
}

export function zfsCreate(session: Session, args: readonly string[]): number {
	const parsed = parseOptions(args, { short: 'V:b:nso:pPuv' });
	const refused = refuseOptions(session, 'create', parsed);
	if (refused !== undefined) return refused;
	if (!openLibrary(session)) return 1;
	const [name, ...more] = parsed.operands;
	if (name === undefined) return refuseUsage(session, 'create', 'missing filesystem argument');
	if (more.length > 0) return refuseUsage(session, 'create', 'too many arguments');
	const fail = (text: string) => {
		session.err(`cannot create '${name}': ${text}`);
		return 1;
	};
	const properties = parseProperties(optionValues(parsed, 'o'));
	if (typeof properties === 'string') return fail(properties);
	const bad = nameProblem(name);
	if (bad !== undefined) return fail(bad);
	const poolName = poolNameOf(name);
	const pool = session.machine.pools[poolName];
	if (pool?.imported !== true) return fail(`no such pool '${poolName}'`);
	if (pool.suspended) return fail('pool I/O is currently suspended');
	if (findEntry(session.machine, name) !== undefined) return fail('dataset already exists');
	const parent = parentDataset(name);
	if (parent === undefined) return fail('missing dataset name');
	const missing = missingParents(session, parent);
	if (missing.length > 0 && !hasOption(parsed, 'p')) return fail('parent does not exist');
	if (pool.readOnly) return fail('pool is read-only');
	const size = optionValue(parsed, 'V');
	const volumeBytes = size === undefined ? undefined : parseBytes(size);
	if (size !== undefined && volumeBytes === undefined) return fail(`bad volume size '${size}'`);
	if (volumeBytes !== undefined && !hasOption(parsed, 's') && volumeBytes > availableBytes(pool, parent)) {
		return fail('out of space');
	}
	const encryption = parseEncryption(session, name, properties);
	if (typeof encryption === 'string') return fail(encryption);
	if (hasOption(parsed, 'n')) return 0;
	session.wait(0.4);
	let machine = session.machine;
	for (const above of missing) machine = mount(addDataset(machine, above), above);
	const { encryption: _, keyformat: __, ...kept } = properties;
	const reserved = volumeBytes === undefined || hasOption(parsed, 's') ? {} : { refreservation: String(volumeBytes) };
	machine = addDataset(machine, name, {
		type: volumeBytes === undefined ? 'filesystem' : 'volume',
		properties: { ...kept, ...(volumeBytes === undefined ? {} : { volsize: String(volumeBytes), ...reserved }) },
		...(encryption === undefined ? {} : { encryption }),
	});
	if (encryption) machine = withActiveFeature(machine, poolName, ['encryption', 'bookmark_v2']);
	if (mountsByItself(machine, name) && !hasOption(parsed, 'u')) machine = mount(machine, name);
	session.change(recordChange(machine, poolName, `zfs create ${args.join(' ')}`));
	return 0;
}

function missingParents(session: Session, parent: string): readonly string[] {
	const missing: string[] = [];
	for (let one: string | undefined = parent; one !== undefined; one = parentDataset(one)) {
		if (findEntry(session.machine, one) !== undefined) break;
		missing.unshift(one);
	}
	return missing;
}

export function withActiveFeature(
	machine: Session['machine'],
	pool: string,
	names: readonly string[],
): Session['machine'] {
	return withPool(machine, pool, (one) => {
		const active = names.filter((name) => one.features[name] === 'enabled').map((name) => [name, 'active'] as const);
		return active.length === 0 ? one : { ...one, features: { ...one.features, ...Object.fromEntries(active) } };
	});
}

/** Undefined: what the parent has. A string says what is wrong. */
function parseEncryption(
	session: Session,
	name: string,
	properties: Readonly<Record<string, string>>,
): Encryption | null | undefined | string {
	const { encryption, keyformat } = properties;
	if (encryption === undefined && keyformat === undefined) return undefined;
	if (encryption === 'off') return null;
	const pool = session.machine.pools[poolNameOf(name)];
	if (pool?.features.encryption === undefined) return 'operation not supported on this type of pool';
	if (keyformat === undefined) return 'Keyformat required for new encryption root.';
	if (keyformat !== 'passphrase' && keyformat !== 'raw' && keyformat !== 'hex')
		return `invalid keyformat '${keyformat}'`;
	const secret = readSecret(session, properties.keylocation ?? 'prompt');
	if (secret === undefined) return 'Failed to open key material file: No such file or directory';
	if (keyformat === 'passphrase' && secret.length < 8) return 'Passphrase too short (min 8).';
	const suite = encryption === undefined || encryption === 'on' ? 'aes-256-gcm' : encryption;
	return { root: name, suite, keyFormat: keyformat, secret, keyLoaded: true };
}

/** From a file, or from standard input where the key is asked for. Undefined when the file is not there. */
export function readSecret(session: Session, location: string): string | undefined {
	const path = location.startsWith('file://') ? location.slice('file://'.length) : undefined;
	const text = path === undefined ? session.stdin.text : textOf(session.machine, path);
	return text?.split('\n', 1)[0];
}
