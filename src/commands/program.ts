import { existsSync, mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { Host } from '../host/host.js';
import { errorCode, HostError, toHostError } from '../host/host-error.js';
import type { SimulatedHost } from '../host/simulated/simulated-host.js';
import { type OwnCommands, ownCommands } from '../plan/own-commands.js';
import { describeTerminal, type Terminal } from '../ui/terminal.js';
import { type Invocation, UsageError } from './parse.js';
import { isStandalone, selfCommand } from './self-command.js';

/** Where everything is kept. */
interface Places {
	/** State folder on this machine. */
	readonly journalDirectory: string;
	/** The same folder as the host sees it: below an alternate root, or inside the simulated host. */
	readonly stateDirectory: string;
	readonly logDirectory: string;
	readonly lockFile: string;
}

/** What every command works with. */
export interface Program extends OwnCommands {
	readonly host: Host;
	/** Set in `demo`. */
	readonly simulated: SimulatedHost | undefined;
	/** What a campaign has armed on the simulated host; never on another. */
	readonly failpoint?: ((name: string) => void) | undefined;
	readonly places: Places;
	/** Looked at when it is first asked for: what only prints a document does not pay for streams. */
	readonly terminal: Terminal;
	readonly isJson: boolean;
}

const standardState = '/var/lib/zfs-lockstep';
const standardLog = '/var/log/zfs-lockstep';
const lockFile = '/run/lock/zfs-lockstep.lock';

/** Looked at when it is first asked for: what only prints a document does not pay for the streams. */
function openTerminal(invocation: Invocation): () => Terminal {
	let terminal: Terminal | undefined;
	return () => {
		terminal ??= lookAtTerminal(invocation);
		return terminal;
	};
}

function lookAtTerminal(invocation: Invocation): Terminal {
	const noColour = invocation.switch('no-color');
	const terminal = describeTerminal({ stdin: process.stdin, stdout: process.stdout, env: process.env, noColour });
	// chalk, which Ink colours with, knows neither NO_COLOR nor our flag; it reads this when it is loaded.
	if (!terminal.colour) process.env.FORCE_COLOR = '0';
	return terminal;
}

/** Where an invocation's run is kept, and what to type for it. Opens and makes nothing. */
interface Location {
	readonly places: Places;
	readonly own: OwnCommands;
	/** Folder of the simulated host; undefined where it is none. */
	readonly demo: string | undefined;
}

export function locate(invocation: Invocation): Location {
	const asked = invocation.value('state-dir');
	// What a demonstration left must never be taken for a run of this machine.
	const isKeptDemo = asked !== undefined && existsSync(path.join(asked, simulatedHostFolder));
	return invocation.command.name === 'demo' || isKeptDemo ? locateDemo(invocation) : locateRun(invocation);
}

function locateRun(invocation: Invocation): Location {
	const [root, asked] = [invocation.value('root'), invocation.value('state-dir')];
	const below = (folder: string) => (root === undefined ? folder : path.join(root, folder));
	const stateDirectory = asked === undefined ? standardState : path.resolve(asked);
	const flags = [
		...(root === undefined ? [] : ['--root', root]),
		...(asked === undefined ? [] : ['--state-dir', stateDirectory]),
	];
	return {
		demo: undefined,
		places: {
			journalDirectory: asked === undefined ? below(standardState) : stateDirectory,
			stateDirectory,
			logDirectory: asked === undefined ? below(standardLog) : path.join(stateDirectory, 'log'),
			lockFile,
		},
		own: ownCommands(flags),
	};
}

function locateDemo(invocation: Invocation): Location & { readonly demo: string } {
	const scenario = invocation.value('scenario') ?? 'happy';
	const directory = demoDirectory(invocation, scenario);
	const isAsked = invocation.value('state-dir') !== undefined;
	const resume = isAsked ? ['--state-dir', directory] : ['--scenario', scenario];
	return {
		demo: directory,
		places: {
			journalDirectory: path.join(directory, 'state'),
			stateDirectory: standardState,
			logDirectory: path.join(directory, 'log'),
			lockFile: path.join(directory, 'lock'),
		},
		own: ownCommands(['--state-dir', directory], ['demo', ...resume]),
	};
}

/** This machine, the system mounted at `--root`, or the simulated host whose folder `--state-dir` names. */
export async function openProgram(invocation: Invocation): Promise<Program> {
	const root = invocation.value('root');
	if (root !== undefined && !path.isAbsolute(root)) {
		throw new UsageError(`--root takes an absolute path, not "${root}".`);
	}
	const { places, own, demo } = locate(invocation);
	if (demo !== undefined) return openDemo(invocation);
	const { createAlternateRootHost, createLocalHost } = await import('../host/local-host.js');
	const hostOptions = {
		jobsDirectory: path.join(places.journalDirectory, 'jobs'),
		selfCommand: selfCommand({ isStandalone, execPath: process.execPath, script: process.argv[1] }),
	};
	const terminal = openTerminal(invocation);
	return {
		host: root === undefined ? createLocalHost(hostOptions) : createAlternateRootHost({ ...hostOptions, root }),
		simulated: undefined,
		places,
		get terminal() {
			return terminal();
		},
		isJson: invocation.switch('json'),
		...own,
	};
}

/** Where a person's simulated hosts live; each scenario has its own. */
function demoDirectory(invocation: Invocation, scenario: string): string {
	const asked = invocation.value('state-dir');
	if (asked !== undefined) return path.resolve(asked);
	const named = process.env.XDG_STATE_HOME ?? '';
	// XDG Base Directory Specification: a relative path is invalid and ignored.
	const base = path.isAbsolute(named) ? named : path.join(os.homedir(), '.local/state');
	return path.join(base, 'zfs-lockstep', 'demo', scenario);
}

const simulatedHostFolder = 'host';

/** Simulated seconds for one real second: the upgrade that takes half an hour is shown in about a minute. */
const demoSpeed = 40;

/** What cannot be kept on this computer is no fault of the program. Throws HostError. */
function keeping<T>(directory: string, open: () => T): T {
	try {
		return open();
	} catch (error) {
		if (errorCode(error) === undefined) throw error;
		const { kind, message, remediation } = toHostError(error, 'keep the simulated host in', directory);
		const elsewhere = 'Or keep it in another folder: zfs-lockstep demo --state-dir DIR';
		throw new HostError(kind, directory, message, [...remediation, elsewhere], error);
	}
}

/**
 * A simulated host that is kept in a folder, so that its reboot is one for this program too. The scenario is for a new
 * one; one that is kept stays what it is.
 */
export async function openDemo(invocation: Invocation): Promise<Program> {
	const { createSimulatedHost } = await import('../host/simulated/simulated-host.js');
	const { readArmedFailpoint } = await import('../host/simulated/armed-failpoint.js');
	const { rmSync } = await import('node:fs');
	const { places, own, demo: directory } = locateDemo(invocation);
	const scenario = invocation.value('scenario') ?? 'happy';
	if (invocation.switch('restart')) rmSync(directory, { recursive: true, force: true });
	const speed = Number(process.env.ZFS_LOCKSTEP_DEMO_SPEED ?? demoSpeed);
	const simulated = keeping(directory, () => {
		mkdirSync(directory, { recursive: true, mode: 0o700 });
		return createSimulatedHost({
			directory: path.join(directory, simulatedHostFolder),
			scenario,
			...(Number.isFinite(speed) && speed > 0 ? { speed } : {}),
		});
	});
	const terminal = openTerminal(invocation);
	return {
		host: simulated,
		simulated,
		failpoint: readArmedFailpoint(path.join(directory, simulatedHostFolder), simulated),
		places,
		get terminal() {
			return terminal();
		},
		isJson: invocation.switch('json'),
		...own,
	};
}
