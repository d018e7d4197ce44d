import type { Host } from '../host/host.js';
import type { InstalledKernel } from '../packages/boot/installed-kernels.js';
import type { DkmsEntry } from '../packages/dkms/status.js';
import { type ModuleInfo, readModuleOfKernel } from '../packages/module/modinfo.js';
import { readModuleProvider } from '../packages/module/provider.js';
import { type Fact, known, unknown } from './fact.js';
import type { Boot, InitramfsFacts, KernelFacts, ModuleFile, PackageFacts } from './host-facts.js';
import { readInitramfsOnce } from './initramfs-cache.js';
import { exists, guarded } from './read-text.js';
import { versionFact } from './version-fact.js';

/** What else must have been read before the kernels can be told apart. */
export interface KernelSurroundings {
	readonly boot: Boot;
	/** Takes seconds; only who put a module there depends on it. */
	readonly dkms: Promise<PackageFacts['dkms']>;
	readonly initramfsTool: PackageFacts['initramfsTool'];
}

/** Each installed kernel: its module on disk, who put it there, and what is inside its initramfs. Newest first. */
export async function readKernels(
	host: Host,
	kernels: Fact<readonly InstalledKernel[]>,
	surroundings: KernelSurroundings,
): Promise<Fact<readonly KernelFacts[]>> {
	if (!kernels.known) return kernels;
	return known(
		await Promise.all(kernels.value.map((kernel) => readKernel(host, kernel, surroundings))),
		kernels.source,
	);
}

async function readKernel(
	host: Host,
	kernel: InstalledKernel,
	{ boot, dkms, initramfsTool }: KernelSurroundings,
): Promise<KernelFacts> {
	const { release } = kernel;
	const [{ module, provider }, initramfs, headers] = await Promise.all([
		readModule(host, release, dkms),
		guarded(`the initramfs of ${release}`, () => readInitramfs(host, kernel, initramfsTool)),
		// `build` is a link that stays behind, dangling, when the headers are removed.
		exists(host, `/lib/modules/${release}/build/Makefile`),
	]);
	return {
		release,
		isRunning: boot.runningKernel.known && boot.runningKernel.value === release,
		isNext: boot.nextKernel.known && boot.nextKernel.value === release,
		moduleOnDisk: toModuleFile(module),
		provider,
		initramfs,
		headers,
	};
}

async function readModule(
	host: Host,
	release: string,
	status: Promise<PackageFacts['dkms']>,
): Promise<{ readonly module: Fact<ModuleInfo | undefined>; readonly provider: KernelFacts['provider'] }> {
	const module = await guarded(`the module of ${release}`, () => readModuleOfKernel(host, release));
	if (!module.known) return { module, provider: module };
	const info = module.value;
	if (info === undefined) return { module, provider: known(undefined, module.source) };
	const dkms = await status;
	if (!dkms.known) return { module, provider: dkms };
	const entries: readonly DkmsEntry[] = dkms.value ?? [];
	return {
		module,
		provider: await guarded(`the provider of ${info.path}`, () => readModuleProvider(host, release, info, entries)),
	};
}

function toModuleFile(module: Fact<ModuleInfo | undefined>): Fact<ModuleFile | undefined> {
	if (!module.known) return module;
	if (module.value === undefined) return known(undefined, module.source);
	const version = versionFact(module.value.version, module.source);
	return version.known ? known({ ...module.value, version: version.value }, module.source) : version;
}

async function readInitramfs(
	host: Host,
	{ release, initramfs: path }: InstalledKernel,
	tool: PackageFacts['initramfsTool'],
): Promise<Fact<InitramfsFacts | undefined>> {
	if (path === undefined) return known(undefined, '/boot');
	if (!tool.known) return tool;
	if (tool.value === 'none') return unknown(`nothing is installed that could look into ${path}`);
	const module = await readInitramfsOnce(host, tool.value, path, release);
	if (!module.known) return module;
	const size = (await host.files.stat(path))?.size;
	const bytes = size === undefined ? undefined : BigInt(size);
	if (module.value === undefined) return known({ path, version: undefined, bytes }, module.source);
	const version = versionFact(module.value.version, module.source);
	return version.known ? known({ path, version: version.value, bytes }, module.source) : version;
}
