import { describe, expect, it } from 'vitest';
import { collectFacts } from '../../src/facts/collect.js';
import { createDebianHost } from '../support/debian-host.js';
import type { CommandTable } from '../support/table-host.js';

const efi = { '/sys/firmware/efi/fw_platform_size': '64\n' };

async function bootOf(files: Record<string, string>, commands: CommandTable = []) {
	return (await collectFacts(createDebianHost({}, { files, commands }))).boot;
}

describe('what is known of the boot', () => {
	it('names the packages that asked for a reboot', async () => {
		const files = {
			'/run/reboot-required': '*** System restart required ***\n',
			'/run/reboot-required.pkgs': 'zfs-dkms\nzfs-dkms\nlinux-image-6.1.0-57-amd64\n',
		};
		expect((await bootOf(files)).rebootPending).toMatchObject({ value: ['zfs-dkms', 'linux-image-6.1.0-57-amd64'] });
	});

	it('does not take a mark without names for no reboot', async () => {
		expect((await bootOf({ '/run/reboot-required': '' })).rebootPending).toMatchObject({ value: [expect.any(String)] });
		expect((await bootOf({})).rebootPending).toMatchObject({ value: [] });
	});

	it('asks for the key of DKMS only where Secure Boot is on', async () => {
		const on = [['mokutil --sb-state', 'SecureBoot enabled\n']] as const;
		expect((await bootOf({})).secureBoot).toMatchObject({ value: 'unsupported' });
		expect((await bootOf(efi, [['mokutil --sb-state', 'SecureBoot disabled\n']])).dkmsKey).toMatchObject({
			known: true,
			value: undefined,
		});
		expect((await bootOf(efi, on)).dkmsKey).toMatchObject({ known: true, value: 'no-key' });
		const key = { ...efi, '/var/lib/dkms/mok.pub': 'DER' };
		const test = 'mokutil --test-key /var/lib/dkms/mok.pub';
		expect((await bootOf(key, [...on, [test, '/var/lib/dkms/mok.pub is not enrolled\n']])).dkmsKey).toMatchObject({
			value: 'not-enrolled',
		});
	});

	it('leaves Secure Boot unknown where nobody can say', async () => {
		const boot = await bootOf(efi, [['mokutil *', 'not-installed']]);
		expect([boot.secureBoot.known, boot.dkmsKey.known]).toEqual([false, false]);
	});
});
