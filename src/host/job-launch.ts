import { closeSync, constants, openSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from './foreground.js';
import { type JobSpec, succeeded } from './host.js';
import { HostError } from './host-error.js';
import { isSystemdRunning } from './inhibit.js';
import type { JobFolder } from './job-folder.js';
import { spawnChild } from './spawn.js';
import { quoteForDisplay, stripControls } from './text.js';

/** How long a unit that systemd accepted may take until its supervisor has the job; a loaded host is slow. */
const unitStartSeconds = 20;

const pollMilliseconds = 20;

/**
 * Starts the supervisor of a job and returns when it has the job. More than one may be started: only one gets it.
 * Throws `HostError` (`cannot-start`) when none came up.
 *
 * @param selfCommand program and arguments that start this program again.
 */
export async function launchSupervisor(
	folder: JobFolder,
	spec: JobSpec,
	selfCommand: readonly string[],
): Promise<void> {
	const argv = [...selfCommand, '__job', folder.path];
	if (isSystemdRunning() && canBeUnit(argv)) {
		const started = await runCommand({ argv: describeUnit(spec, argv), timeoutSeconds: unitStartSeconds });
		// Without `ref` the timer does not keep this program from ending when the job has long begun.
		const patience = sleep(unitStartSeconds * 1000, undefined, { ref: false });
		if (succeeded(started) && (await isTaken(folder, patience))) return;
	}
	await launchInSession(folder, argv);
}

/** systemd would put the environment's values in for `$NAME` (systemd.service(5)); such a path goes without it. */
function canBeUnit(argv: readonly string[]): boolean {
	return !argv.some((argument) => argument.includes('$'));
}

/**
 * The command that starts the supervisor as a unit of its own: out of the login session, which may be killed whole
 * (KillUserProcesses=), and out of reach of whatever stops it (as apt-daily-upgrade.service has it).
 */
export function describeUnit(spec: JobSpec, argv: readonly string[]): [string, ...string[]] {
	return [
		'systemd-run',
		`--unit=zfs-lockstep-${spec.id.replace(/[^A-Za-z0-9:_.-]/g, '_')}`,
		`--description=zfs-lockstep: ${stripControls(spec.description).replace(/\s+/g, ' ')}`,
		'--property=KillMode=process',
		'--property=TimeoutStopSec=900',
		'--collect',
		'--quiet',
		'--',
		...argv,
	];
}

async function launchInSession(folder: JobFolder, argv: readonly string[]): Promise<void> {
	const [program, ...args] = argv;
	if (program === undefined) throw new Error('The command that starts this program again is empty.');
	const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
	const log = openSync(folder.supervisorLog, flags, 0o600);
	try {
		const child = spawnChild({ argv: [program, ...args], stdout: log, stderr: log, dies: 'never' });
		const isRunning = await isTaken(folder, child.ended);
		child.abandon();
		if (isRunning) return;
	} finally {
		closeSync(log);
	}
	const said = stripControls(readFileSync(folder.supervisorLog, 'utf8')).trim();
	throw new HostError('cannot-start', program, `The job could not be started: ${said || 'it ended at once'}.`, [
		`Try it by hand and see what it says: ${quoteForDisplay(argv)}`,
	]);
}

/** Whether a supervisor has the job, at the latest when `end` settles. */
async function isTaken(folder: JobFolder, end: Promise<unknown>): Promise<boolean> {
	let isOver = false;
	const over = end.then(
		() => {
			isOver = true;
		},
		() => {
			isOver = true;
		},
	);
	while (!isOver && folder.readSupervisor() === undefined) {
		await Promise.race([over, sleep(pollMilliseconds)]);
	}
	return folder.readSupervisor() !== undefined;
}
