/** Secure Boot refuses a module whose key the firmware does not know. mokutil's words are the answer, not its exit code. */
import { type Fact, known, unknown } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { type ExitedResult, readResult, UnexpectedOutputError } from '../ask.js';

export type SecureBoot = 'enabled' | 'disabled' | 'unsupported';

export async function readSecureBoot(host: Host): Promise<Fact<SecureBoot>> {
	// No EFI variables, no Secure Boot; saves mokutil on hosts that do not have it.
	if ((await host.files.stat('/sys/firmware/efi')) === undefined) return known('unsupported', '/sys/firmware/efi');
	return readResult(await host.run({ argv: ['mokutil', '--sb-state'] }), parseSecureBoot);
}

/** @throws UnexpectedOutputError */
export function parseSecureBoot({ stdout, stderr }: ExitedResult): SecureBoot {
	const text = `${stdout}\n${stderr}`;
	// With validation switched off in shim the firmware says "enabled", but the kernel takes any module.
	if (/^SecureBoot validation is disabled in shim$/m.test(text)) return 'disabled';
	if (/^SecureBoot enabled$/m.test(text)) return 'enabled';
	if (/^SecureBoot disabled$/m.test(text)) return 'disabled';
	if (/EFI variables are not supported on this system/.test(text)) return 'unsupported';
	throw new UnexpectedOutputError('mokutil says neither enabled nor disabled');
}

/** Where dkms signs with, dkms_framework.conf's defaults. */
const defaultCertificate = '/var/lib/dkms/mok.pub';

/** Certificate that DKMS signs modules with. dkms makes it at the first build. */
export async function readSigningCertificate(host: Host): Promise<string> {
	const texts = [await host.files.read('/etc/dkms/framework.conf')];
	for (const name of ((await host.files.list('/etc/dkms/framework.conf.d')) ?? []).toSorted()) {
		if (name.endsWith('.conf')) texts.push(await host.files.read(`/etc/dkms/framework.conf.d/${name}`));
	}
	const values = texts.flatMap((text) => [...(text ?? '').matchAll(/^[ \t]*mok_certificate=(.+)$/gm)]);
	const value = values
		.at(-1)?.[1]
		?.trim()
		.replace(/^(["'])(.*)\1$/, '$2');
	// A value with shell expansions is not ours to evaluate.
	return value?.startsWith('/') && !/[$`]/.test(value) ? value : defaultCertificate;
}

/** `pending`: the firmware asks for it at the next boot; a module signed with it is refused until then. */
export type Enrolment = 'enrolled' | 'pending' | 'not-enrolled' | 'blocked';

/** Whether the firmware trusts a certificate. */
export async function readEnrolment(host: Host, certificate: string): Promise<Fact<Enrolment>> {
	if ((await host.files.stat(certificate)) === undefined) return unknown(`${certificate} is not there`);
	return readResult(await host.run({ argv: ['mokutil', '--test-key', certificate] }), parseTestKey);
}

/** @throws UnexpectedOutputError */
export function parseTestKey({ stdout, stderr }: ExitedResult): Enrolment {
	const text = `${stdout}\n${stderr}`;
	if (/ is already (?:enrolled|in db)$/m.test(text)) return 'enrolled';
	if (/ is already in the enrollment request$/m.test(text)) return 'pending';
	if (/ is not enrolled$/m.test(text)) return 'not-enrolled';
	if (/ is blocked in (?:dbx|MokListX)$/m.test(text)) return 'blocked';
	throw new UnexpectedOutputError('mokutil does not say whether the key is enrolled');
}
