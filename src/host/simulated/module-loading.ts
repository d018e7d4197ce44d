/** Loading and unloading the kernel's modules, with modprobe's words. */

import { isAtLeast } from './features.js';
import { moduleOnDisk } from './kernels.js';
import type { LoadedModule, Machine } from './machine.js';
import { type ModuleInfo, moduleKinds } from './module-files.js';
import { listNames, textOf } from './tree.js';
import { seriesOf } from './zfs-version.js';

export type LoadResult =
	| { readonly ok: true; readonly machine: Machine }
	| { readonly ok: false; readonly stderr: string };

/** `modprobe zfs`: nothing happens when it is loaded. */
export function loadFromDisk(machine: Machine): LoadResult {
	if (machine.modules.zfs !== undefined) return { ok: true, machine };
	if (isBlocked(machine)) {
		const stderr = [
			"modprobe: ERROR: ../libkmod/libkmod-module.c:1047 command_do() Error running install command '/bin/false' for module zfs: retcode 1",
			"modprobe: ERROR: could not insert 'zfs': Invalid argument",
		].join('\n');
		return { ok: false, stderr };
	}
	const found = moduleOnDisk(machine, machine.runningKernel);
	if (found === undefined) {
		return {
			ok: false,
			stderr: `modprobe: FATAL: Module zfs not found in directory /lib/modules/${machine.runningKernel}`,
		};
	}
	const spl = machine.modules.spl;
	if (spl !== undefined && spl.version !== found.version) {
		const stderr =
			"modprobe: ERROR: could not insert 'zfs': Unknown symbol in module, or unknown parameter (see dmesg)";
		return { ok: false, stderr };
	}
	return { ok: true, machine: withLoaded(machine, found) };
}

/** `install zfs /bin/false` in modprobe's configuration. */
export function isBlocked(machine: Machine): boolean {
	return (listNames(machine, '/etc/modprobe.d') ?? []).some((name) =>
		/^install\s+zfs\s+\/bin\/(?:false|true)$/m.test(textOf(machine, `/etc/modprobe.d/${name}`) ?? ''),
	);
}

/** The module and those that it needs are in the kernel. */
export function withLoaded(machine: Machine, info: ModuleInfo): Machine {
	const kinds = moduleKinds(info.version);
	const loaded = kinds.map(({ name, bytes }): readonly [string, LoadedModule] => {
		const usedBy = kinds.filter(({ depends }) => depends.includes(name)).map((kind) => kind.name);
		const srcversion = name === 'zfs' ? info.srcversion : moduleSrcversion(machine, name);
		return [name, { version: info.version, srcversion, bytes, usedBy, layout: info.layout }];
	});
	const log = {
		at: machine.clock,
		unit: 'kernel',
		text: `ZFS: Loaded module v${info.version}, ZFS pool version 5000, ZFS filesystem version 5`,
	};
	return { ...machine, modules: { ...machine.modules, ...Object.fromEntries(loaded) }, log: [...machine.log, log] };
}

function moduleSrcversion(machine: Machine, name: string): string {
	return moduleOnDisk(machine, machine.runningKernel, name)?.srcversion ?? '0000000000000000000000';
}

function isInUse(machine: Machine): boolean {
	return (
		Object.values(machine.pools).some((pool) => pool.imported) ||
		machine.units['zfs-zed.service']?.activeState === 'active'
	);
}

/**
 * `modprobe -r zfs`. With modules up to 2.1 some of those that zfs needed stay behind (recordings:
 * guest-reload-no-reboot).
 */
export function unload(machine: Machine): LoadResult {
	const zfs = machine.modules.zfs;
	if (zfs === undefined) return { ok: true, machine };
	if (isInUse(machine)) return { ok: false, stderr: 'modprobe: FATAL: Module zfs is in use.' };
	const left = isAtLeast(seriesOf(zfs.version), [2, 2]) ? [] : ['icp', 'zcommon', 'znvpair', 'spl'];
	const kept = Object.entries(machine.modules).filter(([name]) => left.includes(name));
	const modules = kept.map(([name, module]): readonly [string, LoadedModule] => {
		return [name, { ...module, usedBy: module.usedBy.filter((user) => left.includes(user)) }];
	});
	return { ok: true, machine: { ...machine, modules: Object.fromEntries(modules) } };
}

/** `rmmod NAME`; its words where it cannot. */
export function removeModule(machine: Machine, name: string): LoadResult {
	const module = machine.modules[name];
	if (module === undefined) return { ok: false, stderr: `rmmod: ERROR: Module ${name} is not currently loaded` };
	if (name === 'zfs' && isInUse(machine)) return { ok: false, stderr: 'rmmod: ERROR: Module zfs is in use' };
	if (module.usedBy.length > 0) {
		return { ok: false, stderr: `rmmod: ERROR: Module ${name} is in use by: ${module.usedBy.join(' ')}` };
	}
	const others = Object.entries(machine.modules).filter(([one]) => one !== name);
	const modules = others.map(([one, other]): readonly [string, LoadedModule] => {
		return [one, { ...other, usedBy: other.usedBy.filter((user) => user !== name) }];
	});
	return { ok: true, machine: { ...machine, modules: Object.fromEntries(modules) } };
}
