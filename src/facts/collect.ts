import type { Host } from '../host/host.js';
import { type InstalledKernel, readInstalledKernels } from '../packages/boot/installed-kernels.js';
import { readBoot } from './boot.js';
import { readConsumers } from './consumers/read-consumers.js';
import { type Fact, known, unknown } from './fact.js';
import type { HostFacts, PackageFacts } from './host-facts.js';
import { readKernels } from './kernels.js';
import { readMachine } from './machine.js';
import { readMounts } from './mounts.js';
import { predictNextModule, readEarlyLoader } from './next-module.js';
import { isToolsPackage, readPackages } from './packages.js';
import { findRootDataset, readPools } from './pools.js';
import { guarded } from './read-text.js';
import { createReadingPass } from './reading-pass.js';
import { readSpace } from './space.js';
import { readSurroundings } from './surroundings.js';
import { readUnits } from './units.js';
import { versionFact } from './version-fact.js';
import { readLoadedModule, readUserspace } from './versions.js';

/**
 * Reads everything about a host in one pass. Changes nothing and decides nothing; what cannot be read is unknown, with
 * the reason. Takes as long as the slowest initramfs takes to unpack.
 */
export async function collectFacts(localHost: Host): Promise<HostFacts> {
	const host = createReadingPass(localHost);
	const [machine, mounts, installedKernels, packages, userspace, loadedModule] = await Promise.all([
		readMachine(host),
		readMounts(host),
		guarded('the installed kernels', () => readInstalledKernels(host)),
		readPackages(host),
		readUserspace(host),
		readLoadedModule(host),
	]);
	const rootDataset = findRootDataset(mounts);
	const boot = await readBoot(host, installedKernels);
	const [kernels, loader, zfs, space, units, surroundings, consumers] = await Promise.all([
		readKernels(host, installedKernels, { boot, ...packages }),
		readEarlyLoader(host, rootDataset, packages.initramfsTool),
		readPools(host, userspace),
		readSpace(host, mounts),
		readUnits(host, machine.initSystem),
		readSurroundings(host),
		readConsumers(host, { mounts, initSystem: machine.initSystem, kernels: releasesOf(installedKernels) }),
	]);
	return {
		takenAt: host.now(),
		machine,
		boot,
		kernels,
		versions: {
			userspace,
			loadedModule,
			packages: versionOfTools(packages),
			nextModule: predictNextModule(boot, kernels, loader),
		},
		packages,
		...zfs,
		rootDataset,
		space,
		units,
		surroundings,
		consumers,
	};
}

function releasesOf(kernels: Fact<readonly InstalledKernel[]>): Fact<readonly string[]> {
	if (!kernels.known) return kernels;
	return known(
		kernels.value.map(({ release }) => release),
		kernels.source,
	);
}

function versionOfTools({ installed }: PackageFacts): HostFacts['versions']['packages'] {
	if (!installed.known) return installed;
	const tools = installed.value.find(({ name }) => isToolsPackage(name));
	return tools === undefined ? unknown('no package carries the tools') : versionFact(tools.version, installed.source);
}
