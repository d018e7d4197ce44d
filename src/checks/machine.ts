import type { Finding } from './finding.js';
import { found } from './kind.js';
import { machineKinds as kinds } from './kinds/machine.js';
import { type CheckInput, type CheckTopic, isAlternateRoot } from './topic.js';

/**
 * Whether this is a host that can be upgraded from here at all. Containers, chroots and appliances are refused by the
 * planner, which names the way that is left.
 */
function checkMachine(input: CheckInput): readonly Finding[] {
	const { machine } = input.facts;
	const findings: Finding[] = [];
	if (!machine.isRoot) {
		findings.push(found(kinds.notRoot, 'blocker', { title: 'This does not run as root', detail: kinds.notRoot.why }));
	}
	if (!machine.environment.known) {
		findings.push(
			found(kinds.environmentUnknown, 'warning', {
				title: 'It is not known whether this is a machine of its own or a container',
				detail: `${machine.environment.why}. ${kinds.environmentUnknown.why}`,
			}),
		);
	}
	if (isAlternateRoot(input)) {
		findings.push(
			found(kinds.alternateRoot, 'notice', {
				title: 'This is about a mounted system, which does not run',
				detail: kinds.alternateRoot.why,
			}),
		);
	}
	if (machine.isProxmox.known && machine.isProxmox.value) {
		findings.push(
			found(kinds.proxmox, 'notice', {
				title: 'This is Proxmox VE: its kernel brings the module',
				detail: `${machine.isProxmox.source} is there. ${kinds.proxmox.why}`,
			}),
		);
	}
	return findings;
}

export const machineTopic: CheckTopic = { check: checkMachine, kinds: Object.values(kinds) };
