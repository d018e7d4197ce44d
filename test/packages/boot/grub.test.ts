import { describe, expect, test } from 'vitest';
import {
	parseGrubDefault,
	parseGrubEnvironment,
	parseGrubMenu,
	resolveGrubDefault,
} from '../../../src/packages/boot/grub.js';
import { loadRecording } from '../../fixtures/load.js';

const configuration = loadRecording('packages/grub-2.06/grub-cfg.txt').stdout;
const menu = parseGrubMenu(configuration);
const uuid = '3a0d2b5e-7f6c-4a8e-9b1d-5c4e3f2a1b0c';

describe('GRUB’s menu', () => {
	test('is read with its submenu and the kernel of each entry', () => {
		expect(menu.map(({ title, kernel }) => [title, kernel])).toEqual([
			['Debian GNU/Linux', '6.12.95+deb12-cloud-amd64'],
			['Advanced options for Debian GNU/Linux', undefined],
		]);
		expect(menu[1]?.entries?.map(({ kernel }) => kernel)).toEqual([
			'6.12.95+deb12-cloud-amd64',
			'6.12.95+deb12-cloud-amd64',
			'6.1.0-56-cloud-amd64',
			'6.1.0-56-cloud-amd64',
			'6.1.0-9-cloud-amd64',
			'6.1.0-9-cloud-amd64',
		]);
	});

	test('kernels on ZFS, quoted titles and entries that depend on a condition are read', () => {
		const text = [
			"menuentry 'Debian'\\''s' --id 'a' {",
			'\tlinux "/BOOT/debian@/vmlinuz-6.1.0-56-amd64" root=ZFS=rpool/ROOT',
			'}',
			'if [ "$grub_platform" = "efi" ]; then',
			"\tmenuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {",
			'\t\tfwsetup',
			'\t}',
			'fi',
		].join('\n');
		expect(parseGrubMenu(text)).toMatchObject([
			{ title: "Debian's", id: 'a', kernel: '6.1.0-56-amd64', isConditional: false },
			{ title: 'UEFI Firmware Settings', id: 'uefi-firmware', kernel: undefined, isConditional: true },
		]);
	});
});

describe('GRUB’s default', () => {
	test('is the literal one, or what was saved', () => {
		expect(parseGrubDefault(configuration)).toEqual({ literal: '0' });
		expect(parseGrubDefault(loadRecording('packages/grub-2.06/grub-cfg-saved.txt').stdout)).toBe('saved');
	});

	test('is unknown where the file decides in a way of its own', () => {
		expect(parseGrubDefault('')).toBeUndefined();
		expect(parseGrubDefault(`${configuration}\nset default="2"\n`)).toBeUndefined();
		expect(parseGrubDefault('set default="$x"\n')).toBeUndefined();
	});

	test('the environment block is read without its padding', () => {
		const block = parseGrubEnvironment(loadRecording('packages/grub-2.06/grubenv-next.txt').stdout);
		expect(block.get('next_entry')).toBe('1>4');
		expect(block.get('saved_entry')).toMatch(/^gnulinux-advanced-.*-advanced-/);
		expect(block.size).toBe(2);
	});

	test.each([
		['0', '6.12.95+deb12-cloud-amd64'],
		['', '6.12.95+deb12-cloud-amd64'],
		['1>2', '6.1.0-56-cloud-amd64'],
		['Debian GNU/Linux', '6.12.95+deb12-cloud-amd64'],
		[`gnulinux-simple-${uuid}`, '6.12.95+deb12-cloud-amd64'],
		[`gnulinux-advanced-${uuid}>gnulinux-6.1.0-9-cloud-amd64-advanced-${uuid}`, '6.1.0-9-cloud-amd64'],
		['Advanced options for Debian GNU/Linux>Debian GNU/Linux, with Linux 6.1.0-56-cloud-amd64', '6.1.0-56-cloud-amd64'],
		// GRUB falls back to the first entry.
		['gnulinux-of-a-removed-kernel', '6.12.95+deb12-cloud-amd64'],
		['7', '6.12.95+deb12-cloud-amd64'],
	])('%j boots %s', (selector, kernel) => {
		expect(resolveGrubDefault(menu, selector)?.kernel).toBe(kernel);
	});

	test('a submenu without a choice in it, and a count over conditional entries, prove nothing', () => {
		expect(resolveGrubDefault(menu, '1')).toBeUndefined();
		const conditional = menu.map((entry, index) => ({ ...entry, isConditional: index === 0 }));
		expect(resolveGrubDefault(conditional, '1>2')).toBeUndefined();
		expect(resolveGrubDefault([], '0')).toBeUndefined();
	});
});
