/** Processes of a package transaction. Maintainer scripts outlive a killed dpkg and must be waited for. */
import type { Fact } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { stripControls } from '../../host/text.js';
import { askHost, requireSuccess } from '../ask.js';

export interface RunningProcess {
	readonly pid: number;
	readonly command: string;
}

const programs =
	/^(?:\S*\/)?(?:apt|apt-get|aptitude|dpkg|dpkg-deb|dkms|debconf|unattended-upgrade|unattended-upgrades)$/;
/** Scripts run by an interpreter: maintainer scripts, debconf's front end, dkms, unattended-upgrade. */
const scripts =
	/(?:\/var\/lib\/dpkg\/(?:info|tmp\.ci)\/|\/usr\/share\/debconf\/frontend|\/usr\/s?bin\/dkms\b|\/usr\/lib\/dkms\/|\/usr\/bin\/unattended-upgrade\b(?!-shutdown))/;
/** Reads only, and this program itself asks so while it looks at the processes: its own question is no transaction. */
const readOnly = /(?:^|\/)dkms status\b|(?:^|\/)apt-get (?:.* )?(?:--simulate|-s)\b/;

export async function readTransactionProcesses(host: Host): Promise<Fact<readonly RunningProcess[]>> {
	const namespace = /^pid:\[(\d+)\]$/.exec((await host.files.readLink('/proc/self/ns/pid')) ?? '')?.[1];
	return askHost(host, { argv: ['ps', '-e', '-o', 'pid=', '-o', 'pidns=', '-o', 'args='] }, (result) =>
		findTransactionProcesses(requireSuccess(result), namespace),
	);
}

/**
 * Picks them from `ps -e -o pid= -o pidns= -o args=`.
 * @param namespace inode number of our process namespace: a container's processes are seen, but work on its own packages
 */
export function findTransactionProcesses(text: string, namespace: string | undefined): readonly RunningProcess[] {
	return text.split('\n').flatMap((line) => {
		const [, pid, home, command] = /^ *(\d+) +(\d+|-) (.+)$/.exec(line) ?? [];
		if (pid === undefined || command === undefined || !isOfTransaction(command)) return [];
		const isElsewhere = namespace !== undefined && home !== '-' && home !== namespace;
		return isElsewhere ? [] : [{ pid: Number(pid), command: stripControls(command) }];
	});
}

function isOfTransaction(command: string): boolean {
	const [program = ''] = command.split(' ');
	const isInterpreter = /^(?:\S*\/)?(?:sh|dash|bash|perl|python3?(?:\.\d+)?)$/.test(program);
	return !readOnly.test(command) && (programs.test(program) || scripts.test(isInterpreter ? command : program));
}
