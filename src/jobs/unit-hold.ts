/**
 * Services are held by a drop-in with a condition that is never true. Unlike a mask it works wherever the unit file
 * lies, and unlike a stopped timer it survives the reboot: a missed timer fires, and the service is skipped.
 */
import type { Host } from '../host/host.js';
import { singleLine } from '../host/text.js';
import { type PlannedCommand, plan } from '../plan/planned-command.js';
import { detailOf, type Hold, type HoldMeans, type HoldPlace, nothingToResume } from './hold.js';
import type { HeldJob, ServiceJob } from './job.js';
import { showUnits, toShowable } from './unit-properties.js';
import { isRunning } from './unit-starters.js';

const systemFolder = '/etc/systemd/system';
/** Sorted last, so that no other drop-in takes the condition back. */
const dropIn = 'zz-zfs-lockstep-hold.conf';

/** `/` always exists, so the condition always fails, and one that fails skips the unit whatever the others say. */
const settings = '[Unit]\nConditionPathExists=!/\n';

function dropInText(resetCommand: string): string {
	return `# zfs-lockstep put this here: the job must not run before both halves of OpenZFS match again.
# It is removed at the end of the upgrade. By hand, remove this file and run systemctl daemon-reload, or:
# ${singleLine(resetCommand)}
${settings}`;
}

/** Whatever the comments say: they name the command of the run that put it there. */
function isHold(text: string | undefined): boolean {
	return text?.replace(/^#.*\n/gm, '') === settings;
}

export function holdService(job: ServiceJob, { folder, resetCommand }: HoldPlace, recorded: HeldJob | undefined): Hold {
	const staged = `${folder}/hold.conf`;
	const path = `${systemFolder}/${job.unit}.d/${dropIn}`;
	// A daemon that an interrupted run has stopped already must be started again all the same.
	const stopped = job.isDaemon || recorded?.detail.stopped === 'yes' ? 'yes' : 'no';
	return {
		held: {
			kind: job.kind,
			name: job.name,
			detail: { unit: job.unit, path, stopped, startedBy: job.startedBy.join(' ') },
		},
		stagedFiles: [{ path: staged, text: dropInText(resetCommand), mode: 0o644 }],
		commands: [
			plan(`backup.hold-job.${job.name}`, `Keep ${job.unit} from starting, also after the reboot`, {
				argv: ['install', '-D', '-m', '0644', '--', staged, path],
			}),
		],
	};
}

export function reloadUnits(id: string): PlannedCommand {
	return plan(id, 'Let systemd read the units again', { argv: ['systemctl', 'daemon-reload'] });
}

/** For daemons: in spite of a hold they go on until they are stopped. */
export function stopDaemon(job: ServiceJob): PlannedCommand {
	return plan(`backup.stop-job.${job.name}`, `Stop ${job.unit}`, { argv: ['systemctl', 'stop', '--', job.unit] });
}

/** To be run when systemd has read the units again. */
export function startDaemon(held: HeldJob): readonly PlannedCommand[] {
	if (held.detail.stopped !== 'yes') return [];
	const unit = detailOf(held, 'unit');
	return [plan(`finish.start-job.${held.name}`, `Start ${unit} again`, { argv: ['systemctl', 'start', '--', unit] })];
}

function removeDropIn(held: HeldJob): PlannedCommand {
	return plan(`finish.resume-job.${held.name}`, `Let ${detailOf(held, 'unit')} start again`, {
		argv: ['rm', '-f', '--', detailOf(held, 'path')],
	});
}

export const unitHold: HoldMeans = {
	undo: removeDropIn,
	async resume(host, held) {
		const now = await host.files.read(detailOf(held, 'path'));
		if (now === undefined) return nothingToResume;
		if (isHold(now)) return { ...nothingToResume, commands: [removeDropIn(held)] };
		return { ...nothingToResume, notes: [`${detailOf(held, 'path')} was edited meanwhile and is left as it is.`] };
	},
	isHeld: async (host, held) => isHold(await host.files.read(detailOf(held, 'path'))),
	describe(held) {
		const startedBy = held.detail.startedBy ?? '';
		const by = startedBy === '' ? '' : ` (started by ${startedBy.replaceAll(' ', ', ')})`;
		const stopped = held.detail.stopped === 'yes' ? 'stopped, and ' : '';
		return `${detailOf(held, 'unit')}${by}: ${stopped}does not start, by ${detailOf(held, 'path')}`;
	},
};

/** Whether the service is on hold, by whatever run. @throws HostError */
export async function isServiceHeld(host: Host, unit: string): Promise<boolean> {
	return isHold(await host.files.read(`${systemFolder}/${unit}.d/${dropIn}`));
}

/** Whether systemd itself has read every drop-in. True where systemd does not run. @throws HostError */
export async function hasReadDropIns(host: Host, held: readonly HeldJob[]): Promise<boolean> {
	if (held.length === 0 || (await host.files.stat('/run/systemd/system')) === undefined) return true;
	const units = await showUnits(
		host,
		held.map((one) => toShowable(detailOf(one, 'unit'))),
	);
	const read = new Set(units?.flatMap(({ dropInPaths }) => dropInPaths));
	return held.every((one) => read.has(detailOf(one, 'path')));
}

/** Of daemons that the hold stopped, those to be started again: not removed, masked or started by somebody meanwhile. */
export async function findStartable(host: Host, held: readonly HeldJob[]): Promise<readonly HeldJob[]> {
	const stopped = held.filter(({ detail }) => detail.stopped === 'yes');
	const units = await showUnits(
		host,
		stopped.map((one) => detailOf(one, 'unit')),
	);
	const startable = units?.filter((unit) => unit.loadState === 'loaded' && !isRunning(unit)).map(({ id }) => id);
	return stopped.filter((one) => startable?.includes(detailOf(one, 'unit')));
}

/** The folders that the drop-ins were in. One that somebody else uses too is not empty and stays. */
export function removeFolders(folders: readonly string[]): readonly PlannedCommand[] {
	if (folders.length === 0) return [];
	return [
		plan('finish.resume-job.folders', 'Remove the empty folders that the holds were in', {
			argv: ['rmdir', '--ignore-fail-on-non-empty', '--', ...folders],
		}),
	];
}

export function folderOf(held: HeldJob): string {
	const path = detailOf(held, 'path');
	return path.slice(0, path.lastIndexOf('/'));
}
