/** Services that work on ZFS by themselves, found through systemctl, so that drop-ins and presets count. */
import { type Fact, known, unknown } from '../facts/fact.js';
import { answer } from '../facts/read-text.js';
import { type Command, type Host, succeeded } from '../host/host.js';
import { stripControls } from '../host/text.js';
import type { JobSystem, ServiceJob } from './job.js';
import { recognise } from './recognise.js';
import { recogniseDeeply } from './scripts.js';
import { anyInstance, showUnits, toShowable, type UnitProperties } from './unit-properties.js';

const listUnitFiles: Command = {
	argv: ['systemctl', 'list-unit-files', '--no-pager', '--no-legend', '--full', '--type=service,timer'],
};
const listUnits: Command = {
	argv: ['systemctl', 'list-units', '--all', '--no-pager', '--no-legend', '--plain', '--full', '--type=service,timer'],
};

/** Systems whose service runs for ever. Proxmox's pvescheduler has other work too and is not among them. */
const daemons: ReadonlySet<JobSystem> = new Set(['zrepl', 'znapzend']);
/** Upgrades that come by themselves: they would upgrade OpenZFS in the middle. */
const upgradeUnits =
	/^(?:apt-daily|apt-daily-upgrade|dnf-automatic(?:-install|-download)?|dnf5-automatic|yum-cron)\.service$/;

export async function findServiceJobs(host: Host): Promise<Fact<readonly ServiceJob[]>> {
	const isSystemd = await answer('/run/systemd/system', () => host.files.stat('/run/systemd/system'));
	if (!isSystemd.known) return isSystemd;
	if (isSystemd.value === undefined) return known([], 'systemd does not run here');
	const [files, units] = await Promise.all([host.run(listUnitFiles), host.run(listUnits)]);
	if (!succeeded(files) || !succeeded(units)) return unknown('systemctl could not list the units');
	const names = new Set([...firstWords(files.stdout), ...firstWords(units.stdout)].map(toShowable));
	const shown = await showUnits(host, [...names].sort());
	if (shown === undefined) return unknown('systemctl show failed');
	const starters = findStarters(shown);
	return answer('systemctl', async () => {
		const jobs = new Map<string, ServiceJob>();
		for (const unit of shown) {
			const job = await toJob(host, unit, starters.get(toTemplate(unit.id)) ?? []);
			if (job === undefined) continue;
			const other = jobs.get(job.unit);
			jobs.set(job.unit, other === undefined ? job : { ...job, isActive: job.isActive || other.isActive });
		}
		return [...jobs.values()];
	});
}

function firstWords(output: string): readonly string[] {
	return output.split('\n').flatMap((line) => line.trim().match(/^\S+\.(?:service|timer)(?=\s|$)/) ?? []);
}

/** `zfs-scrub@tank.service` is held through its template, so that instances that are not loaded now are held too. */
function toTemplate(unit: string): string {
	return unit.replace(/@.+(?=\.(?:service|timer)$)/, '@');
}

/** Timers that can fire now or after a boot, by the service that they start. */
function findStarters(units: readonly UnitProperties[]): ReadonlyMap<string, readonly string[]> {
	const starters = new Map<string, string[]>();
	for (const timer of units.filter(({ id }) => id.endsWith('.timer'))) {
		if (timer.activeState !== 'active' && !isEnabled(timer)) continue;
		const name = timer.id.includes(`@${anyInstance}.`) ? toTemplate(timer.id) : timer.id;
		for (const service of timer.triggers.map(toTemplate)) {
			starters.set(service, [...new Set([...(starters.get(service) ?? []), name])]);
		}
	}
	return starters;
}

function isEnabled({ unitFileState }: UnitProperties): boolean {
	return /^(?:enabled|enabled-runtime|linked|alias)$/.test(unitFileState);
}

async function toJob(host: Host, unit: UnitProperties, startedBy: readonly string[]): Promise<ServiceJob | undefined> {
	if (!unit.id.endsWith('.service') || unit.id.startsWith('zfs-lockstep') || unit.loadState === 'masked')
		return undefined;
	const isActive = /^(?:active|activating|reloading)$/.test(unit.activeState);
	if (startedBy.length === 0 && !isActive && !isEnabled(unit)) return undefined;
	const system = await recogniseService(host, unit, startedBy.length > 0);
	if (system === undefined) return undefined;
	const template = toTemplate(unit.id);
	return {
		kind: 'service',
		system,
		name: template,
		unit: template,
		runs: stripControls(unit.execStart.join('; ')).replaceAll(anyInstance, '%i'),
		startedBy,
		isActive,
		isDaemon: isActive && daemons.has(system) && unit.type !== 'oneshot',
	};
}

/**
 * A service that somebody starts for other reasons may take a snapshot on its way (a database's ExecStartPre), and a
 * script that starts machines may do so too: only what a timer starts is looked at that closely.
 */
async function recogniseService(host: Host, unit: UnitProperties, isTimed: boolean): Promise<JobSystem | undefined> {
	if (upgradeUnits.test(unit.id)) return 'package-upgrade';
	const start = unit.execStart.join('\n');
	if (!isTimed) return recognise(start);
	return recogniseDeeply(host, [start, ...unit.execAround].join('\n'));
}
