/** Versions of the simulated tools and module. */
import { isAtLeast } from './features.js';
import type { AbiLayout, Machine } from './machine.js';

export type Series = readonly [number, number];

/** `2.3.2-2~bpo12+2` to `2.3.2`. */
export function upstreamOf(version: string): string {
	return version.replace(/^\d+:/, '').replace(/-[^-]*$/, '');
}

export function seriesOf(version: string): Series {
	const [major = '0', minor = '0'] = upstreamOf(version).split('.');
	return [Number(major), Number(minor)];
}

/** Only 2.3.1 differs (openzfs/zfs#17330). */
export function layoutOf(upstream: string): AbiLayout {
	return upstream === '2.3.1' ? 'shifted' : 'ordinary';
}

/** Version of the zfs and zpool programs, undefined when the package is not unpacked. */
export function toolsVersion(machine: Machine): string | undefined {
	const tools = machine.packages['zfsutils-linux'];
	return tools === undefined || tools.state === 'config-files' ? undefined : tools.version;
}

/** Version of the loaded module, undefined when none is loaded. */
export function moduleVersion(machine: Machine): string | undefined {
	return machine.modules.zfs?.version;
}

/** Whether both halves, as far as they are there, are of a series or later: what one of them lacks does not show. */
export function bothAtLeast(machine: Machine, series: Series): boolean {
	const tools = toolsVersion(machine);
	const module = moduleVersion(machine);
	return (
		tools !== undefined &&
		module !== undefined &&
		isAtLeast(seriesOf(tools), series) &&
		isAtLeast(seriesOf(module), series)
	);
}

/** Whether the halves read `zfs_cmd_t` differently, so that `zfs send -I`, `zpool events` and `zfs diff` fail. */
export function hasAbiBreak(machine: Machine): boolean {
	const tools = toolsVersion(machine);
	const module = machine.modules.zfs;
	return tools !== undefined && module !== undefined && layoutOf(upstreamOf(tools)) !== module.layout;
}
