/** What was found inside initramfs files. Unpacking one takes seconds to minutes, and most do not change in a run. */
import { randomUUID } from 'node:crypto';
import type { Host } from '../host/host.js';
import { type InitramfsTool, readInitramfsModule } from '../packages/boot/initramfs.js';
import type { ModuleInfo } from '../packages/module/modinfo.js';
import type { Fact } from './fact.js';

/** By host; then by path, size and time of the last change, so that a rebuilt file is looked into again. */
const found = new WeakMap<Host['files'], Map<string, Fact<ModuleInfo | undefined>>>();

/** The module inside an initramfs; see `readInitramfsModule`. Only what was known is kept. */
export async function readInitramfsOnce(
	host: Host,
	tool: InitramfsTool,
	image: string,
	kernel: string,
): Promise<Fact<ModuleInfo | undefined>> {
	const cache = found.get(host.files) ?? new Map<string, Fact<ModuleInfo | undefined>>();
	found.set(host.files, cache);
	const stat = await host.files.stat(image);
	const key = JSON.stringify([image, stat?.size, stat?.mtime]);
	const before = cache.get(key);
	if (before !== undefined) return before;
	// Not /tmp, which may be in memory: an unpacked initramfs takes up to 400 MB.
	const scratch = `/var/tmp/zfs-lockstep-${randomUUID()}`;
	const fact = await readInitramfsModule(host, tool, image, kernel, scratch);
	if (fact.known && stat !== undefined) cache.set(key, fact);
	return fact;
}
