import type { Host } from '../host/host.js';
import { readAutomaticUpgrades } from '../packages/apt/automatic-upgrades.js';
import { isKernelMetapackage } from '../packages/apt/holds.js';
import { readInstalledPackages } from '../packages/apt/installed-packages.js';
import { findInitramfsTool } from '../packages/boot/initramfs.js';
import { detectPackageManager, findPackageManager } from '../packages/detect.js';
import { readDkmsStatus } from '../packages/dkms/status.js';
import { parseLibraryName } from '../packages/libraries.js';
import type { InstalledPackage, PackageManager } from '../packages/package-manager.js';
import { type Fact, known, unknown } from './fact.js';
import type { PackageFacts } from './host-facts.js';
import { guarded } from './read-text.js';

/** SONAMEs of one library grow by one or two a series: so many later names are asked for at once. */
const laterSonames = 6;

/** What the package manager and DKMS say: each part as soon as it is there. */
export interface PackageReading {
	readonly initramfsTool: Promise<PackageFacts['initramfsTool']>;
	/** Takes seconds. */
	readonly dkms: Promise<PackageFacts['dkms']>;
	readonly facts: Promise<PackageFacts>;
}

type All = Fact<readonly InstalledPackage[]>;

/** A manager that this program does not drive leaves its facts unknown. */
export function readPackages(host: Host): PackageReading {
	const dkms = guarded('dkms status', () => readDkmsStatus(host));
	const manager = guarded('the package manager', () => detectPackageManager(host));
	const all = manager.then((found) => readAll(host, findDriver(found)));
	return { dkms, initramfsTool: all.then(chooseInitramfsTool), facts: readFacts(host, { manager, all, dkms }) };
}

function findDriver(manager: PackageFacts['manager']): Fact<PackageManager> {
	if (!manager.known) return manager;
	const driver = findPackageManager(manager.value);
	return driver === undefined ? unknown(`this program does not drive ${manager.value}`) : known(driver, manager.source);
}

async function readAll(host: Host, driver: Fact<PackageManager>): Promise<All> {
	return driver.known ? guarded('installed packages', () => readInstalledPackages(host)) : driver;
}

function chooseInitramfsTool(all: All): PackageFacts['initramfsTool'] {
	return all.known ? known(findInitramfsTool(all.value) ?? 'none', all.source) : all;
}

interface Reading {
	readonly manager: Promise<PackageFacts['manager']>;
	readonly all: Promise<All>;
	readonly dkms: Promise<PackageFacts['dkms']>;
}

async function readFacts(host: Host, reading: Reading): Promise<PackageFacts> {
	const manager = await reading.manager;
	const driver = findDriver(manager);
	const readByManager = async () =>
		driver.known ? readWith(host, driver.value, await reading.all) : unread(driver.why);
	const [byManager, dkms] = await Promise.all([readByManager(), reading.dkms]);
	return { manager, ...byManager, dkms };
}

type ByManager = Omit<PackageFacts, 'manager' | 'dkms'>;

function unread(why: string): ByManager {
	const fact = unknown(why);
	return {
		installed: fact,
		offers: fact,
		interruption: fact,
		lockHolder: fact,
		kernelPackages: fact,
		holds: fact,
		automaticUpgrades: fact,
		grub: fact,
		initramfsTool: fact,
	};
}

async function readWith(host: Host, manager: PackageManager, all: All): Promise<ByManager> {
	const installed = await guarded('installed packages', () => manager.readInstalledSet(host));
	const kernelPackages = select(all, ({ name }) => isKernelMetapackage(name));
	const [offers, interruption, lockHolder, holds, automaticUpgrades] = await Promise.all([
		guarded('versions on offer', () => readOffers(host, manager, installed, kernelPackages)),
		guarded('an interrupted transaction', () => manager.readInterruption(host)),
		guarded('the lock', () => manager.readLockHolder(host)),
		guarded('holds', () => manager.readHolds(host)),
		guarded('automatic upgrades', () => readAutomaticUpgrades(host)),
	]);
	return {
		installed,
		offers,
		interruption,
		lockHolder,
		kernelPackages,
		holds,
		automaticUpgrades,
		// Every flavour of GRUB depends on it.
		grub: all.known
			? known(
					all.value.find(({ name }) => name === 'grub-common'),
					all.source,
				)
			: all,
		initramfsTool: chooseInitramfsTool(all),
	};
}

function select(all: All, isWanted: (each: InstalledPackage) => boolean): All {
	return all.known ? known(all.value.filter(isWanted), all.source) : all;
}

async function readOffers(
	host: Host,
	manager: PackageManager,
	installed: Fact<readonly InstalledPackage[]>,
	kernelPackages: Fact<readonly InstalledPackage[]>,
): Promise<PackageFacts['offers']> {
	if (!installed.known) return installed;
	const names = installed.value.map(({ name }) => name);
	const kernels = kernelPackages.known ? kernelPackages.value.map(({ name }) => name) : [];
	return manager.readOffers(host, [...new Set([...names, ...names.flatMap(successorNames), ...kernels])]);
}

/** `libzfs5linux` to `libzfs10linux` for `libzfs4linux`: the archive knows which of them exists. */
function successorNames(name: string): readonly string[] {
	const library = parseLibraryName(name);
	if (library === undefined) return [];
	return Array.from({ length: laterSonames }, (_, index) =>
		library.family.replace('*', String(library.soname + index + 1)),
	);
}

/** The package with `zfs` and `zpool`: Debian's and Ubuntu's name, and that of OpenZFS's own (contrib/debian/control). */
export function isToolsPackage(name: string): boolean {
	return name === 'zfsutils-linux' || name === 'openzfs-zfsutils';
}
