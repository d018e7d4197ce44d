/** dpkg at work: unpacking, removing, configuring, with the maintainer scripts of OpenZFS's packages. */
import { dpkgName, findRecord, type PackageRecord } from '../catalog.js';
import { isAdded } from '../dkms-tree.js';
import type { Machine, Node, Package } from '../machine.js';
import { removeVersion } from '../programs/dkms.js';
import type { Session } from '../session.js';
import {
	exists,
	listNames,
	makeFolder,
	parentPath,
	putNode,
	removeNode,
	removeTree,
	textOf,
	writeText,
} from '../tree.js';
import { upstreamOf } from '../zfs-version.js';
import { contentsOf } from './deb-contents.js';
import { configureScript } from './maintainer-scripts.js';
import { inConfigureOrder } from './order.js';
import { installedVersion } from './policy.js';
import { breakagesOf, installedVersions } from './resolver.js';
import { processTriggers, type Triggers, triggerInitramfs } from './triggers.js';

/** dpkg's journal of status changes: a file with a number as its name while it configures (recordings: kill-3). */
const updatesFile = '/var/lib/dpkg/updates/0000';

export function withPackage(machine: Machine, name: string, change: Partial<Package> | undefined): Machine {
	const { [name]: old, ...others } = machine.packages;
	if (change === undefined) return { ...machine, packages: others };
	const { reinstallRequired: _, ...kept } = old ?? { version: '', state: 'unpacked', want: 'install', automatic: true };
	return { ...machine, packages: { ...machine.packages, [name]: { ...kept, ...change } } };
}

/** Unpacks one package over whatever is there. */
export function unpack(session: Session, record: PackageRecord, fileName: string, isAutomatic: boolean): void {
	const { name, version } = record;
	const old = session.machine.packages[name];
	const oldVersion = installedVersion(session.machine, name);
	if (old === undefined) session.out(`Selecting previously unselected package ${dpkgName(name, version)}.`);
	session.out(`Preparing to unpack .../${fileName} ...`);
	const half = { state: 'half-installed', reinstallRequired: true, version: oldVersion ?? version } as const;
	session.change(withPackage(session.machine, name, { ...half, automatic: old?.automatic ?? isAutomatic }), true);
	if (name === 'zfs-dkms' && oldVersion !== undefined) removeOldModules(session, upstreamOf(oldVersion));
	const over = oldVersion === undefined ? '' : ` over (${oldVersion})`;
	session.out(`Unpacking ${dpkgName(name, version)} (${version})${over} ...`);
	session.wait(0.8);
	session.change(placeFiles(session.machine, record, oldVersion), true);
	session.change(withPackage(session.machine, name, { state: 'unpacked', version }), true);
}

/** The old package's prerm: its module goes from all kernels before the new one is even unpacked. */
function removeOldModules(session: Session, upstream: string): void {
	if (isAdded(session.machine, upstream)) removeVersion(session, upstream, undefined);
}

function placeFiles(machine: Machine, record: PackageRecord, oldVersion: string | undefined): Machine {
	const oldRecord = oldVersion === undefined ? undefined : findRecord(record.name, oldVersion);
	const contents = contentsOf(machine, record);
	const oldContents = oldRecord === undefined ? {} : contentsOf(machine, oldRecord);
	let changed = oldRecord === undefined ? machine : dropFiles(machine, oldRecord, new Set(Object.keys(contents)));
	for (const [path, node] of Object.entries(contents)) {
		const place = `/${path}`;
		if (node.kind === 'directory') changed = makeFolder(changed, place);
		else if (place.startsWith('/etc/')) changed = placeConfiguration(changed, place, node, oldContents[path]);
		else changed = putNode(changed, place, node);
	}
	return changed;
}

/**
 * With `--force-confdef --force-confold` an edited file stays, and so does the absence of one that somebody removed; the
 * package's own is left beside it as `.dpkg-dist` when the new version changed it (measured with dpkg 1.21: "Deleted (by
 * you or by a script) since installation. Package distributor has shipped an updated version. Keeping old config file").
 * @param shipped what the installed version brought
 */
function placeConfiguration(machine: Machine, place: string, node: Node, shipped: Node | undefined): Machine {
	const [now, before] = [textOf(machine, place), shipped?.kind === 'file' ? shipped.text : undefined];
	const next = node.kind === 'file' ? node.text : undefined;
	if (now === before) return putNode(machine, place, node);
	return next === before || next === now ? machine : putNode(machine, `${place}.dpkg-dist`, node);
}

function dropFiles(machine: Machine, record: PackageRecord, kept: ReadonlySet<string>): Machine {
	const gone = Object.entries(contentsOf(machine, record)).filter(
		([path]) => !kept.has(path) && !path.startsWith('etc/'),
	);
	let changed = machine;
	for (const [path, node] of gone.toReversed()) {
		const place = `/${path}`;
		if (!exists(changed, place)) continue;
		if (node.kind !== 'directory') changed = removeNode(changed, place);
		else if ((listNames(changed, place) ?? []).length === 0 && /\/zfs-/.test(place))
			changed = removeNode(changed, place);
	}
	return changed;
}

/** Packages of which configuration stays behind: state `rc`. */
const leavesConfiguration = /^(?:zfs-zed|zfsutils-linux|libzfs6linux)$/;

