import type { Finding } from './finding.js';
import type { CheckInput } from './run-checks.js';

/** Whether this is a host that can be upgraded from here at all. */
export function checkMachine({ facts }: CheckInput): readonly Finding[] {
	const { machine } = facts;
	const findings: Finding[] = [];
	if (!machine.isRoot) {
		findings.push({
			id: 'machine.not-root',
			severity: 'blocker',
			title: 'This does not run as root',
			detail: 'Pools, packages, DKMS and each initramfs can only be read in full, and changed, by root.',
			remediation: [{ text: 'Run it as root.', commands: [['sudo', 'zfs-lockstep', 'check']] }],
			source: 'apt-get(8), dkms(8), update-initramfs(8)',
		});
	}
	if (
		machine.environment.known &&
		(machine.environment.value === 'container' || machine.environment.value === 'chroot')
	) {
		findings.push({
			id: 'machine.not-the-host',
			severity: 'blocker',
			title: `This is a ${machine.environment.value}, whose kernel belongs to another system`,
			detail: 'The loaded module can only be replaced by the system that boots the kernel.',
			remediation: [{ text: 'Run it on the host itself; for a mounted system use --root.' }],
			source: machine.environment.source,
		});
	}
	return findings;
}
