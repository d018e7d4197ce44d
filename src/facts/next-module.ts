/** Which module the next boot loads: the copy inside the initramfs, or the file on the disk. */
import type { Host } from '../host/host.js';
import type { ZfsVersion } from '../zfs/version.js';
import { type Fact, known, unknown } from './fact.js';
import type { Boot, KernelFacts, PackageFacts } from './host-facts.js';
import { readText } from './read-text.js';

/** Who loads the module while the initramfs is in charge; undefined: nobody, the system itself does later. */
export type EarlyLoader = 'root-on-zfs' | 'initramfs-modules' | 'dracut-udev-rule' | undefined;

const reasons: Readonly<Record<NonNullable<EarlyLoader>, string>> = {
	'root-on-zfs': 'root is on ZFS, so the initramfs loads its own copy',
	'initramfs-modules': '/etc/initramfs-tools/modules makes the initramfs load its own copy',
	// modules.d/90zfs of OpenZFS's contrib/dracut installs 90-zfs.rules.
	'dracut-udev-rule': "dracut's initramfs loads its own copy as soon as it sees a pool's device",
};

/**
 * Debian's initramfs hook only copies the module: without a root on ZFS nothing in there loads it (an initramfs of
 * zfs-initramfs 2.3.2 holds no 90-zfs.rules, and its scripts run for root=ZFS= only).
 */
export async function readEarlyLoader(
	host: Host,
	rootDataset: Fact<string | undefined>,
	tool: PackageFacts['initramfsTool'],
): Promise<Fact<EarlyLoader>> {
	if (!rootDataset.known) return rootDataset;
	if (rootDataset.value !== undefined) return known('root-on-zfs', rootDataset.source);
	if (!tool.known) return tool;
	if (tool.value === 'dracut') return known('dracut-udev-rule', tool.source);
	if (tool.value === 'none') return known(undefined, tool.source);
	const list = '/etc/initramfs-tools/modules';
	const text = await readText(host, list);
	if (!text.known) return text;
	// A name, then perhaps parameters (initramfs-tools(7)).
	const isListed = /^[ \t]*zfs(?:\s|$)/m.test(text.value ?? '');
	return known(isListed ? 'initramfs-modules' : undefined, list);
}

/** `undefined` inside a known fact: the next boot finds no module. The source names the rule. */
export function predictNextModule(
	boot: Boot,
	kernels: Fact<readonly KernelFacts[]>,
	loader: Fact<EarlyLoader>,
): Fact<ZfsVersion | undefined> {
	if (!boot.nextKernel.known) return unknown(`it is not known which kernel boots next: ${boot.nextKernel.why}`);
	if (!kernels.known) return kernels;
	const release = boot.nextKernel.value;
	const kernel = kernels.value.find((each) => each.release === release);
	if (kernel === undefined) return unknown(`kernel ${release} is not installed`);
	const fromDisk = moduleOnDisk(kernel);
	const { initramfs } = kernel;
	if (initramfs.known && initramfs.value === undefined) return fromDisk;
	const fromInitramfs = initramfs.known ? known(initramfs.value?.version, initramfs.source) : initramfs;
	if (!loader.known) return agreeing(fromDisk, fromInitramfs, loader.why);
	if (loader.value === 'root-on-zfs') return withRule(fromInitramfs, reasons[loader.value]);
	if (loader.value === undefined) return withRule(fromDisk, 'nothing in the initramfs loads ZFS');
	// Without a copy inside, the system loads the module from the disk later.
	if (fromInitramfs.known && fromInitramfs.value === undefined) return fromDisk;
	return withRule(fromInitramfs, reasons[loader.value]);
}

function moduleOnDisk({ moduleOnDisk: fact }: KernelFacts): Fact<ZfsVersion | undefined> {
	return fact.known ? known(fact.value?.version, fact.source) : fact;
}

function withRule(fact: Fact<ZfsVersion | undefined>, rule: string): Fact<ZfsVersion | undefined> {
	return fact.known ? known(fact.value, `${fact.source} (${rule})`) : fact;
}

/** Whoever loads it loads the same, where both copies are of one version. */
function agreeing(
	disk: Fact<ZfsVersion | undefined>,
	inside: Fact<ZfsVersion | undefined>,
	why: string,
): Fact<ZfsVersion | undefined> {
	if (!disk.known) return disk;
	if (!inside.known) return inside;
	return disk.value?.full === inside.value?.full
		? disk
		: unknown(`it is not known whether the initramfs loads ZFS: ${why}`);
}
