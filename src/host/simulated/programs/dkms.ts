/** dkms 3.0.10: the actions of an administrator, with its words and exit codes (packages.md 2.2). */
import { buildModule } from '../dkms-build.js';
import {
	addedVersions,
	addToTree,
	architecture,
	builtKernels,
	installedVersion,
	installModules,
	isAdded,
	isBuilt,
	moduleNames,
	removeBuilt,
	removeFromTree,
	removeInstalled,
	sourceFolder,
	statusLines,
	treeFolder,
} from '../dkms-tree.js';
import { hasHeaders, moduleOnDisk } from '../kernels.js';
import { moduleFolder } from '../module-files.js';
import { hasOption, optionValue, optionValues, type ParsedOptions, parseOptions } from '../options.js';
import type { Program, Session } from '../session.js';
import { exists } from '../tree.js';
import { compareVersions } from '../version-order.js';

const actions: Readonly<Record<string, (session: Session, request: Request) => number>> = {
	add,
	build,
	install,
	uninstall,
	remove,
	status,
	autoinstall,
};

interface Request {
	readonly module: string | undefined;
	readonly version: string | undefined;
	readonly kernels: readonly string[];
	readonly parsed: ParsedOptions;
}

export const dkms: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'm:v:k:a:c:r:qVj:',
		long: {
			force: 'force',
			all: 'all',
			quiet: 'q',
			version: 'V',
			'no-depmod': 'no-depmod',
			'force-version-override': 'force',
			'kernelver=': 'k',
			'arch=': 'a',
			'module=': 'm',
		},
	});
	session.wait(0.5);
	if (parsed.problem !== undefined) {
		session.err(`Error! Unknown option: ${parsed.problem.option}`);
		return 2;
	}
	if (hasOption(parsed, 'V')) {
		session.out('dkms-3.0.10');
		return 0;
	}
	const [action = '', operand] = parsed.operands;
	const run = actions[action];
	if (run === undefined) {
		session.err(`Error! Unknown action specified: "${action}"`);
		return 1;
	}
	const [module, version] = nameVersion(operand);
	return run(session, {
		module: optionValue(parsed, 'm') ?? module,
		version: optionValue(parsed, 'v') ?? version,
		kernels: optionValues(parsed, 'k'),
		parsed,
	});
};

/** `zfs/2.3.2`, `zfs`, or a source folder. */
function nameVersion(operand: string | undefined): readonly [string?, string?] {
	if (operand === undefined) return [];
	const folder = /^\/usr\/src\/([^/]+)-([^-/][^/]*)\/?$/.exec(operand);
	if (folder !== null) return [folder[1] ?? '', folder[2] ?? ''];
	const [module = '', version] = operand.split('/');
	return version === undefined ? [module] : [module, version];
}

/** The version that an action is about, or its exit code. */
function requireVersion(session: Session, { module, version }: Request, action: string): string | number {
	if (module === undefined || version === undefined) {
		session.err(
			`Error! Arguments <module> and <module-version> are not specified.\nUsage: ${action} <module>/<module-version> or`,
		);
		session.err(`       ${action} -m <module>/<module-version> or\n       ${action} -m <module> -v <module-version>`);
		return 1;
	}
	if (module === 'zfs') return version;
	session.err(`Error! There are no instances of module: ${module}\n${version} located in the DKMS tree.`);
	return 3;
}

function kernelsOf(session: Session, { kernels }: Request): readonly string[] {
	return kernels.length > 0 ? kernels : [session.machine.runningKernel];
}

function add(session: Session, request: Request): number {
	const version = requireVersion(session, request, 'add');
	if (typeof version === 'number') return version;
	if (isAdded(session.machine, version)) {
		session.err(
			`Error! DKMS tree already contains: zfs-${version}\nYou cannot add the same module/version combo more than once.`,
		);
		return 3;
	}
	return addSource(session, version);
}

