import type { Host } from '../src/host/host.js';
import { stripControls } from '../src/host/text.js';
import { isTargetModule } from '../src/plan/matches-target.js';
import { readVersionsByTools } from '../src/zfs/read-versions.js';
import { InvalidVersionError, isSameRelease, parseZfsVersion } from '../src/zfs/version.js';
import type { StepContext } from './step.js';

/** Boot id of the running system, or undefined where /proc does not tell. */
export async function readBootId(host: Host): Promise<string | undefined> {
	const text = (await host.files.read('/proc/sys/kernel/random/boot_id'))?.trim();
	return text === '' ? undefined : text;
}

/**
 * The module in the running kernel against the plan's. /sys/module/zfs/version is the one source that speaks of the
 * *loaded* module; modinfo speaks of the file on disk.
 */
export async function moduleLoaded(
	context: StepContext,
): Promise<{ readonly matches: boolean; readonly text: string }> {
	const text = (await context.host.files.read('/sys/module/zfs/version'))?.trim();
	if (text === undefined || text === '') {
		return { matches: false, text: 'not loaded' };
	}
	try {
		return { matches: isTargetModule(parseZfsVersion(text), context.plan()), text };
	} catch (error) {
		if (!(error instanceof InvalidVersionError)) throw error;
		return { matches: false, text: stripControls(text).slice(0, 80) };
	}
}

/** In what userspace and loaded module differ, or why that is not known; undefined: they are of one release. */
export async function differingHalves(host: Host): Promise<string | undefined> {
	const { userspace, loadedModule } = await readVersionsByTools(host);
	if (!userspace.known) return userspace.why;
	if (!loadedModule.known) return loadedModule.why;
	if (loadedModule.value === undefined) return 'the module is not loaded';
	if (isSameRelease(userspace.value, loadedModule.value)) return undefined;
	return `userspace ${userspace.value.full}, loaded module ${loadedModule.value.full}`;
}
