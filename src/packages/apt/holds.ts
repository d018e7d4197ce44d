/** Packages on hold. apt refuses to change them with `--assume-yes`; the resolver leaves them alone. */
import type { Fact } from '../../facts/fact.js';
import type { Command, Host } from '../../host/host.js';
import { askHost, requireSuccess } from '../ask.js';
import type { InstalledPackage } from '../package-manager.js';

export function readHolds(host: Host): Promise<Fact<readonly string[]>> {
	return readMarks(host, 'showhold');
}

export function readAutomatic(host: Host): Promise<Fact<readonly string[]>> {
	return readMarks(host, 'showauto');
}

/** With a name that apt does not know it exits with 100 and still marks the others: judge by `readHolds`. */
export function markCommand(action: 'hold' | 'unhold' | 'auto', names: readonly [string, ...string[]]): Command {
	return { argv: ['apt-mark', action, ...names] };
}

function readMarks(host: Host, action: 'showhold' | 'showauto'): Promise<Fact<readonly string[]>> {
	return askHost(host, { argv: ['apt-mark', action] }, (result) =>
		requireSuccess(result)
			.split('\n')
			.filter((name) => name !== ''),
	);
}

export interface HoldPlan {
	/** To be put on hold by us, and released by us. */
	readonly ours: readonly string[];
	/** Already on hold: the administrator's own, never released. */
	readonly administrators: readonly string[];
}

/**
 * What to hold between the stages: the OpenZFS set, so that no upgrade removes half of it, and the packages that pull
 * in new kernels, since DKMS builds its newest source for a new kernel.
 */
export function planHolds(installed: readonly InstalledPackage[], set: readonly InstalledPackage[]): HoldPlan {
	const wanted = [...set, ...installed.filter(({ name }) => isKernelMetapackage(name))];
	const names = (isHeld: boolean) => [
		...new Set(wanted.filter((each) => each.isHeld === isHeld).map(({ name }) => name)),
	];
	return { ours: names(false), administrators: names(true) };
}

/**
 * Whether a package only follows the newest kernel: `linux-image-amd64`, `linux-headers-generic-hwe-22.04`,
 * `proxmox-default-kernel`, `proxmox-kernel-6.8`. A concrete kernel has a full release in its name.
 */
export function isKernelMetapackage(name: string): boolean {
	return (
		/^(?:linux-(?:image|headers|generic|virtual)|(?:proxmox|pve)-(?:default-)?(?:kernel|headers))(?:-|$)/.test(name) &&
		!/\d+\.\d+\.\d+/.test(name) &&
		!/-(?:common|dbg|helper)$/.test(name)
	);
}
