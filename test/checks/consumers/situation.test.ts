import { describe, expect, it } from 'vitest';
import { advisoriesTopic } from '../../../src/checks/advisories.js';
import { advisoriesOfConsumers, consumerTopics } from '../../../src/checks/consumers/index.js';
import { consumerConditions, consumerVersions } from '../../../src/checks/consumers/situation.js';
import { ADVISORIES } from '../../../src/knowledge/advisories/index.js';
import { fixture, readSystems } from '../../support/systems.js';
import { datasetWith, factsWith, findingsOf, set } from '../facts.js';

const kebab = /^[a-z0-9-]+\.[a-z0-9-]+$/;

describe('what the systems tell the advisories', () => {
	it('is which of them are here, with their versions where these are known', async () => {
		const consumers = await readSystems({
			files: {
				'/var/lib/incus/x': '',
				'/etc/harvester-release.yaml': fixture('harvester/release-1.3.2.yaml'),
				'/etc/docker/x': '',
			},
			commands: [['incus --version', '6.0.5\n']],
		});
		expect(consumerVersions(consumers)).toEqual({
			incus: { version: '6.0.5' },
			harvester: { version: 'v1.3.2' },
			docker: { version: undefined },
		});
	});

	it('counts one whose file cannot be read as here', async () => {
		const consumers = await readSystems({ files: { '/etc/docker/daemon.json': '{' } });
		expect(consumerVersions(consumers)).toEqual({ docker: { version: undefined } });
	});

	it('leaves out conditions that hang on what could not be read', async () => {
		const consumers = await readSystems({ files: { '/etc/docker/daemon.json': '{' } });
		expect(consumerConditions(consumers)).toEqual({ 'k3s-zfs-snapshotter': false });
	});

	it('is that nobody uses overlays where nobody does', async () => {
		expect(consumerConditions(await readSystems({}))).toMatchObject({
			'overlayfs-on-zfs': false,
			'docker-overlay2-explicit': false,
		});
	});

	it('shows an advisory of Incus on encrypted pools with its release', async () => {
		const consumers = await readSystems({
			files: { '/var/lib/incus/x': '' },
			commands: [['incus --version', '6.0.5\n']],
		});
		const facts = factsWith({ consumers, datasets: set([datasetWith({ encryption: 'aes-256-gcm' })]) });
		const details = findingsOf(advisoriesTopic, { facts }).map(({ detail }) => detail);
		expect(details.join(' ')).toContain('incus-encrypted-copy');
	});
});

describe('what a check decides with values of the host', () => {
	it('is left out by the advisories, which know of it', () => {
		const known = new Set(ADVISORIES.map(({ id }) => id));
		expect(advisoriesOfConsumers.filter((id) => !known.has(id))).toEqual([]);
	});

	it('is not said twice', async () => {
		const consumers = await readSystems({
			files: { '/etc/containerd/config.toml': fixture('containerd/zfs.toml') },
			commands: [
				['containerd --version', 'containerd github.com/containerd/containerd/v2 v2.1.4 75cb2b71\n'],
				['containerd config dump', fixture('containerd/dump-2.1.toml')],
			],
		});
		const findings = findingsOf(advisoriesTopic, { facts: factsWith({ consumers }) });
		expect(JSON.stringify(findings)).not.toContain('containerd-zfs-unpack');
	});
});

describe('every kind of finding about a system', () => {
	it('has a name of its own', () => {
		const ids = consumerTopics.flatMap(({ kinds }) => kinds.map(({ id }) => id));
		expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
		expect(ids.filter((id) => !kebab.test(id))).toEqual([]);
	});
});
