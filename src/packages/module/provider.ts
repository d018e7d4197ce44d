/** Who put the module there: asked of the file and its owner, never taken from a table of distributions. */
import { type Fact, known } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { type ExitedResult, readResult, requireSuccess } from '../ask.js';
import type { DkmsEntry } from '../dkms/status.js';
import type { ModuleInfo } from './modinfo.js';

export type ModuleProvider =
	/** Built on this host by DKMS. */
	| { readonly kind: 'dkms'; readonly version: string }
	/** Comes in a package of the kernel itself (Ubuntu, Proxmox VE). */
	| { readonly kind: 'kernel'; readonly package: string }
	/** Comes in a package of its own (kmod-zfs, zfs-modules-KERNEL). */
	| { readonly kind: 'package'; readonly package: string }
	| { readonly kind: 'built-in' }
	/** Belongs to nobody: put there by hand, or left behind by something that DKMS forgot. */
	| { readonly kind: 'unowned' };

/**
 * @param module the kernel's module; see `readModuleOfKernel`
 * @param dkms what DKMS has; see `readDkmsStatus`
 */
export async function readModuleProvider(
	host: Host,
	kernel: string,
	module: ModuleInfo,
	dkms: readonly DkmsEntry[],
): Promise<Fact<ModuleProvider>> {
	if (module.path === '(builtin)') return known({ kind: 'built-in' }, 'modinfo');
	const owner = await readOwner(host, module.path);
	if (!owner.known) return owner;
	if (owner.value !== undefined) {
		return known({ kind: isKernelPackage(owner.value) ? 'kernel' : 'package', package: owner.value }, owner.source);
	}
	const entry = dkms.find((each) => each.kernel === kernel && each.state === 'installed');
	return entry === undefined
		? known({ kind: 'unowned' }, owner.source)
		: known({ kind: 'dkms', version: entry.version }, `dkms status; ${owner.source}`);
}

/** Package that owns a file; undefined: none does. dpkg knows a file by the spelling that its package used. */
async function readOwner(host: Host, path: string): Promise<Fact<string | undefined>> {
	const other = path.startsWith('/usr/') ? path.slice('/usr'.length) : `/usr${path}`;
	const result = await host.run({ argv: ['dpkg-query', '--search', path, other] });
	return readResult(result, parseOwner);
}

/**
 * Reads `dpkg-query --search`: `package[:arch][, package...]: path`. It exits with 1 as soon as one path has no owner,
 * which with two spellings is always so.
 * @throws UnexpectedOutputError
 */
export function parseOwner(result: ExitedResult): string | undefined {
	const owned = result.stdout
		.split('\n')
		.map((line) => /^(?!diversion by )([a-z0-9][a-z0-9.+-]*)(?::[a-z0-9-]+)?(?:, .*)?: \//.exec(line)?.[1])
		.find((name) => name !== undefined);
	if (owned !== undefined) return owned;
	const isUnowned = result.code === 1 && /no path found matching pattern/.test(result.stderr);
	if (!isUnowned) requireSuccess(result);
	return undefined;
}

/**
 * `linux-image-*`, `linux-modules-*` and Ubuntu's `linux-main-modules-zfs-*`, `linux-modules-zfs-*`; Proxmox's
 * `proxmox-kernel-*` and `pve-kernel-*`. They change the module only together with the kernel's release.
 */
function isKernelPackage(name: string): boolean {
	return /^(?:linux-(?:image|modules|main-modules)-|(?:proxmox|pve)-kernel-)/.test(name);
}
