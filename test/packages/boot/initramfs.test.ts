import { describe, expect, test } from 'vitest';
import {
	chooseModuleFile,
	findInitramfsTool,
	readInitramfsModule,
	rebuildInitramfsCommand,
} from '../../../src/packages/boot/initramfs.js';
import { loadRecording } from '../../fixtures/load.js';
import { type CommandTable, createTableHost } from '../../support/table-host.js';

const kernel = '6.1.0-56-cloud-amd64';
const image = `/boot/initrd.img-${kernel}`;
const scratch = '/run/zl/initramfs';
const inside = `${scratch}/root/main/usr/lib/modules/${kernel}/updates/dkms/zfs.ko`;

function unpacking(commands: CommandTable) {
	return createTableHost({ commands: [...commands, ['rm *', '']] });
}

describe('the module inside an initramfs', () => {
	test('is taken out and asked for its version', async () => {
		const host = unpacking([
			['unmkinitramfs *', ''],
			['find *', `${inside}\n`],
			[`modinfo ${inside}`, loadRecording('packages/dkms-3.0.10/modinfo.txt')],
		]);
		expect(await readInitramfsModule(host, 'initramfs-tools', image, kernel, scratch)).toMatchObject({
			known: true,
			value: { version: '2.1.11-1+deb12u1' },
		});
		expect(host.calls[0]).toMatchObject({ env: { TMPDIR: scratch } });
	});

	test('is known to be absent where none is inside', async () => {
		const host = unpacking([
			['unmkinitramfs *', ''],
			['find *', ''],
		]);
		expect(await readInitramfsModule(host, 'initramfs-tools', image, kernel, scratch)).toMatchObject({
			known: true,
			value: undefined,
		});
	});

	test('is unknown where the file cannot be unpacked, never absent', async () => {
		const host = unpacking([['unmkinitramfs *', { exit: 2, stderr: 'cpio: premature end of archive\n' }]]);
		expect(await readInitramfsModule(host, 'initramfs-tools', image, kernel, scratch)).toMatchObject({
			known: false,
			why: expect.stringContaining('premature end of archive'),
		});
	});

	test('leaves nothing behind, whatever happened', async () => {
		for (const said of ['', { exit: 2, stderr: 'cpio: premature end of archive\n' }]) {
			const host = unpacking([
				['unmkinitramfs *', said],
				['find *', ''],
			]);
			await readInitramfsModule(host, 'initramfs-tools', image, kernel, scratch);
			expect(host.shownCalls().at(-1)).toBe(`rm --recursive --force --one-file-system -- ${scratch}`);
		}
	});

	test('is taken out of dracut’s images one file at a time', async () => {
		const listed = `usr/lib/modules/${kernel}/updates/dkms/zfs.ko`;
		const said = (file: string): CommandTable => [
			[`lsinitrd --file ${listed} ${image}`, file],
			[`lsinitrd ${image}`, loadRecording('packages/dracut-059/lsinitrd.txt')],
			[`modinfo ${scratch}/zfs.ko`, loadRecording('packages/dkms-3.0.10/modinfo.txt')],
		];
		expect(await readInitramfsModule(unpacking(said('ELF')), 'dracut', image, kernel, scratch)).toMatchObject({
			known: true,
			value: { version: '2.1.11-1+deb12u1' },
		});
		expect(await readInitramfsModule(unpacking(said('')), 'dracut', image, kernel, scratch)).toMatchObject({
			known: false,
			why: expect.stringContaining('cannot be taken out'),
		});
	});

	test('is not looked for in a folder that is somebody else’s', async () => {
		const host = createTableHost({ files: { [`${scratch}/precious`]: '' } });
		expect(await readInitramfsModule(host, 'initramfs-tools', image, kernel, scratch)).toMatchObject({ known: false });
		expect(host.calls).toEqual([]);
	});

	test('is the one that modprobe would take, for this kernel', () => {
		const root = `lib/modules/${kernel}`;
		const paths = [
			`${root}/kernel/zfs/zfs.ko`,
			`${root}/updates/dkms/zfs.ko.zst`,
			'lib/modules/6.1.0-9/updates/dkms/zfs.ko',
			`${root}/updates/dkms/zfs.ko.bak`,
		];
		expect(chooseModuleFile(paths, kernel)).toBe(`${root}/updates/dkms/zfs.ko.zst`);
		expect(chooseModuleFile(paths, '6.1.0-9')).toBe('lib/modules/6.1.0-9/updates/dkms/zfs.ko');
		expect(chooseModuleFile(paths, '6.1.0-8')).toBeUndefined();
	});

	test('is found under the path that a real initramfs has', () => {
		const recorded = loadRecording('packages/dkms-3.0.10/find-in-initramfs.txt').stdout.split('\n');
		expect(chooseModuleFile(recorded, kernel)).toMatch(/updates\/dkms\/zfs\.ko$/);
		const newer = loadRecording('packages/dkms-3.2.2/find-in-initramfs.txt').stdout.split('\n');
		expect(chooseModuleFile(newer, '6.12.107+deb13-cloud-amd64')).toMatch(/updates\/dkms\/zfs\.ko/);
	});
});

describe('rebuilding', () => {
	test('names the kernel: without it only the newest would be rebuilt', () => {
		expect(rebuildInitramfsCommand('initramfs-tools', kernel).argv).toEqual(['update-initramfs', '-u', '-k', kernel]);
		expect(rebuildInitramfsCommand('dracut', kernel).argv).toEqual(['dracut', '--force', '--kver', kernel]);
	});

	test('uses the tool that is installed', () => {
		const named = (name: string) => ({
			name,
			architecture: 'all',
			version: '1',
			source: name,
			status: 'ii',
			isHeld: false,
			isComplete: true,
		});
		expect(findInitramfsTool([named('initramfs-tools')])).toBe('initramfs-tools');
		expect(findInitramfsTool([named('dracut')])).toBe('dracut');
		expect(findInitramfsTool([named('initramfs-tools-core')])).toBeUndefined();
	});
});
