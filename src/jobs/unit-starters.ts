/** Which units start by themselves, and which others they start. */
import type { UnitProperties } from './unit-properties.js';

/** `zfs-scrub@tank.service` is one with its template, so that instances that are not loaded now are held too. */
export function toTemplate(unit: string): string {
	return unit.replace(/@.+(?=\.[a-z]+$)/, '@');
}

/**
 * What starts each service, now or after a boot; services that nothing starts are not in it. A held service still
 * starts what it wants (its condition is only looked at afterwards), so `sanoid-prune.service` needs a hold of its own.
 * @param enabledTemplates those that have an enabled instance
 * @returns names of timers, sockets, paths and services; `boot` for what is enabled, `itself` for what runs now
 */
export function findStarters(
	units: readonly UnitProperties[],
	enabledTemplates: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> {
	const starters = new Map<string, Set<string>>();
	const pending: UnitProperties[] = [];
	const byName = Map.groupBy(units, ({ id }) => toTemplate(id));

	function add(unit: string, starter: string): void {
		const known = starters.get(unit);
		if (known !== undefined) {
			known.add(starter);
			return;
		}
		starters.set(unit, new Set([starter]));
		pending.push(...(byName.get(unit) ?? []));
	}

	for (const unit of units) {
		const name = toTemplate(unit.id);
		if (isEnabled(unit) || enabledTemplates.has(name)) add(name, 'boot');
		else if (isRunning(unit)) add(name, 'itself');
	}
	for (let unit = pending.pop(); unit !== undefined; unit = pending.pop()) {
		for (const started of unit.starts) add(toTemplate(started), toTemplate(unit.id));
	}
	return new Map([...starters].map(([unit, names]) => [unit, [...names].sort()]));
}

function isEnabled({ unitFileState }: UnitProperties): boolean {
	return unitFileState === 'enabled' || unitFileState === 'enabled-runtime' || unitFileState === 'generated';
}

export function isRunning({ activeState }: UnitProperties): boolean {
	return activeState === 'active' || activeState === 'activating' || activeState === 'reloading';
}
