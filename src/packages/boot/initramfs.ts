/** Rebuilding an initramfs, and the OpenZFS module inside one. */
import { type Fact, known, unknown } from '../../facts/fact.js';
import { type Command, type Host, succeeded } from '../../host/host.js';
import { askHost, printableLines, requireSuccess } from '../ask.js';
import { type ModuleInfo, readModuleFile } from '../module/modinfo.js';
import type { InstalledPackage } from '../package-manager.js';

export type InitramfsTool = 'initramfs-tools' | 'dracut';

/** Undefined: neither is installed. The packages exclude each other. */
export function findInitramfsTool(installed: readonly InstalledPackage[]): InitramfsTool | undefined {
	return (['dracut', 'initramfs-tools'] as const).find((tool) => installed.some(({ name }) => name === tool));
}

/**
 * Rebuilds the initramfs of one kernel; it takes minutes. The kernel must be named: without it update-initramfs takes
 * only the newest. It exits with 0 without doing anything where update-initramfs.conf says so: read what is inside.
 */
export function rebuildInitramfsCommand(tool: InitramfsTool, kernel: string): Command {
	return tool === 'dracut'
		? { argv: ['dracut', '--force', '--kver', kernel] }
		: { argv: ['update-initramfs', '-u', '-k', kernel] };
}

/** Seconds: unpacking takes 1 s on an ordinary host, minutes on a slow or emulated one. */
const unpackSeconds = 600;

/**
 * The OpenZFS module inside an initramfs; undefined inside a known fact: there is none. A listing proves only that a
 * file is there, so the file is taken out and asked for its version.
 * @param scratch absolute path of a folder that does not exist; made for this and removed again. Needs room for the
 *   whole unpacked initramfs (50 to 400 MB) with initramfs-tools.
 */
export async function readInitramfsModule(
	host: Host,
	tool: InitramfsTool,
	image: string,
	kernel: string,
	scratch: string,
): Promise<Fact<ModuleInfo | undefined>> {
	if ((await host.files.stat(scratch)) !== undefined) return unknown(`${scratch} is in the way`);
	await host.files.makeDirectory(scratch, { mode: 0o700 });
	try {
		const file = await (tool === 'dracut' ? takeOutOfDracut : unpackInitramfs)(host, image, kernel, scratch);
		if (!file.known) return file;
		if (file.value === undefined) return known(undefined, `${image} holds no zfs module`);
		const module = await readModuleFile(host, file.value);
		return module.known ? known(module.value, `zfs module inside ${image}`) : module;
	} finally {
		await host.run({ argv: ['rm', '--recursive', '--force', '--one-file-system', '--', scratch] });
	}
}

/** initramfs-tools has no way to take out one file; unpacking all costs little more than listing all. */
async function unpackInitramfs(
	host: Host,
	image: string,
	kernel: string,
	scratch: string,
): Promise<Fact<string | undefined>> {
	const unpacked = await host.run({
		argv: ['unmkinitramfs', image, `${scratch}/root`],
		env: { TMPDIR: scratch },
		timeoutSeconds: unpackSeconds,
	});
	if (!succeeded(unpacked)) {
		return unknown(`${image} cannot be unpacked: ${printableLines(unpacked.stderr).at(-1) ?? unpacked.outcome.kind}`);
	}
	return askHost(host, { argv: ['find', scratch, '-type', 'f', '-name', 'zfs.ko*'] }, (result) =>
		chooseModuleFile(requireSuccess(result).split('\n'), kernel),
	);
}

async function takeOutOfDracut(
	host: Host,
	image: string,
	kernel: string,
	scratch: string,
): Promise<Fact<string | undefined>> {
	const inside = await askHost(host, { argv: ['lsinitrd', image], timeoutSeconds: unpackSeconds }, (result) =>
		chooseModuleFile(
			requireSuccess(result)
				.split('\n')
				.map((line) => line.split(/\s+/).at(-1) ?? ''),
			kernel,
		),
	);
	if (!inside.known || inside.value === undefined) return inside;
	const outputFile = `${scratch}/${inside.value.split('/').at(-1)}`;
	const { results } = await host.pipe({
		commands: [{ argv: ['lsinitrd', '--file', inside.value, image], timeoutSeconds: unpackSeconds }],
		outputFile,
	});
	const isOut = results.every(succeeded) && ((await host.files.stat(outputFile))?.size ?? 0) > 0;
	return isOut ? known(outputFile, image) : unknown(`${inside.value} cannot be taken out of ${image}`);
}

/** depmod's order (depmod.d(5)): what stands under updates or extra wins over the kernel's own. */
const precedence = ['/updates/', '/extra/', '/weak-updates/', '/kernel/'];

/** The module that modprobe inside would load, from paths that end in zfs.ko with or without compression. */
export function chooseModuleFile(paths: readonly string[], kernel: string): string | undefined {
	const rank = (path: string) => {
		const index = precedence.findIndex((part) => path.includes(part));
		return index === -1 ? precedence.length : index;
	};
	return paths
		.filter((path) => /\/zfs\.ko(?:\.(?:gz|xz|zst))?$/.test(path) && path.includes(`lib/modules/${kernel}/`))
		.toSorted((a, b) => rank(a) - rank(b))[0];
}
