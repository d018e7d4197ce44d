import { describe, expect, it } from 'vitest';
import { parseDrbdStatus } from '../../../src/facts/consumers/drbd.js';
import { parseIncusPools } from '../../../src/facts/consumers/incus.js';
import { parseTables } from '../../../src/facts/consumers/linstor.js';
import { findMatchingFiles } from '../../../src/facts/consumers/matching-files.js';
import { parentOf } from '../../../src/facts/consumers/place.js';
import { readConsumers } from '../../../src/facts/consumers/read-consumers.js';
import { known } from '../../../src/facts/fact.js';
import { HostError } from '../../../src/host/host-error.js';
import { UnexpectedOutputError } from '../../../src/packages/ask.js';
import { fixture, hostWith, readSystems } from '../../support/systems.js';
import { unknownsIn } from '../../support/unknown-facts.js';

const surroundings = { mounts: known([], 'x'), initSystem: 'systemd', kernels: known([], 'x') } as const;

describe('a host without any such system', () => {
	it('has none of them, and nothing is run or read for it', async () => {
		const host = hostWith({});
		const read: string[] = [];
		const files = { ...host.files, read: async (path: string) => void read.push(path) };
		const consumers = await readConsumers({ ...host, files }, surroundings);
		expect(Object.values(consumers).every((fact) => fact.known && fact.value === undefined)).toBe(true);
		expect(host.calls).toEqual([]);
		expect(read).toEqual([]);
	});
});

describe('a system', () => {
	it('is unknown, not absent, where it cannot even be looked for', async () => {
		const denied = new HostError('permission', '/etc/docker', 'Cannot read /etc/docker: permission denied.', []);
		const consumers = await readSystems({ files: { '/etc/docker': { error: denied } } });
		expect(unknownsIn(consumers)).toEqual([`facts.docker: ${denied.message}`]);
	});

	it('asks no program of a mounted system that could answer for the rescue system', async () => {
		const host = hostWith({
			kind: 'alternate-root',
			files: {
				'/etc/containerd/config.toml': fixture('containerd/zfs.toml'),
				'/var/lib/incus/x': '',
				'/etc/drbd.d/a.res': '',
			},
		});
		const consumers = await readConsumers(host, surroundings);
		expect(consumers.containerd).toMatchObject({ value: { settings: { snapshotter: 'zfs' } } });
		expect(host.shownCalls().filter((call) => !call.endsWith('--version'))).toEqual([]);
	});

	it('has time limits on every program that is run for it', async () => {
		const host = hostWith({
			files: { '/etc/containerd/config.toml': '', '/usr/bin/podman': '', '/sys/module/drbd/version': '9.2.1\n' },
			commands: [['drbdsetup status --json', '[]']],
		});
		await readConsumers(host, surroundings);
		const foreign = host.calls.filter(({ argv }) => argv[0] !== 'systemctl');
		expect(foreign.length).toBeGreaterThan(2);
		expect(foreign.every(({ timeoutSeconds }) => timeoutSeconds !== undefined && timeoutSeconds <= 15)).toBe(true);
	});
});

describe('answers of other programs', () => {
	it.each(['', '{', '{}', '[1]', '[{"name": 5}]', 'null'])(
		'that are not of the known form conclude nothing: %j',
		(text) => {
			expect(() => parseIncusPools(text)).toThrow(UnexpectedOutputError);
		},
	);

	it.each(['{', '{}', '[1]', '[{"name": "x"}]', '[{"name": "x", "devices": [{}], "connections": []}]', 'null'])(
		'of DRBD that are not of the known form conclude nothing: %j',
		(text) => {
			expect(() => parseDrbdStatus(text)).toThrow(UnexpectedOutputError);
		},
	);

	it('of LINSTOR may be nested as deep as they like', () => {
		expect(parseTables('[[[{"a": 1}], {"b": 2}]]')).toEqual([{ a: 1 }, { b: 2 }]);
		expect(parseTables('{"a": 1}')).toEqual([{ a: 1 }]);
		expect(() => parseTables('[[1]]')).toThrow(UnexpectedOutputError);
		expect(() => parseTables('Error')).toThrow(UnexpectedOutputError);
	});

	it('of DRBD with no resource at all are read as that', () => {
		expect(parseDrbdStatus('')).toEqual([]);
		expect(parseDrbdStatus('[\n]\n')).toEqual([]);
	});
});

describe('patterns of files', () => {
	const host = hostWith({ files: { '/a/x/1.conf': '', '/a/y/2.conf': '', '/a/y/.3.conf': '', '/a/y/4.confx': '' } });

	it('match names in any folder, not hidden ones, in order', async () => {
		expect(await findMatchingFiles(host, '/a/*/*.conf')).toEqual(['/a/x/1.conf', '/a/y/2.conf']);
		expect(await findMatchingFiles(host, '/a/y/?.conf')).toEqual(['/a/y/2.conf']);
		expect(await findMatchingFiles(host, '/none/*')).toEqual([]);
		expect(await findMatchingFiles(host, '/as/it/is')).toEqual(['/as/it/is']);
	});
});

describe('the folder above', () => {
	it.each([
		['/var/lib/crio', '/var/lib'],
		['/var/lib/crio/', '/var/lib'],
		['/var//lib/../lib/crio', '/var/lib'],
		['/crio', '/'],
		['/', '/'],
	])('%s is %s', (path, parent) => {
		expect(parentOf(path)).toBe(parent);
	});
});
