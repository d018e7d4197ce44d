/** A DKMS build as it passes: configure, hundreds of objects, signing; and how it fails. */
import { architecture, buildFolder, builtFolder, readSource } from './dkms-tree.js';
import { isAtLeast } from './features.js';
import { moduleFile, moduleKinds } from './module-files.js';
import { file } from './node.js';
import type { Session } from './session.js';
import { exists, makeFolder, putNode, removeTree, textOf, writeText } from './tree.js';
import { TreeError } from './tree-error.js';
import { seriesOf } from './zfs-version.js';

/** Simulated seconds of an ordinary host with a few cores. */
const configureSeconds = 240;
const compileSeconds = 420;
/** Measured with 2.3.2 for 6.1.0-56-amd64, at its end. */
const buildTreeBytes = 412 * 1024 ** 2;
/** make.log grows in so many pieces. */
const pieces = 60;

/** `CC [M]` lines of a whole build, measured on kernel 6.1. */
function objectCount(version: string): number {
	return isAtLeast(seriesOf(version), [2, 2]) ? 289 : 266;
}

/**
 * Compiles a version for a kernel; the modules are then below `builtFolder`, or make.log says why not.
 * @param isQuiet the package's script throws DKMS's words away
 * @returns dkms's exit code: 0, or 10 when the build failed
 */
export function buildModule(session: Session, version: string, kernel: string, isQuiet: boolean): 0 | 10 {
	const say = (text: string) => {
		if (!isQuiet) session.out(text);
	};
	const source = readSource(session.machine, version);
	const log = `${buildFolder(version)}/make.log`;
	session.change(makeFolder(removeTree(session.machine, buildFolder(version)), buildFolder(version)));
	say('Sign command: /usr/lib/linux-kbuild-6.1/scripts/sign-file');
	say('Signing key: /var/lib/dkms/mok.key');
	say('Public certificate (MOK): /var/lib/dkms/mok.pub');
	if (source === undefined) return failBuild(session, version, kernel, ['configure: error: cannot find sources'], say);
	say('\nRunning the pre_build script:');
	for (const step of configureSteps) {
		session.wait(configureSeconds / configureSteps.length);
		say(step);
	}
	say('\nBuilding module:\nCleaning build area...');
	const failure = session.machine.faults.buildFails.find(
		(one) => one.version === version && (one.kernels.length === 0 || one.kernels.includes(kernel)),
	);
	const objects = objectNames(version);
	const stop = failure === undefined ? objects.length : Math.floor(objects.length * 0.6);
	try {
		appendLog(session, log, logHead(session, version, kernel));
		for (let done = 0; done < stop; ) {
			const upTo = Math.min(stop, done + Math.ceil(objects.length / pieces));
			session.wait((compileSeconds * (upTo - done)) / objects.length);
			appendLog(
				session,
				log,
				objects.slice(done, upTo).map((name) => `  CC [M]  ${buildFolder(version)}/module/${name}`),
			);
			done = upTo;
			fillBuildTree(session, version, done / objects.length);
		}
		if (failure !== undefined) return failBuild(session, version, kernel, compilerError(version, kernel), say);
		return finishBuild(session, { version, kernel, log, source, say });
	} catch (error) {
		if (!(error instanceof TreeError) || error.code !== 'ENOSPC') throw error;
		return failBuild(
			session,
			version,
			kernel,
			['fatal error: error writing to /tmp/cc1: No space left on device'],
			say,
		);
	}
}

interface Finishing {
	readonly version: string;
	readonly kernel: string;
	readonly log: string;
	readonly source: NonNullable<ReturnType<typeof readSource>>;
	readonly say: (text: string) => void;
}

function finishBuild(session: Session, { version, kernel, log, source, say }: Finishing): 0 {
	const kinds = moduleKinds(version);
	session.wait(8);
	appendLog(session, log, [
		`  MODPOST ${buildFolder(version)}/module/Module.symvers`,
		...kinds.map(({ name }) => `  LD [M]  ${buildFolder(version)}/module/${name}.ko`),
		`make: Leaving directory '/usr/src/linux-headers-${kernel}'`,
	]);
	say(`make -j2 KERNELRELEASE=${kernel}.......................`);
	const folder = builtFolder(version, kernel);
	const built = {
		version: source.moduleVersion,
		kernel,
		layout: source.layout,
		at: session.now,
		signer: signerOf(session),
	};
	let machine = makeFolder(makeFolder(session.machine, `${folder}/module`), `${folder}/log`);
	for (const kind of kinds) {
		say(`Signing module ${buildFolder(version)}/module/${kind.name}.ko`);
		machine = putNode(machine, `${folder}/module/${kind.name}.ko`, moduleFile(kind, built));
	}
	machine = writeText(machine, `${folder}/log/make.log`, textOf(machine, log) ?? '');
	say('Cleaning build area...');
	session.change(removeTree(machine, buildFolder(version)));
	return 0;
}

