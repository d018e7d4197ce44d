import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseDkmsStatus, readDkmsStatus } from '../../../src/packages/dkms/status.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

const kernel = '6.1.0-56-amd64';

describe('what DKMS has', () => {
	test('two versions side by side are told apart by kernel and state', () => {
		expect(parseDkmsStatus(loadRecording('packages/dkms-3.0.10/dkms-status-side-by-side.txt').stdout)).toMatchObject([
			{ version: '2.1.11', kernel: '6.1.0-56-cloud-amd64', architecture: 'x86_64', state: 'built' },
			{ version: '2.3.2', kernel: '6.1.0-56-cloud-amd64', architecture: 'x86_64', state: 'installed' },
		]);
	});

	test('a line that is none is quoted without what an eight-bit terminal would obey', () => {
		expect(() => parseDkmsStatus('\u009b31m\u202ezfs')).toThrow('not a status line: "zfs"');
	});

	test('a source that is only added belongs to no kernel', () => {
		for (const file of [
			'lab/apt-no-kernel-headers/2-dkms-status.txt',
			'lab/apt-dkms-build-failure/4-dkms-status.txt',
		]) {
			expect(parseDkmsStatus(loadRecording(file).stdout)).toEqual([
				{
					module: 'zfs',
					version: '2.3.2',
					kernel: undefined,
					architecture: undefined,
					state: 'added',
					warning: undefined,
				},
			]);
		}
	});

	test('an installed module that is not the built one is warned about', () => {
		expect(parseDkmsStatus(loadRecording('packages/dkms-3.2.2/dkms-status-differs.txt').stdout)[0]).toMatchObject({
			state: 'installed',
			warning: 'Differences between built and installed modules',
		});
	});

	test('a source folder that is gone shows as broken, although dkms exits with 0', async () => {
		const host = createTableHost({
			commands: [['dkms status *', loadRecording('packages/dkms-3.2.2/dkms-status-broken.txt')]],
		});
		expect(await readDkmsStatus(host)).toMatchObject({
			known: true,
			value: [
				{ version: '2.3.9', state: 'broken' },
				{ version: '2.4.4', state: 'built' },
			],
		});
	});

	test.each([
		// dkms 2.8.1 to 2.8.5; 2.8.6 for `added`
		['zfs, 2.1.11, 6.1.0-56-amd64, x86_64: installed', { version: '2.1.11', kernel, state: 'installed' }],
		['zfs, 2.1.11: added', { version: '2.1.11', kernel: undefined, state: 'added' }],
		[
			'zfs, 2.1.11, 6.1.0-56-amd64, x86_64: installed (WARNING! Diff between built and installed module!)',
			{ warning: 'Diff between built and installed module!' },
		],
		// dkms 2.8.7 and later
		['zfs/2.3.2, 6.1.0-56-amd64, x86_64: built', { version: '2.3.2', kernel, state: 'built', warning: undefined }],
		['zfs/2.3.2, 6.1.0-56-amd64, x86_64: installed (Original modules exist)', { warning: undefined }],
		[
			'zfs/2.3.2, 6.1.0-56-amd64, x86_64: installed (Original modules exist) (Built modules are missing in the kernel modules folder)',
			{ state: 'installed', warning: 'Built modules are missing in the kernel modules folder' },
		],
		// Enterprise Linux, every version
		[
			'zfs, 2.3.2, 5.14.0-427.el9.x86_64, x86_64: installed-weak from 5.14.0-362.el9.x86_64',
			{
				kernel: '5.14.0-427.el9.x86_64',
				state: 'installed',
				warning: 'linked from the module built for 5.14.0-362.el9.x86_64',
			},
		],
	])('%s', (line, expected) => {
		expect(parseDkmsStatus(`${line}\n`)).toMatchObject([expected]);
	});

	test('nothing in the tree is an empty list, no DKMS is none', async () => {
		expect(await readDkmsStatus(createTableHost({ commands: [['dkms *', '']] }))).toMatchObject({ value: [] });
		expect(await readDkmsStatus(createTableHost({ commands: [['dkms *', 'not-installed']] }))).toMatchObject({
			known: true,
			value: undefined,
		});
	});

	test('a line that is no status is an error', () => {
		expect(() => parseDkmsStatus('zfs/2.3.2, 6.1.0: exploded\n')).toThrow(/not a status line/);
	});

	test('every entry is read back in either spelling', () => {
		const word = fc.stringMatching(/^[a-z0-9][a-z0-9.+~_-]{0,15}$/);
		const state = fc.constantFrom('built', 'installed');
		fc.assert(
			fc.property(fc.array(fc.tuple(word, word, word, state)), fc.constantFrom('/', ', '), (entries, separator) => {
				const text = entries.map(([v, k, a, s]) => `zfs${separator}${v}, ${k}, ${a}: ${s}\n`).join('');
				expect(parseDkmsStatus(text).map((each) => [each.version, each.kernel, each.architecture, each.state])).toEqual(
					entries,
				);
			}),
		);
	});
});
