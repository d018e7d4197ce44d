/** Services that work on ZFS by themselves, found through systemctl, so that drop-ins and presets count. */
import { type Fact, known, unknown } from '../facts/fact.js';
import { answer } from '../facts/read-text.js';
import { type Command, type Host, succeeded } from '../host/host.js';
import { stripControls } from '../host/text.js';
import { diagnose } from '../zfs/problem.js';
import type { JobSystem, ServiceJob } from './job.js';
import { recognise } from './recognise.js';
import { recogniseDeeply } from './scripts.js';
import { anyInstance, showUnits, toShowable, type UnitProperties, unitLimit } from './unit-properties.js';
import { findStarters, isRunning, toTemplate } from './unit-starters.js';

const types = '--type=service,timer,path,socket';
const listUnitFiles: Command = {
	argv: ['systemctl', 'list-unit-files', '--no-pager', '--no-legend', '--full', types],
	timeoutSeconds: unitLimit,
};
const listUnits: Command = {
	argv: ['systemctl', 'list-units', '--all', '--no-pager', '--no-legend', '--plain', '--full', types],
	timeoutSeconds: unitLimit,
};

/** Systems whose service runs for ever. Proxmox's pvescheduler has other work too and is not among them. */
const daemons: ReadonlySet<JobSystem> = new Set(['zrepl', 'znapzend']);
/** Upgrades that come by themselves: they would upgrade OpenZFS in the middle. */
const upgradeUnits =
	/^(?:apt-daily|apt-daily-upgrade|dnf-automatic(?:-install|-download)?|dnf5-automatic|yum-cron)\.service$/;

export async function findServiceJobs(host: Host): Promise<Fact<readonly ServiceJob[]>> {
	if (host.kind === 'alternate-root') return unknown('the units of the mounted system do not run');
	const booted = await answer('/run/systemd/system', () => host.files.stat('/run/systemd/system'));
	if (!booted.known) return booted;
	if (booted.value === undefined) return known([], 'systemd does not run here');
	const [files, units] = await Promise.all([host.run(listUnitFiles), host.run(listUnits)]);
	const failed = [files, units].find((result) => !succeeded(result));
	if (failed !== undefined) return unknown(`systemctl could not list the units: ${diagnose(failed).message}`);
	const names = new Set([...firstWords(files.stdout), ...firstWords(units.stdout)].map(toShowable));
	const shown = await showUnits(host, [...names].sort());
	if (shown === undefined) return unknown('systemctl show failed');
	return answer('systemctl', () => chooseJobs(host, shown, findEnabledTemplates(files.stdout)));
}

function firstWords(output: string): readonly string[] {
	return output.split('\n').flatMap((line) => line.trim().match(/^\S+\.(?:service|timer|path|socket)(?=\s|$)/) ?? []);
}

/** A template one of whose instances is enabled is listed as `indirect`, or `enabled` where it names a default one. */
function findEnabledTemplates(unitFiles: string): ReadonlySet<string> {
	return new Set([...unitFiles.matchAll(/^\s*(\S+@\.[a-z]+)\s+(?:indirect|enabled)\b/gm)].map(([, name = '']) => name));
}

async function chooseJobs(
	host: Host,
	units: readonly UnitProperties[],
	enabledTemplates: ReadonlySet<string>,
): Promise<readonly ServiceJob[]> {
	const starters = findStarters(units, enabledTemplates);
	const jobs = new Map<string, ServiceJob>();
	for (const unit of units) {
		const name = toTemplate(unit.id);
		const startedBy = starters.get(name);
		if (!unit.id.endsWith('.service') || startedBy === undefined || unit.loadState === 'masked') continue;
		if (unit.id.startsWith('zfs-lockstep')) continue;
		const system = await recogniseService(host, unit, startedBy);
		if (system === undefined) continue;
		const isActive = isRunning(unit) || jobs.get(name)?.isActive === true;
		jobs.set(name, {
			kind: 'service',
			system,
			name,
			unit: name,
			runs: stripControls(unit.execStart.join('; ')).replaceAll(anyInstance, '%i'),
			startedBy: startedBy.filter((each) => each.includes('.')),
			isActive,
			isDaemon: isActive && daemons.has(system) && unit.type !== 'oneshot',
		});
	}
	return [...jobs.values()];
}

/**
 * A service that somebody starts for other reasons may take a snapshot on its way (a database's ExecStartPre), and so
 * may a script that starts machines: only what a timer starts is looked at that closely.
 */
async function recogniseService(
	host: Host,
	unit: UnitProperties,
	startedBy: readonly string[],
): Promise<JobSystem | undefined> {
	if (upgradeUnits.test(unit.id)) return 'package-upgrade';
	const start = unit.execStart.join('\n');
	const isTimed = startedBy.some((each) => each.endsWith('.timer'));
	const system = isTimed ? await recogniseDeeply(host, [start, ...unit.execAround].join('\n')) : recognise(start);
	// Only the units above are known to do nothing else.
	return system === 'package-upgrade' ? undefined : system;
}
