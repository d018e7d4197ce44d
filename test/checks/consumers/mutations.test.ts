import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { consumersTopic } from '../../../src/checks/consumers/index.js';
import { fixture, type Installed, readSystems } from '../../support/systems.js';
import { factsWith, findingsOf } from '../facts.js';

/** Every file that is parsed, as it is when all is well, with what else has to be there. */
const wellFormed: readonly (readonly [path: string, text: string, installed: Installed])[] = [
	['/etc/containers/storage.conf', fixture('containers/storage-zfs.conf'), { files: { '/usr/bin/podman': '' } }],
	['/etc/crio/crio.conf.d/20-zfs.conf', fixture('crio/20-zfs.conf'), {}],
	['/etc/containerd/config.toml', fixture('containerd/zfs.toml'), {}],
	['/var/lib/rancher/k3s/agent/etc/containerd/config.toml', fixture('containerd/k3s.toml'), {}],
	['/etc/nerdctl/nerdctl.toml', fixture('nerdctl/kubespray.toml'), {}],
	['/root/kubespray/inventory/a/group_vars/all/containerd.yml', fixture('kubespray/all-containerd.yml'), {}],
	['/etc/docker/daemon.json', fixture('docker/daemon-zfs.json'), {}],
	['/snap/lxd/current/meta/snap.yaml', fixture('lxd/snap.yaml'), {}],
	['/etc/harvester-release.yaml', fixture('harvester/release-1.3.2.yaml'), {}],
	['/etc/target/saveconfig.json', fixture('shares/saveconfig.json'), {}],
	['/etc/libvirt/storage/vms.xml', fixture('libvirt/pool-zfs.xml'), {}],
	['/etc/exports.d/zfs.exports', fixture('shares/zfs.exports'), {}],
];

/** Everything on ZFS, so that a file that is taken for good yields an ok. */
const mounts = {
	'/': 'rpool/ROOT/debian',
	'/var/lib/containerd/io.containerd.snapshotter.v1.zfs': 'tank/containerd',
	'/var/lib/rancher/k3s/agent/containerd/io.containerd.snapshotter.v1.zfs': 'tank/k3s',
};

async function judge(path: string, text: string, installed: Installed) {
	const consumers = await readSystems({ ...installed, mounts, files: { ...installed.files, [path]: text } });
	const findings = findingsOf(consumersTopic, { facts: factsWith({ consumers }) });
	return { unread: Object.values(consumers).some(({ known }) => !known), findings };
}

const mutation = fc.record({
	at: fc.double({ min: 0, max: 1, noNaN: true }),
	remove: fc.nat({ max: 12 }),
	insert: fc.oneof(
		fc.string({ maxLength: 6, unit: 'binary' }),
		fc.constantFrom('"', "'", '[', ']', '{', '}', '=', ':', '\n', '\t', '\0', '#', '-', ',', '&a ', '*a', '<<: '),
	),
});

describe.each(wellFormed)('%s', (path, text, installed) => {
	it('never ends the reading and never passes for good, whatever it holds', async () => {
		await fc.assert(
			fc.asyncProperty(fc.string({ maxLength: 200, unit: 'binary' }), async (any) => {
				const { findings } = await judge(path, any, installed);
				expect(findings.filter(({ severity }) => severity === 'ok')).toEqual([]);
			}),
			{ numRuns: 60 },
		);
	});

	it('is called unreadable, and nothing of it good, once it is damaged beyond reading', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (changes) => {
				const damaged = changes.reduce((current, { at, remove, insert }) => {
					const start = Math.floor(at * current.length);
					return current.slice(0, start) + insert + current.slice(start + remove);
				}, text);
				const { unread, findings } = await judge(path, damaged, installed);
				if (!unread) return;
				expect(findings.map(({ id }) => id).join()).toMatch(/\.config-unreadable/);
				expect(findings.filter(({ severity }) => severity === 'ok')).toEqual([]);
			}),
			{ numRuns: 100 },
		);
	});
});