function addSource(session: Session, version: string): number {
	if (!exists(session.machine, sourceFolder(version))) {
		session.err(`Error! Could not find module source directory.\nDirectory: ${sourceFolder(version)} does not exist.`);
		return 2;
	}
	if (!exists(session.machine, `${sourceFolder(version)}/dkms.conf`)) {
		session.err(`Error! Could not locate dkms.conf file.\nFile: ${sourceFolder(version)}/dkms.conf does not exist.`);
		return 4;
	}
	session.change(addToTree(session.machine, version));
	session.out(`Creating symlink ${treeFolder(version)}/source -> ${sourceFolder(version)}`);
	return 0;
}

function build(session: Session, request: Request): number {
	const version = requireVersion(session, request, 'build');
	if (typeof version === 'number') return version;
	for (const kernel of kernelsOf(session, request)) {
		const code = buildFor(session, version, kernel, hasOption(request.parsed, 'force'));
		if (code !== 0) return code;
	}
	return 0;
}

function buildFor(session: Session, version: string, kernel: string, force: boolean): number {
	if (!isAdded(session.machine, version)) {
		const code = addSource(session, version);
		if (code !== 0) return code;
	}
	if (!exists(session.machine, `${treeFolder(version)}/source/dkms.conf`)) {
		session.err(
			`Error! Could not locate dkms.conf file.\nFile: ${treeFolder(version)}/source/dkms.conf does not exist.`,
		);
		return 4;
	}
	if (isBuilt(session.machine, version, kernel)) {
		if (!force) {
			session.err(`Error! This module/version has already been built on: ${kernel}`);
			session.err('You cannot build the same module/version combo more than once.');
			return 3;
		}
		session.change(removeBuilt(session.machine, version, kernel));
	}
	if (!hasHeaders(session.machine, kernel)) {
		session.err(
			`Error! Your kernel headers for kernel ${kernel} cannot be found at /lib/modules/${kernel}/build or /lib/modules/${kernel}/source.`,
		);
		session.err(
			`Please install the linux-headers-${kernel} package or use the --kernelsourcedir option to tell DKMS where it's located.`,
		);
		return 1;
	}
	return buildModule(session, version, kernel, false);
}

function install(session: Session, request: Request): number {
	const version = requireVersion(session, request, 'install');
	if (typeof version === 'number') return version;
	const force = hasOption(request.parsed, 'force');
	for (const kernel of kernelsOf(session, request)) {
		if (!isBuilt(session.machine, version, kernel)) {
			const code = buildFor(session, version, kernel, false);
			if (code !== 0) return code;
		}
		const code = installFor(session, version, kernel, force);
		if (code !== 0) return code;
	}
	return 0;
}

/** Puts a built version in place. @returns dkms's exit code */
function installFor(session: Session, version: string, kernel: string, force: boolean): number {
	const before = installedVersion(session.machine, kernel);
	if (before === version && !force) {
		session.err(`Error! This module/version combo is already installed for kernel: ${kernel} (${architecture})`);
		return 5;
	}
	if (before === version) sayUninstall(session, version, kernel);
	const inPlace = moduleOnDisk(session.machine, kernel)?.version;
	const own = before === version ? undefined : inPlace;
	if (own !== undefined && !force && compareVersions(own, version) > 0) {
		session.out('\nzfs.ko:\nRunning module version sanity check.');
		session.err(
			`Error! Module version ${version} for zfs.ko\nis not newer than what is already found in kernel ${kernel} (${own}).`,
		);
		session.err('You may override by specifying --force.');
		return 6;
	}
	sayInstall(session, version, kernel);
	session.wait(6);
	session.change(installModules(session.machine, version, kernel));
	session.out('depmod...');
	return 0;
}

/** What dkms says when it puts modules in place. */
export function sayInstall(session: Session, version: string, kernel: string): void {
	for (const name of moduleNames(session.machine, version, kernel)) {
		session.out(`\n${name}:\nRunning module version sanity check.\n - Original module`);
		session.out('   - No original module exists within this kernel\n - Installation');
		session.out(`   - Installing to /lib/modules/${kernel}/${moduleFolder}/`);
	}
}

