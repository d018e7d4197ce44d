import { describe, expect, it } from 'vitest';
import { readVersionsByTools } from '../../src/zfs/read-versions.js';
import { loadRecording } from '../fixtures/load.js';
import { type Answer, createTableHost } from '../support/table-host.js';

async function read(answer: Answer) {
	const { userspace, loadedModule } = await readVersionsByTools(
		createTableHost({ commands: [['zfs --version', answer]] }),
	);
	return { userspace, loadedModule };
}

function version(full: string, upstream: string, series: string) {
	return { known: true, value: { full, upstream, series }, source: 'zfs --version' };
}

describe('readVersionsByTools', () => {
	it('tells the halves apart when they differ', async () => {
		expect(await read(loadRecording('lab/mismatch/kmod-2.3.1+user-2.3.2/version.txt'))).toEqual({
			userspace: version('2.3.2-2~bpo12+2', '2.3.2', '2.3'),
			loadedModule: version('2.3.1-2~bpo12+2', '2.3.1', '2.3'),
		});
	});

	it.each(['zfs-2.3.2/json-zfs-version--j', 'zfs-2.3.2/json-zpool-version--j', 'zfs-2.3.2/zfs-version'])(
		'reads JSON and text: %s',
		async (recording) => {
			expect(await read(loadRecording(`lab/${recording}.txt`))).toEqual({
				userspace: version('2.3.2-2~bpo12+2', '2.3.2', '2.3'),
				loadedModule: version('2.3.2-2~bpo12+2', '2.3.2', '2.3'),
			});
		},
	);

	it('knows that no module is loaded, and the userspace all the same', async () => {
		// zfs_version_print of 2.0 to 2.4.
		const stderr = 'zfs_version_kernel() failed: No such file or directory\n';
		expect(await read({ exit: 1, stdout: 'zfs-2.1.11-1+deb12u1\n', stderr })).toEqual({
			userspace: version('2.1.11-1+deb12u1', '2.1.11', '2.1'),
			loadedModule: { known: true, value: undefined, source: 'zfs --version' },
		});
	});

	it('does not take a module that cannot be asked for one that is not loaded', async () => {
		const stderr = 'zfs_version_kernel() failed: Permission denied\n';
		expect((await read({ exit: 1, stdout: 'zfs-2.1.11-1\n', stderr })).loadedModule).toEqual({
			known: false,
			why: 'zfs --version: zfs_version_kernel() failed: Permission denied',
		});
	});

	it.each<[string, Answer, string]>([
		['is not installed', 'not-installed', 'zfs is not installed'],
		['needs the module', loadRecording('lab/zfs-2.1.11/no-module-zfs-version.txt'), 'The ZFS modules are not loaded.'],
		['cannot start', loadRecording('lab/zfs-2.3.2/blocked-module-zfs-version.txt'), 'Failed to initialize the libzfs'],
		['hangs', { outcome: { kind: 'timed-out', seconds: 30 } }, 'did not end within 30 s'],
		['prints something else', 'zfs-\u001b]0;x\u0007\nzfs-kmod-x.y.z\n', 'not an OpenZFS version'],
	])('knows nothing when zfs %s', async (_, answer, why) => {
		const versions = await read(answer);
		expect(versions.userspace.known).toBe(false);
		expect(versions.loadedModule).toMatchObject({ known: false, why: expect.stringContaining(why) });
	});
});
