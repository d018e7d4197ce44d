/** reboot, shutdown, poweroff: the machine goes down cleanly, with everything on the disk. */
import { syncAll } from '../durability.js';
import { parseOptions } from '../options.js';
import type { Program, Session } from '../session.js';

/** What `systemctl reboot` does: it returns at once, and the machine goes down. */
export function goDown(session: Session): number {
	session.wait(0.2);
	const log = { at: session.now, unit: 'systemd-logind', text: 'The system will reboot now!' };
	session.change({ ...syncAll(session.machine), power: 'rebooting', log: [...session.machine.log, log] });
	return 0;
}

export const reboot: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'fw', long: { force: 'f', 'no-wall': 'no-wall', 'wtmp-only': 'w' } });
	if (parsed.problem === undefined) return goDown(session);
	session.err(`reboot: unrecognized option '--${parsed.problem.option}'`);
	return 1;
};

/** `shutdown -r now`, `shutdown -r +N [MESSAGE]`, `shutdown -c`. */
export const shutdown: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'rchPHk', long: { reboot: 'r', 'no-wall': 'no-wall' } });
	const options = parsed.given.map(([name]) => name);
	if (parsed.problem !== undefined || options.includes('h') || options.includes('P')) {
		session.err('shutdown: only a reboot can be simulated');
		return 1;
	}
	if (options.includes('c')) {
		session.change({ ...session.machine, rebootAt: null });
		return 0;
	}
	const [when = '+1'] = parsed.operands;
	if (when === 'now' || when === '+0') return goDown(session);
	const minutes = /^\+?(\d+)$/.exec(when)?.[1];
	if (minutes === undefined) {
		session.err(`Failed to parse time specification: ${when}`);
		return 1;
	}
	session.change({ ...session.machine, rebootAt: session.now + Number(minutes) * 60 });
	session.err(
		`Reboot scheduled for ${new Date((session.now + Number(minutes) * 60) * 1000).toUTCString()}, use 'shutdown -c' to cancel.`,
	);
	return 0;
};

export const wall: Program = (session, args) => {
	const text = args.filter((arg) => !arg.startsWith('-')).join(' ') || session.stdin.text;
	session.change({ ...session.machine, log: [...session.machine.log, { at: session.now, unit: 'wall', text }] });
	return 0;
};
