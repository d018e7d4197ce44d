/** Installed kernels: their images, headers, modules and initramfs are files; which boots next is GRUB's. */
import type { Machine } from './machine.js';
import { type ModuleInfo, modulePlaces, parseModuleFile } from './module-files.js';
import { exists, listNames, textOf } from './tree.js';
import { compareVersions } from './version-order.js';

/** Releases with an image in /boot, newest first. */
export function installedKernels(machine: Machine): readonly string[] {
	return (listNames(machine, '/boot') ?? [])
		.flatMap((name) => /^vmlinuz-(.+)$/.exec(name)?.[1] ?? [])
		.sort((one, other) => compareVersions(other, one));
}

export function hasHeaders(machine: Machine, kernel: string): boolean {
	return exists(machine, `/lib/modules/${kernel}/build/Makefile`);
}

/** The module that depmod knows for a kernel, undefined when there is none. */
export function moduleOnDisk(machine: Machine, kernel: string, name = 'zfs'): ModuleInfo | undefined {
	const path = modulePathOf(machine, kernel, name);
	const text = path === undefined ? undefined : textOf(machine, path);
	return text === undefined ? undefined : parseModuleFile(text);
}

/** Its file, as modinfo names it. */
export function modulePathOf(machine: Machine, kernel: string, name = 'zfs'): string | undefined {
	return modulePlaces(kernel, name)
		.map((place) => `/${place}`)
		.find((path) => exists(machine, path));
}

/** What GRUB boots when nobody touches a key: the saved entry, or the newest kernel. */
export function grubKernel(machine: Machine): string {
	const kernels = installedKernels(machine);
	const [newest = machine.runningKernel] = kernels;
	const environment = textOf(machine, '/boot/grub/grubenv') ?? '';
	const chosen = /^(?:next_entry|saved_entry)=(.+)$/m.exec(environment)?.[1];
	return kernels.find((kernel) => chosen?.includes(kernel)) ?? newest;
}
