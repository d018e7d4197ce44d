import { describe, expect, test } from 'vitest';
import {
	parseSecureBoot,
	parseTestKey,
	readEnrolment,
	readSecureBoot,
	readSigningCertificate,
} from '../../../src/packages/boot/secure-boot.js';
import { loadTranscript } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

const said = (stdout: string, code = 0) => ({ code, stdout, stderr: '' });

describe('Secure Boot', () => {
	test.each([
		['SecureBoot enabled\n', 'enabled'],
		['SecureBoot disabled\n', 'disabled'],
		['SecureBoot disabled\nPlatform is in Setup Mode\n', 'disabled'],
		['SecureBoot enabled\nSecureBoot validation is disabled in shim\n', 'disabled'],
	])('%j is %s', (text, expected) => {
		expect(parseSecureBoot(said(text))).toBe(expected);
	});

	test('a host without EFI variables has none, as recorded', () => {
		const text = loadTranscript('packages/misc-mokutil.txt')[0]?.stdout ?? '';
		expect(parseSecureBoot(said(text, 1))).toBe('unsupported');
	});

	test('a host without EFI is not asked', async () => {
		const host = createTableHost();
		expect(await readSecureBoot(host)).toMatchObject({ known: true, value: 'unsupported' });
	});

	test('other words, or no mokutil on an EFI host, leave it unknown', async () => {
		const files = { '/sys/firmware/efi/efivars/x': '' };
		const silent = createTableHost({ files, commands: [['mokutil *', '']] });
		expect(await readSecureBoot(silent)).toMatchObject({ known: false });
		const absent = createTableHost({ files, commands: [['mokutil *', 'not-installed']] });
		expect(await readSecureBoot(absent)).toMatchObject({ known: false });
	});
});

describe('the key that modules are signed with', () => {
	test.each([
		['/var/lib/dkms/mok.pub is already enrolled\n', 'enrolled'],
		['/var/lib/dkms/mok.pub is already in db\n', 'enrolled'],
		['/var/lib/dkms/mok.pub is already in the enrollment request\n', 'pending'],
		['/var/lib/dkms/mok.pub is not enrolled\n', 'not-enrolled'],
		['/var/lib/dkms/mok.pub is blocked in dbx\n', 'blocked'],
	])('%j: %s, whatever the exit code', (text, expected) => {
		expect(parseTestKey(said(text, 0))).toBe(expected);
		expect(parseTestKey(said(text, 1))).toBe(expected);
	});

	test('is unknown where there is no certificate or mokutil cannot say', async () => {
		expect(await readEnrolment(createTableHost(), '/var/lib/dkms/mok.pub')).toMatchObject({ known: false });
		const host = createTableHost({
			files: { '/var/lib/dkms/mok.pub': 'x' },
			commands: [['mokutil *', { exit: 1, stderr: 'EFI variables are not supported on this system\n' }]],
		});
		expect(await readEnrolment(host, '/var/lib/dkms/mok.pub')).toMatchObject({ known: false });
	});

	test('is where dkms’s configuration says, drop-ins last', async () => {
		const files = {
			'/etc/dkms/framework.conf': '# mok_certificate=/x\nmok_certificate="/etc/keys/a.der"\n',
			'/etc/dkms/framework.conf.d/local.conf': 'mok_certificate=/etc/keys/b.der\n',
			'/etc/dkms/framework.conf.d/old.bak': 'mok_certificate=/etc/keys/c.der\n',
		};
		expect(await readSigningCertificate(createTableHost({ files }))).toBe('/etc/keys/b.der');
		expect(await readSigningCertificate(createTableHost())).toBe('/var/lib/dkms/mok.pub');
		const expanded = { '/etc/dkms/framework.conf': 'mok_certificate=/keys/$kernelver.der\n' };
		expect(await readSigningCertificate(createTableHost({ files: expanded }))).toBe('/var/lib/dkms/mok.pub');
	});
});
