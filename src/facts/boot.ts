import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import type { InstalledKernel } from '../packages/boot/installed-kernels.js';
import { readNextKernel } from '../packages/boot/next-kernel.js';
import { readEnrolment, readSecureBoot, readSigningCertificate } from '../packages/boot/secure-boot.js';
import { type Fact, known, unknown } from './fact.js';
import type { Boot } from './host-facts.js';
import { exists, guarded, readLine, readText } from './read-text.js';

const notRunning = 'the mounted system does not run; /proc and /sys speak of the rescue system';

export async function readBoot(host: Host, kernels: Fact<readonly InstalledKernel[]>): Promise<Boot> {
	const isMounted = host.kind === 'alternate-root';
	const secureBoot = guarded('Secure Boot', () => readSecureBoot(host));
	const [bootId, runningKernel, nextKernel, enabled, dkmsKey, rebootPending] = await Promise.all([
		isMounted ? unknown(notRunning) : readLine(host, '/proc/sys/kernel/random/boot_id'),
		isMounted ? unknown(notRunning) : readLine(host, '/proc/sys/kernel/osrelease'),
		kernels.known ? guarded('the next kernel', () => readNextKernel(host, kernels.value)) : kernels,
		secureBoot,
		secureBoot.then((fact) => guarded('the key of DKMS', () => readDkmsKey(host, fact))),
		isMounted ? unknown(notRunning) : readRebootPending(host),
	]);
	return { bootId, runningKernel, nextKernel, secureBoot: enabled, dkmsKey, rebootPending };
}

async function readDkmsKey(host: Host, secureBoot: Boot['secureBoot']): Promise<Boot['dkmsKey']> {
	if (!secureBoot.known) return secureBoot;
	if (secureBoot.value !== 'enabled') return known(undefined, secureBoot.source);
	const certificate = await readSigningCertificate(host);
	const isThere = await exists(host, certificate);
	if (!isThere.known) return isThere;
	if (!isThere.value) return known('no-key', certificate);
	return readEnrolment(host, certificate);
}

/** Debian's notify-reboot-required leaves a mark, and beside it the names of the packages that asked. */
const rebootMark = '/run/reboot-required';
const rebootNames = '/run/reboot-required.pkgs';

async function readRebootPending(host: Host): Promise<Fact<readonly string[]>> {
	const mark = await exists(host, rebootMark);
	if (!mark.known || !mark.value) return mark.known ? known([], rebootMark) : mark;
	const text = await readText(host, rebootNames);
	if (!text.known) return text;
	const names = (text.value ?? '').split('\n').map((line) => stripControls(line).trim());
	const unique = [...new Set(names.filter((name) => name !== ''))];
	return known(unique.length === 0 ? ['a package that is not named'] : unique, rebootNames);
}
