import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/facts/consumers/config.js';
import { mergeContainerdSettings, readContainerdSettings } from '../../../src/facts/consumers/containerd-settings.js';
import { loadRecording } from '../../fixtures/load.js';
import { fixture, readSystems } from '../../support/systems.js';

const read = async (text: string) => readContainerdSettings(await parseConfig('x', text, 'toml'));
const recorded = (name: string) => read(loadRecording(`consumers/containerd/1.6.20/${name}.txt`).stdout);

describe('a configuration of containerd', () => {
	it('of version 1 has short names', async () => {
		expect(await read(fixture('containerd/v1.toml'))).toMatchObject({
			version: undefined,
			snapshotter: 'zfs',
			ignoredSnapshotter: undefined,
			zfsRoot: '/srv/containerd-zfs',
		});
	});

	it('of version 2 has URIs, which version 1 ignores', async () => {
		expect(await read(fixture('containerd/zfs.toml'))).toMatchObject({ version: 2, snapshotter: 'zfs' });
		expect(await read(fixture('containerd/no-version.toml'))).toMatchObject({
			snapshotter: undefined,
			ignoredSnapshotter: 'zfs',
		});
	});

	it.each([3, 4])('of version %s has images apart', async (version) => {
		const text = fixture('containerd/dump-2.1.toml').replace('version = 3', `version = ${version}`);
		expect(await read(text)).toMatchObject({
			version,
			snapshotter: 'zfs',
			unpackedInto: ['overlayfs'],
			pullsItselfBecause: undefined,
		});
	});

	it('as containerd 1.6.20 prints it is read whole', async () => {
		expect(await recorded('zfs')).toMatchObject({ version: 2, root: '/var/lib/containerd', snapshotter: 'zfs' });
		expect(await recorded('no-version')).toMatchObject({ version: 2, snapshotter: 'overlayfs' });
		expect(await recorded('section-replaced-by-import')).toMatchObject({
			snapshotter: 'overlayfs',
			isZfsDisabled: true,
		});
		expect(await recorded('debian-default')).toMatchObject({ isCriDisabled: false, pullsItselfBecause: undefined });
	});
});

const main = await read(fixture('containerd/zfs-with-imports.toml'));
const imported = await read(fixture('containerd/downloads.toml'));

describe('an imported file', () => {
	it('replaces the section of CRI in containerd 1.x, as its own dump shows', async () => {
		const merged = mergeContainerdSettings(main, imported, 'y', true);
		const dumped = await recorded('section-replaced-by-import');
		expect(merged.snapshotter ?? 'overlayfs').toBe(dumped.snapshotter);
		expect(merged).toMatchObject({ isZfsDisabled: dumped.isZfsDisabled });
	});

	it('is laid over it in 2.x', () => {
		const merged = mergeContainerdSettings(main, imported, 'y', false);
		expect(merged).toMatchObject({ snapshotter: 'zfs', pullsItselfBecause: 'max_concurrent_downloads = 5' });
	});

	it('of a later version than the main file is refused, as by containerd', () => {
		expect(() => mergeContainerdSettings(main, { ...imported, version: 3 }, 'y', false)).toThrow('y: its version is 3');
	});
});

describe('our own merge', () => {
	const folder = '/var/lib/rancher/k3s/agent/etc/containerd';
	const k3s = async (files: Record<string, string>) => (await readSystems({ files })).k3s;

	it('follows imports beside the file, and each file once', async () => {
		const fact = await k3s({
			[`${folder}/config.toml`]: 'version = 3\nimports = ["more.d/*.toml", "../containerd/config.toml"]\n',
			[`${folder}/more.d/10.toml`]: 'version = 3\n[plugins."io.containerd.cri.v1.images"]\nsnapshotter = "native"\n',
			[`${folder}/more.d/20.toml`]: 'version = 3\n[plugins."io.containerd.cri.v1.images"]\nsnapshotter = "zfs"\n',
		});
		expect(fact).toMatchObject({
			value: { settings: { snapshotter: 'zfs' }, source: expect.stringContaining('more.d/20.toml') },
		});
	});

	it('does not pass over an imported file that is not there', async () => {
		const fact = await k3s({ [`${folder}/config.toml`]: 'version = 3\nimports = ["gone.toml"]\n' });
		expect(fact).toEqual({ known: false, why: `${folder}/gone.toml: it is imported and is not there` });
	});
});