/** @returns false where dpkg refuses: half a package must be whole before it can go, unless that is forced */
export function remove(session: Session, name: string, isForced = false): boolean {
	const version = installedVersion(session.machine, name);
	if (version === undefined) return true;
	if (session.machine.packages[name]?.reinstallRequired === true && !isForced) {
		session.err(`dpkg: error processing package ${name} (--remove):`);
		session.err(' package is in a very bad inconsistent state; you should\n reinstall it before attempting a removal');
		return false;
	}
	session.out(`Removing ${dpkgName(name, version)} (${version}) ...`);
	const record = findRecord(name, version);
	if (name === 'zfs-dkms') {
		removeOldModules(session, upstreamOf(version));
		// Its prerm does so on removal, not on upgrades (packages.md 1.4).
		session.change(removeTree(session.machine, '/etc/zfs/zpool.cache'), true);
	}
	session.wait(0.5);
	if (record !== undefined) session.change(dropFiles(session.machine, record, new Set()), true);
	const left = leavesConfiguration.test(name) ? ({ state: 'config-files', want: 'deinstall' } as const) : undefined;
	session.change(withPackage(session.machine, name, left), true);
	return true;
}

/** Sets up everything that waits for it. @returns names that could not be set up */
export function configurePending(session: Session, triggers: Triggers): readonly string[] {
	const failed: string[] = [];
	const pending = inConfigureOrder(
		Object.entries(session.machine.packages)
			.filter(([, { state }]) => state === 'unpacked' || state === 'half-configured')
			.map(([name]) => name),
	);
	if (pending.length === 0 && triggers.pending.size === 0) {
		// Whatever dpkg does, it first merges what an interrupted one left.
		if (exists(session.machine, updatesFile)) session.change(removeNode(session.machine, updatesFile), true);
		return failed;
	}
	session.change(
		writeText(makeFolder(session.machine, parentPath(updatesFile)), updatesFile, 'Package: zfs-dkms\n'),
		true,
	);
	for (const name of pending) {
		if (!configureOne(session, name, triggers)) failed.push(name);
		const isLastOfTools = name === 'zfsutils-linux' && failed.length === 0;
		if (isLastOfTools || name === 'zfs-initramfs') processTriggers(session, triggers);
	}
	processTriggers(session, triggers);
	session.change(removeNode(session.machine, updatesFile), true);
	return failed;
}

function configureOne(session: Session, name: string, triggers: Triggers): boolean {
	const version = installedVersion(session.machine, name) ?? '';
	const obstacle = unmetDependencies(session.machine, name);
	if (obstacle.length > 0) {
		session.err(`dpkg: dependency problems prevent configuration of ${name}:\n${obstacle.join('\n')}\n`);
		session.err(`dpkg: error processing package ${name} (--configure):\n dependency problems - leaving unconfigured`);
		return false;
	}
	session.out(`Setting up ${dpkgName(name, version)} (${version}) ...`);
	session.change(withPackage(session.machine, name, { state: 'half-configured' }), true);
	session.wait(0.3);
	const code = configureScript(session, name, version);
	if (code !== 0) {
		session.err(`dpkg: error processing package ${name} (--configure):`);
		session.err(` installed ${name} package post-installation script subprocess returned error exit status ${code}`);
		if (name === 'zfs-dkms') triggerInitramfs(triggers);
		return false;
	}
	session.change(withPackage(session.machine, name, { state: 'installed' }), true);
	if (/^zfs-(?:dkms|initramfs)$/.test(name)) triggerInitramfs(triggers);
	if (/^lib/.test(name)) triggers.pending.add('libc-bin');
	return true;
}

function providersOfModules(machine: Machine): readonly (readonly [string, Package])[] {
	return Object.entries(machine.packages).filter(
		([name, { version }]) => findRecord(name, version)?.provides === 'zfs-modules',
	);
}

/** dpkg's own words about why a package cannot be set up now. */
function unmetDependencies(machine: Machine, name: string): readonly string[] {
	const record = findRecord(name, installedVersion(machine, name) ?? '');
	if (record === undefined) return [];
	const providers = providersOfModules(machine);
	if (record.depends.includes('zfs-modules | zfs-dkms') && !providers.some(([, { state }]) => state === 'installed')) {
		const lines = [` ${name} depends on zfs-modules | zfs-dkms; however:`, '  Package zfs-modules is not installed.'];
		const [provider, there] = providers[0] ?? ['zfs-dkms', undefined];
		const how = there === undefined || there.state === 'half-installed' ? 'is not installed' : 'is not configured yet';
		const isDkms = provider === 'zfs-dkms';
		return [
			...lines,
			`  Package ${provider} which provides zfs-modules ${how}.`,
			`  Package zfs-dkms ${isDkms ? how : 'is not installed'}.`,
		];
	}
	const versions = installedVersions(machine);
	const depends = breakagesOf(record, versions).filter(({ kind }) => kind === 'Depends');
	const others = [...versions].flatMap(([one, version]) => {
		const other = findRecord(one, version);
		if (other === undefined) return [];
		const breaks = breakagesOf(other, versions).filter(
			({ kind, relations }) => kind === 'Breaks' && relations[0]?.name === name,
		);
		return breaks.map(({ relations }) => {
			const [relation] = relations;
			const range = relation === undefined ? '' : `(${relation.operator} ${relation.version})`;
			return ` ${one} (${version}) breaks ${name} ${range} and is installed.\n  Version of ${name} to be configured is ${record.version}.`;
		});
	});
	const missing = depends.map(({ relations }) => {
		const [relation] = relations;
		const there = versions.get(relation?.name ?? '');
		const range =
			relation === undefined || relation.operator === '' ? '' : ` (${relation.operator} ${relation.version})`;
		const state =
			there === undefined
				? `Package ${relation?.name} is not installed.`
				: `Version of ${relation?.name} on system is ${there}.`;
		return ` ${name} depends on ${relation?.name}${range}; however:\n  ${state}`;
	});
	return [...missing, ...others];
}
