import { closeSync, existsSync } from 'node:fs';
import { makeKernelPipe } from './kernel-pipe.js';
import { spawnChild } from './spawn.js';
import { stripControls } from './text.js';

/** Whether systemd is PID 1 (sd_booted(3)). */
export function isSystemdRunning(): boolean {
	return existsSync('/run/systemd/system');
}

/**
 * Keeps the machine from shutting down and sleeping until the returned function is called or this process dies
 * (systemd-inhibit(1)). Nothing happens without systemd or logind: the work is not less needed for that.
 */
export async function inhibitShutdown(why: string): Promise<() => void> {
	if (!isSystemdRunning()) return () => {};
	const { readEnd, writeEnd } = await makeKernelPipe();
	try {
		const what = ['--what=shutdown:sleep:idle', '--mode=block', '--who=zfs-lockstep', `--why=${stripControls(why)}`];
		// `cat` lives exactly as long as our end of its input is open.
		spawnChild({
			argv: ['systemd-inhibit', ...what, 'cat'],
			stdin: readEnd,
			stdout: 2,
			stderr: 2,
			dies: 'never',
		});
	} finally {
		closeSync(readEnd);
	}
	return () => closeSync(writeEnd);
}