function signerOf(session: Session): string | undefined {
	return exists(session.machine, '/var/lib/dkms/mok.key') ? 'DKMS module signing key' : undefined;
}

function failBuild(
	session: Session,
	version: string,
	kernel: string,
	lines: readonly string[],
	say: (text: string) => void,
): 10 {
	session.wait(3);
	const log = `${buildFolder(version)}/make.log`;
	try {
		appendLog(session, log, lines);
	} catch (error) {
		// The disk that is full takes its own last words too.
		if (!(error instanceof TreeError)) throw error;
	}
	say(`make -j2 KERNELRELEASE=${kernel}..............(bad exit status: 2)`);
	session.err(`Error! Bad return status for module build on kernel: ${kernel} (${architecture})`);
	session.err(`Consult ${log} for more information.`);
	return 10;
}

function appendLog(session: Session, log: string, lines: readonly string[]): void {
	const text = `${textOf(session.machine, log) ?? ''}${lines.join('\n')}\n`;
	session.change(writeText(session.machine, log, text));
}

/** One file stands for all objects: a build that finds the disk full fails like a real one. */
function fillBuildTree(session: Session, version: string, share: number): void {
	const bytes = BigInt(Math.floor(buildTreeBytes * share));
	const objects = file('objects\n', { mtime: Math.floor(session.now), bytes });
	session.change(putNode(session.machine, `${buildFolder(version)}/objects`, objects));
}

function logHead({ now }: Session, version: string, kernel: string): readonly string[] {
	return [
		`DKMS make.log for zfs-${version} for kernel ${kernel} (${architecture})`,
		new Date(Math.floor(now) * 1000).toUTCString().replace('GMT', 'UTC'),
		`make: Entering directory '/usr/src/linux-headers-${kernel}'`,
	];
}

const configureSteps = [
	'checking metadata... META file',
	'checking build system type... x86_64-pc-linux-gnu',
	'checking for gcc... gcc',
	'checking whether the C compiler works... yes',
	'checking for flock... yes',
	'checking kernel source and build directories... done',
	'checking kernel file name for module symbols... Module.symvers',
	'checking whether modules can be built... yes',
	'checking for available kernel interfaces... done',
	'configure: creating ./config.status',
	'config.status: creating zfs_config.h',
] as const;

const folders = [
	'avl',
	'icp/algs/aes',
	'icp/api',
	'lua',
	'nvpair',
	'os/linux/spl',
	'os/linux/zfs',
	'unicode',
	'zcommon',
	'zfs',
	'zstd',
];

/** As many names as a real build has objects; only their number matters. */
function objectNames(version: string): readonly string[] {
	return Array.from({ length: objectCount(version) }, (_, index) => {
		const folder = folders[Math.floor((index * folders.length) / objectCount(version))];
		return `${folder}/${folder?.split('/').at(-1)}_${index}.o`;
	});
}

function compilerError(version: string, kernel: string): readonly string[] {
	const file = `${buildFolder(version)}/module/os/linux/zfs/zpl_file.c`;
	const scripts = `/usr/src/linux-headers-${kernel.replace(/-amd64$/, '-common')}`;
	return [
		`${file}: In function 'zpl_iter_read':`,
		`${file}:412:9: error: implicit declaration of function 'iov_iter_get_pages2' [-Werror=implicit-function-declaration]`,
		'  412 |         rc = iov_iter_get_pages2(iter, pages, len, nr, &off);',
		'      |         ^~~~~~~~~~~~~~~~~~~',
		'cc1: some warnings being treated as errors',
		`make[3]: *** [${scripts}/scripts/Makefile.build:250: ${buildFolder(version)}/module/os/linux/zfs/zpl_file.o] Error 1`,
		`make[2]: *** [${scripts}/Makefile:2037: ${buildFolder(version)}/module] Error 2`,
		'make[1]: *** [Makefile:56: modules-Linux] Error 2',
		'make: *** [Makefile:920: all] Error 2',
	];
}