/** What dkms says when it takes modules away. */
function sayUninstall(session: Session, version: string, kernel: string): void {
	session.out(`Module zfs-${version} for kernel ${kernel} (${architecture}).`);
	session.out('Before uninstall, this module version was ACTIVE on this kernel.');
	for (const name of moduleNames(session.machine, version, kernel)) {
		session.out(`\n${name}:\n - Uninstallation\n   - Deleting from: /lib/modules/${kernel}/${moduleFolder}/`);
		session.out(' - Original module\n   - No original module was found for this module on this kernel.');
		session.out('   - Use the dkms install command to reinstall any previous module version.');
	}
	session.out('depmod...');
}

function uninstall(session: Session, request: Request): number {
	const version = requireVersion(session, request, 'uninstall');
	if (typeof version === 'number') return version;
	const kernels = hasOption(request.parsed, 'all')
		? builtKernels(session.machine, version)
		: kernelsOf(session, request);
	for (const kernel of kernels) {
		if (installedVersion(session.machine, kernel) !== version) {
			session.err(
				`Error! The module/version combo: zfs-${version} is not installed for kernel ${kernel} (${architecture}).`,
			);
			return 5;
		}
		sayUninstall(session, version, kernel);
		session.wait(4);
		session.change(removeInstalled(session.machine, kernel));
	}
	return 0;
}

function remove(session: Session, request: Request): number {
	const version = requireVersion(session, request, 'remove');
	if (typeof version === 'number') return version;
	const all = hasOption(request.parsed, 'all');
	if (!all && request.kernels.length === 0) {
		session.err('Error! The action remove requires a kernel version or --all.');
		return 5;
	}
	if (!isAdded(session.machine, version)) {
		session.err(`Error! There are no instances of module: zfs\n${version} located in the DKMS tree.`);
		return 3;
	}
	removeVersion(session, version, all ? undefined : request.kernels);
	return 0;
}

/** @param kernels undefined: all, and then the source goes out of the tree too */
export function removeVersion(session: Session, version: string, kernels: readonly string[] | undefined): void {
	for (const kernel of builtKernels(session.machine, version)) {
		if (kernels !== undefined && !kernels.includes(kernel)) continue;
		if (installedVersion(session.machine, kernel) === version) sayUninstall(session, version, kernel);
		else session.out(`Module zfs ${version} is not installed for kernel ${kernel} (${architecture}). Skipping...`);
		session.wait(4);
		session.change(removeBuilt(session.machine, version, kernel));
	}
	if (builtKernels(session.machine, version).length > 0) return;
	session.change(removeFromTree(session.machine, version));
	session.out(`Deleting module zfs-${version} completely from the DKMS tree.`);
}

function status(session: Session, { module, version, kernels }: Request): number {
	session.wait(1);
	if (module !== undefined && module !== 'zfs') return 0;
	const versions = addedVersions(session.machine).filter((one) => version === undefined || one === version);
	for (const one of versions) {
		if (!exists(session.machine, `${treeFolder(one)}/source/dkms.conf`)) {
			session.err(`Error! Could not locate dkms.conf file.\nFile: ${treeFolder(one)}/source/dkms.conf does not exist.`);
			return 4;
		}
		const lines = statusLines(session.machine, one).filter(
			(line) => kernels.length === 0 || kernels.some((kernel) => line.includes(`, ${kernel}, `)),
		);
		if (lines.length > 0) session.out(lines.join('\n'));
	}
	return 0;
}

/** Takes the newest version in the tree, also when an older one is what the packages have. */
function autoinstall(session: Session, request: Request): number {
	const newest = addedVersions(session.machine).at(-1);
	if (newest === undefined) return 0;
	let code = 0;
	for (const kernel of kernelsOf(session, request)) {
		if (installedVersion(session.machine, kernel) === newest) continue;
		const built = isBuilt(session.machine, newest, kernel) ? 0 : buildFor(session, newest, kernel, false);
		if (built !== 0 || installFor(session, newest, kernel, true) !== 0) code = 11;
	}
	return code;
}
