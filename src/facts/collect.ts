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
 * the reason. Takes as long as the slowest initramfs takes to unpack, or `dkms status` where that is slower.
 */
export async function collectFacts(localHost: Host): Promise<HostFacts> {
	const host = createReadingPass(localHost);
	const reading = readPackages(host);
	// Waited for further down: until then a failure must not end the program.
	reading.facts.catch(() => undefined);
	const [machine, mounts, installedKernels, initramfsTool, userspace, loadedModule] = await Promise.all([
		readMachine(host),
		readMounts(host),
		guarded('the installed kernels', () => readInstalledKernels(host)),
		reading.initramfsTool,
		readUserspace(host),
		readLoadedModule(host),
	]);
	const rootDataset = findRootDataset(mounts);
	const boot = await readBoot(host, installedKernels);
	const [packages, kernels, loader, zfs, space, units, surroundings, consumers] = await Promise.all([
		reading.facts,
		readKernels(host, installedKernels, { boot, dkms: reading.dkms, initramfsTool }),
		readEarlyLoader(host, rootDataset, initramfsTool),
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
