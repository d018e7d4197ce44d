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

export function readTransactionProcesses(host: Host): Promise<Fact<readonly RunningProcess[]>> {
	return askHost(host, { argv: ['ps', '-e', '-o', 'pid=', '-o', 'args='] }, (result) =>
		findTransactionProcesses(requireSuccess(result)),
	);
}

/** Picks them from `ps -e -o pid= -o args=`. */
export function findTransactionProcesses(text: string): readonly RunningProcess[] {
	return text.split('\n').flatMap((line) => {
		const [, pid, command] = /^ *(\d+) (.+)$/.exec(line) ?? [];
		if (pid === undefined || command === undefined || !isOfTransaction(command)) return [];
		return [{ pid: Number(pid), command: stripControls(command) }];
	});
}

function isOfTransaction(command: string): boolean {
	const [program = ''] = command.split(' ');
	const isInterpreter = /^(?:\S*\/)?(?:sh|dash|bash|perl|python3?(?:\.\d+)?)$/.test(program);
	return programs.test(program) || scripts.test(isInterpreter ? command : program);
}
