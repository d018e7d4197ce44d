import { describe, expect, it } from 'vitest';
import { flagValue, parseEnvironment, readServices } from '../../../src/facts/consumers/services.js';
import { fixture, hostWith } from '../../support/systems.js';

const read = async (units: string, files: Record<string, string> = {}) => {
	const fact = await readServices(hostWith({ units, files }), 'systemd', ['x.service']);
	if (!fact.known) throw new Error(fact.why);
	return fact.value;
};

describe('services', () => {
	it('come with the words that systemd would run, variables of their environment filled in', async () => {
		const docker = (await read(fixture('docker/systemctl-show.txt'))).get('docker.service');
		expect(docker).toMatchObject({ isActive: true });
		expect(docker?.words.slice(-4)).toEqual(['--data-root', '/tank/docker', '--log-level=warn', '--label=a b']);
		expect(docker?.environment.get('DOCKER_DRIVER')).toBe('zfs');
	});

	it('come with the environment of their files, the later over the earlier', async () => {
		const files = {
			'/etc/sysconfig/crio': '# options\nCRIO_STORAGE_OPTIONS="--root /a --storage-driver=zfs"\n',
			'/etc/default/crio': "CRIO_CONFIG_OPTIONS='--config /etc/crio/other.conf'\n",
		};
		const crio = (await read(fixture('crio/systemctl-show.txt'), files)).get('crio.service');
		expect(crio?.words).toEqual([
			'/usr/bin/crio',
			'--config',
			'/etc/crio/other.conf',
			'--root',
			'/a',
			'--storage-driver=zfs',
		]);
		expect(crio?.isActive).toBe(false);
	});

	it('that are not there are left out', async () => {
		expect((await read('Id=x.service\nLoadState=not-found\nActiveState=inactive\n')).size).toBe(0);
	});

	it('are unknown where systemd does not run, and below an alternate root', async () => {
		expect((await readServices(hostWith({}), 'other', ['x.service'])).known).toBe(false);
		expect((await readServices(hostWith({ kind: 'alternate-root' }), 'systemd', ['x.service'])).known).toBe(false);
	});

	it('are not asked for where there is nobody to ask for', async () => {
		const host = hostWith({});
		expect(await readServices(host, 'systemd', [])).toMatchObject({ known: true });
		expect(host.calls).toEqual([]);
	});
});

describe('an environment file', () => {
	it('has comments, quotes and continued lines', () => {
		const text = '# no\n; no\nA=1\n B = 2\nC="a b"\nD=\'x\'\nexport E=5\nF=a\\\nb\n=3\n';
		expect([...parseEnvironment(text)]).toEqual([
			['A', '1'],
			['C', 'a b'],
			['D', 'x'],
			['E', '5'],
			['F', 'ab'],
		]);
	});
});

describe('a flag', () => {
	it.each([
		[['--root', '/a'], '/a'],
		[['--root=/a'], '/a'],
		[['-r', '/a', '--root=/b'], '/b'],
		[['--rootless=/a'], undefined],
		[['--root'], undefined],
	])('of %j is %s', (words, value) => {
		expect(flagValue(words, '--root', '-r')).toBe(value);
	});
});
