import type { Host } from '../host/host.js';
import { stripControls } from '../host/text.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../packages/ask.js';
import { readAppliance } from './appliance.js';
import { type Fact, known, unknown } from './fact.js';
import type { Machine } from './host-facts.js';
import { readDistribution } from './os-release.js';
import { exists, readLine } from './read-text.js';

/** What machine this is, before anything about ZFS. */
export async function readMachine(host: Host): Promise<Machine> {
	const distribution = await readDistribution(host);
	const [hostname, machineId, architecture, appliance, isProxmox, initSystem, virtualization] = await Promise.all([
		readHostname(host),
		readLine(host, '/etc/machine-id'),
		readArchitecture(host),
		readAppliance(host, distribution),
		exists(host, '/usr/bin/pveversion'),
		readInitSystem(host),
		readVirtualization(host),
	]);
	return {
		hostname,
		machineId,
		architecture,
		distribution,
		appliance,
		isProxmox,
		isRoot: host.userId() === 0,
		initSystem,
		virtualization,
		environment: await readEnvironment(host, virtualization),
	};
}

/** Below an alternate root the kernel has the rescue system's name, so the file of the target is asked. */
async function readHostname(host: Host): Promise<string> {
	const fact = await readLine(host, host.kind === 'alternate-root' ? '/etc/hostname' : '/proc/sys/kernel/hostname');
	return fact.known ? stripControls(fact.value) : 'unknown';
}

function readArchitecture(host: Host): Promise<Fact<string>> {
	return askHost(host, { argv: ['uname', '-m'] }, (result) => stripControls(requireSuccess(result).trim()));
}

/** sd_booted(3): the folder is there exactly when systemd is the running init. */
async function readInitSystem(host: Host): Promise<Machine['initSystem']> {
	const fact = await exists(host, '/run/systemd/system');
	return fact.known && fact.value ? 'systemd' : 'other';
}

/** Exit code 1 belongs to `none`. */
function readVirtualization(host: Host): Promise<Fact<string>> {
	return askHost(host, { argv: ['systemd-detect-virt'] }, ({ stdout }) => {
		const word = stdout.trim();
		if (!/^[a-z0-9-]+$/.test(word)) throw new UnexpectedOutputError('no word for the virtualization');
		return word;
	});
}

/** The containers of systemd-detect-virt(1). Without a word for the container: `container-other`. */
const containers: ReadonlySet<string> = new Set([
	'openvz',
	'lxc',
	'lxc-libvirt',
	'systemd-nspawn',
	'docker',
	'podman',
	'rkt',
	'wsl',
	'proot',
	'pouch',
	'container-other',
]);

/** Left by container managers (systemd's container interface, docker, podman), for hosts without systemd's tool. */
const containerMarks = ['/run/systemd/container', '/.dockerenv', '/run/.containerenv'] as const;

/** Where this runs: a container has its host's kernel, a chroot its surroundings', and neither has one to upgrade. */
async function readEnvironment(host: Host, virtualization: Fact<string>): Promise<Machine['environment']> {
	if (host.kind === 'alternate-root') return known('alternate-root', '--root');
	if (!virtualization.known) return readContainerMarks(host, virtualization.why);
	if (containers.has(virtualization.value)) return known('container', virtualization.source);
	return askHost(host, { argv: ['systemd-detect-virt', '--chroot'] }, ({ code, stderr }) => {
		if (code === 0) return 'chroot';
		// It says no by the same code by which it says that it could not look; then it says why.
		if (code !== 1 || stderr.trim() !== '') throw new UnexpectedOutputError(`exit code ${code}`);
		return 'machine';
	});
}

async function readContainerMarks(host: Host, why: string): Promise<Machine['environment']> {
	for (const mark of containerMarks) {
		const found = await exists(host, mark);
		if (found.known && found.value) return known('container', mark);
	}
	return unknown(why);
}
