/** What was found inside initramfs files. Unpacking one takes seconds to minutes, and most do not change in a run. */
import type { Host } from '../host/host.js';
import { type InitramfsTool, readInitramfsModule } from '../packages/boot/initramfs.js';
import type { ModuleInfo } from '../packages/module/modinfo.js';
import type { Fact } from './fact.js';

/** By host; then by path, size and time of the last change, so that a rebuilt file is looked into again. */
const found = new WeakMap<Host['files'], Map<string, Fact<ModuleInfo | undefined>>>();

const scratchFolder = '/var/tmp';
const scratchName = /^zfs-lockstep-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Seconds. Unpacking is given ten minutes; whoever unpacked this is gone. */
const abandonedAfter = 3600;

/** An interrupted look leaves up to 400 MB, and nobody else would remove it for a month. */
async function clearAway(host: Host): Promise<void> {
	for (const name of (await host.files.list(scratchFolder)) ?? []) {
		if (!scratchName.test(name)) continue;
		const folder = `${scratchFolder}/${name}`;
		const stat = await host.files.stat(folder);
		// Everybody may write there: what somebody else made is not ours to remove.
		if (stat?.type !== 'directory' || stat.uid !== host.userId()) continue;
		if (host.now() - stat.mtime < abandonedAfter) continue;
		await host.run({ argv: ['rm', '--recursive', '--force', '--one-file-system', '--', folder] });
	}
}

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
	await clearAway(host);
	const scratch = `${scratchFolder}/zfs-lockstep-${crypto.randomUUID()}`;
	const fact = await readInitramfsModule(host, tool, image, kernel, scratch);
	if (fact.known && stat !== undefined) cache.set(key, fact);
	return fact;
}
