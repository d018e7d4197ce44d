import { readInitramfsOnce } from '../../src/facts/initramfs-cache.js';
import { versionFact } from '../../src/facts/version-fact.js';
import { type CommandResult, succeeded } from '../../src/host/host.js';
import { packageFileName, planSave, verifyPackageFile } from '../../src/packages/apt/package-files.js';
import { readInstalledKernels } from '../../src/packages/boot/installed-kernels.js';
import {
	addCommand,
	buildCommand,
	clearTreeCommand,
	installCommand,
	removeCommand,
} from '../../src/packages/dkms/commands.js';
import { decisiveLines, makeLogPaths, readBuildProgress } from '../../src/packages/dkms/make-log.js';
import {
	placeSourceCommand,
	readSourceVersion,
	removeSourceCommand,
	sourceFolder,
	unpackSource,
} from '../../src/packages/dkms/module-source.js';
import { type DkmsEntry, readDkmsStatus } from '../../src/packages/dkms/status.js';
import { isBuilt } from '../../src/packages/dkms/tree.js';
import { type ModuleInfo, readModuleOfKernel } from '../../src/packages/module/modinfo.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { diagnose } from '../../src/zfs/problem.js';
import { commandFailure } from '../command-failure.js';
import { initramfsCommands } from '../initramfs.js';
import { moduleLoaded } from '../observe.js';
import { archivesFolder } from '../package-set.js';
import { polling } from '../progress.js';
import type { Failure, RollbackStage, RollbackTime, StepContext, StepEvent, StepOutcome, StepRun } from '../step.js';

/**
 * The route for Debian's zfs-dkms. Its packages forbid one half without the other by `Breaks`, DKMS does not: the new
 * source is put beside the old one, built and installed, while dpkg knows of nothing and everything can be undone.
 */

/** On the same file system as /usr/src, so that a half-unpacked source never stands where DKMS finds it. */
function stagingFolder(context: StepContext): string {
	return `/usr/src/.zfs-lockstep-${context.state().id}`;
}

function packageFile(context: StepContext) {
	const { modulePackage, targetVersion } = context.plan();
	const wanted = { name: modulePackage, version: targetVersion, architecture: 'all' };
	return { wanted, path: `${archivesFolder(context)}/${packageFileName(wanted)}` };
}

function sourceCommands(context: StepContext): readonly PlannedCommand[] {
	const { targetUpstream: version } = context.plan();
	const staging = stagingFolder(context);
	const make = (name: string, why: string) =>
		({ id: `module.${name}`, why, effect: 'host', mode: 'foreground' }) as const;
	return [
		{
			...make('clear-staging', 'Clear what an interrupted unpacking left'),
			work: { commands: [{ argv: ['rm', '-rf', '--', staging] }] },
		},
		{
			...make('make-staging', 'Make a folder to unpack into'),
			work: { commands: [{ argv: ['mkdir', '-m', '0755', '--', staging] }] },
		},
		{
			...make('unpack', `Unpack the module source of ${version} from its package; the package is not installed`),
			work: unpackSource(packageFile(context).path, version, staging),
		},
		{
			...make('sync-staging', 'Bring the source to the disk before it stands where DKMS finds it'),
			work: { commands: [{ argv: ['sync', '--file-system', '--', staging] }] },
		},
		{
			...make('place-source', `Put the source beside the old one as ${sourceFolder(version)}`),
			work: { commands: [placeSourceCommand(version, staging)] },
		},
		{ ...make('remove-staging', 'Remove the empty folder'), work: { commands: [{ argv: ['rmdir', '--', staging] }] } },
	];
}

/** What a power cut left of this version in DKMS's tree keeps DKMS from telling its state. */
function clearTree(context: StepContext): PlannedCommand {
	const why = 'Clear what an interruption left in DKMS of a source that it does not know';
	return planCommand('module.clear-tree', why, clearTreeCommand(context.plan().targetUpstream));
}

/** DKMS cannot even tell its state once a source is gone that it was told of. */
function syncSource(): PlannedCommand {
	const why = 'Bring the new name of the source to the disk before DKMS is told of it';
	return planCommand('module.sync-source', why, { argv: ['sync', '--file-system', '--', '/usr/src'] });
}

function dkmsAdd(context: StepContext): PlannedCommand {
	const { targetUpstream } = context.plan();
	return planCommand('module.dkms-add', `Tell DKMS of the source of ${targetUpstream}`, addCommand(targetUpstream));
}

function dkmsBuild(context: StepContext, kernel: string): PlannedCommand {
	const { targetUpstream } = context.plan();
	return planCommand(
		`module.dkms-build.${kernel}`,
		`Build OpenZFS ${targetUpstream} for kernel ${kernel}`,
		buildCommand(targetUpstream, kernel),
		{ mode: 'detached', expectedSeconds: 900 },
	);
}

function dkmsInstall(context: StepContext, kernel: string): PlannedCommand {
	const { targetUpstream } = context.plan();
	return planCommand(
		`module.dkms-install.${kernel}`,
		`Put the built module in place for kernel ${kernel}; the old one stays built in DKMS`,
		installCommand(targetUpstream, kernel),
		{ mode: 'detached', inhibitShutdown: true, expectedSeconds: 30 },
	);
}

/** Every command of the route, in order. */
export function commandsAhead(context: StepContext): readonly PlannedCommand[] {
	const { kernels } = context.plan();
	return [
		...sourceCommands(context),
		clearTree(context),
		syncSource(),
		dkmsAdd(context),
		...kernels.map((kernel) => dkmsBuild(context, kernel)),
		...kernels.map((kernel) => dkmsInstall(context, kernel)),
		...initramfsCommands(context, 'module'),
	];
}

function failed(failure: Failure, rollbackNeeded = false): StepOutcome {
	return { kind: 'failed', failure, rollbackNeeded };
}

function again({ ownCommands }: StepContext): string {
	return `Mend the cause, then go on with what is left: ${ownCommands.resumeCommand}`;
}

async function* need(context: StepContext, command: PlannedCommand): StepRun<StepOutcome | undefined> {
	const { results } = yield* context.execute(command);
	const bad = results.find((result) => !succeeded(result));
	const why = 'The old module is still loaded, and the packages are as they were.';
	return bad === undefined ? undefined : failed(commandFailure(command, bad, { why, todo: [again(context)] }));
}

/** What DKMS has of the target version; a failed reading is a failure of the step. */
async function entriesOf(context: StepContext): Promise<readonly DkmsEntry[] | StepOutcome> {
	const status = await readDkmsStatus(context.host);
	if (status.known && status.value !== undefined) {
		return status.value.filter((entry) => entry.module === 'zfs' && entry.version === context.plan().targetUpstream);
	}
	const why = status.known ? 'dkms is not installed' : status.why;
	return failed({
		what: 'The state of DKMS could not be read.',
		why: `${why}.`,
		todo: ['Look at: dkms status', again(context)],
	});
}

/** From a `file:` archive apt installs in place, so that step 2's download left no copy here. */
async function* fetchPackageFile(context: StepContext): StepRun<void> {
	const { wanted } = packageFile(context);
	for (const attempt of planSave(wanted, archivesFolder(context)).filter((one) => one.how !== 'repack')) {
		const file = await verifyPackageFile(context.host, wanted, archivesFolder(context));
		if (file.known && file.value !== undefined) return;
		yield* context.execute(
			planCommand(
				`module.fetch.${attempt.how}`,
				`Fetch the package ${wanted.name} ${wanted.version}`,
				attempt.command,
				{
					effect: 'nothing',
				},
			),
		);
	}
}

/** The package file is the one that was planned and holds the version that was planned. */
async function checkPackageFile(context: StepContext): Promise<StepOutcome | undefined> {
	const { wanted, path } = packageFile(context);
	const todo = [`It is fetched anew by: ${context.ownCommands.resumeCommand}`];
	const file = await verifyPackageFile(context.host, wanted, archivesFolder(context));
	if (!file.known || file.value === undefined) {
		const why = file.known ? `${path} is not there.` : `${file.why}.`;
		return failed({ what: `The package ${wanted.name} ${wanted.version} is not at hand.`, why, todo });
	}
	const version = await readSourceVersion(context.host, path);
	if (version.known && version.value === context.plan().targetUpstream) return undefined;
	return failed({
		what: 'The package does not hold the source that was planned.',
		why: version.known ? `It holds ${version.value}, planned was ${context.plan().targetUpstream}.` : `${version.why}.`,
		todo,
	});
}

/** An interruption right after the source was put in its place leaves the folder that it was unpacked into. */
async function* removeEmptyStaging(context: StepContext): StepRun<StepOutcome | undefined> {
	if ((await context.host.files.stat(stagingFolder(context))) === undefined) return undefined;
	const command = sourceCommands(context).find(({ id }) => id === 'module.remove-staging');
	return command === undefined ? undefined : yield* need(context, command);
}

async function* placeSource(context: StepContext): StepRun<StepOutcome | undefined> {
	const { targetUpstream, kernels } = context.plan();
	const folder = sourceFolder(targetUpstream);
	const recorded = context.state().evidence.moduleSource;
	if ((await context.host.files.stat(folder)) !== undefined) {
		if (recorded?.directory === folder) return yield* removeEmptyStaging(context);
		return failed({
			what: `${folder} is there already, and this run did not put it there.`,
			why: 'Building from a source of unknown origin proves nothing about the package.',
			todo: [
				`Look whose it is: dpkg -S ${folder}`,
				`Move it away, then go on with: ${context.ownCommands.resumeCommand}`,
			],
		});
	}
	yield* fetchPackageFile(context);
	const wrong = await checkPackageFile(context);
	if (wrong !== undefined) return wrong;
	await context.record({ moduleSource: { directory: folder, kernels } });
	for (const command of sourceCommands(context)) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	return undefined;
}

async function readMakeLog(context: StepContext, kernel: string): Promise<string | undefined> {
	const { targetUpstream } = context.plan();
	const architecture = (await context.facts()).machine.architecture;
	const paths = makeLogPaths(targetUpstream, kernel, architecture.known ? architecture.value : 'x86_64');
	for (const path of paths) {
		const log = await context.host.files.read(path);
		if (log !== undefined) return log;
	}
	return undefined;
}

const stageWords = {
	configure: 'configure: probing the kernel, stands still for minutes',
	compile: 'compiling',
	link: 'linking',
	done: 'done',
	failed: 'failed',
} as const;

async function buildEvents(context: StepContext, kernel: string): Promise<readonly StepEvent[]> {
	const progress = readBuildProgress(await readMakeLog(context, kernel), context.plan().targetUpstream);
	return [
		{
			type: 'progress',
			id: `module.dkms-build.${kernel}`,
			label: `Module for ${kernel}`,
			done: progress.compiled,
			total: progress.expected,
			unit: 'items',
			stage: stageWords[progress.stage],
		},
	];
}

async function buildFailure(
	context: StepContext,
	kernel: string,
	result: CommandResult | undefined,
): Promise<StepOutcome> {
	const log = await readMakeLog(context, kernel);
	// dkms before 3.1 keeps what configure says to its own output; make.log then knows no reason.
	const lines = decisiveLines([result?.stdout, result?.stderr, log].filter((text) => text !== undefined).join('\n'));
	const said = result === undefined ? 'It did not run.' : diagnose(result).message;
	return failed({
		what: `OpenZFS ${context.plan().targetUpstream} could not be built for kernel ${kernel}.`,
		why: 'Nothing that boots was changed: the old module is still installed for every kernel.',
		todo: [
			`The whole log: ${makeLogPaths(context.plan().targetUpstream, kernel, 'x86_64')[0]}`,
			again(context),
			`Or clean up: ${context.ownCommands.commandLine('rollback')}`,
		],
		lines: lines.length > 0 ? lines : said.split('\n'),
	});
}

async function* build(context: StepContext, kernel: string): StepRun<StepOutcome | undefined> {
	const { results } = yield* polling(
		context.execute(dkmsBuild(context, kernel)),
		() => context.host.sleep(5),
		() => buildEvents(context, kernel),
	);
	// dkms's exit code lies in both directions: what is there decides.
	return (await isBuilt(context.host, context.plan().targetUpstream, kernel))
		? undefined
		: buildFailure(context, kernel, results[0]);
}

/** DKMS knows of the source, and says what it has built of it; or how the step ends. */
async function* addToDkms(context: StepContext): StepRun<readonly DkmsEntry[] | StepOutcome> {
	const first = await entriesOf(context);
	if (!('kind' in first) && first.length > 0) return first;
	for (const command of [clearTree(context), syncSource()]) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	const entries = 'kind' in first ? await entriesOf(context) : first;
	if ('kind' in entries || entries.length > 0) return entries;
	return (yield* need(context, dkmsAdd(context))) ?? entries;
}

/** Does what is missing, in order; returns how the step ends when something fails. */
export async function* buildAhead(context: StepContext): StepRun<StepOutcome | undefined> {
	const { kernels, targetUpstream, targetVersion } = context.plan();
	const answer = yield* context.ask({
		id: 'module.approve',
		kind: 'confirm',
		title: `Build and install the OpenZFS ${targetUpstream} module for ${kernels.length} kernel${kernels.length === 1 ? '' : 's'}?`,
		body: [
			`The source of ${targetVersion} is put beside the old one in DKMS. No package is changed.`,
			'A build takes ten to thirty minutes a kernel and goes on if this terminal closes.',
			'If it fails, nothing that boots was changed. Until the reboot the old module stays loaded.',
		],
		commands: commandsAhead(context),
	});
	if (answer.value !== true) {
		return {
			kind: 'waiting',
			waitingFor: 'administrator',
			text: 'The module build was declined; nothing was changed.',
		};
	}
	const placed = yield* placeSource(context);
	if (placed !== undefined) return placed;
	const entries = yield* addToDkms(context);
	if ('kind' in entries) return entries;
	for (const kernel of kernels) {
		if (entries.some((entry) => entry.kernel === kernel && entry.state !== 'broken')) continue;
		const end = yield* build(context, kernel);
		if (end !== undefined) return end;
	}
	for (const kernel of kernels) {
		const end = yield* need(context, dkmsInstall(context, kernel));
		if (end !== undefined) return end;
	}
	for (const command of initramfsCommands(context, 'module')) {
		const end = yield* need(context, command);
		if (end !== undefined) return end;
	}
	return undefined;
}

/** Whether every kernel has the old module again, on the disk and, where there is one inside, in the initramfs. */
async function isOldModuleInPlace({ host, plan }: StepContext): Promise<boolean> {
	const { kernels, fromUpstream, initramfsTool } = plan();
	const isOld = (module: ModuleInfo) => {
		const version = versionFact(module.version, module.path);
		return version.known && version.value.upstream === fromUpstream;
	};
	const installed = await readInstalledKernels(host);
	for (const release of kernels) {
		const module = await readModuleOfKernel(host, release);
		if (!module.known || module.value === undefined || !isOld(module.value)) return false;
		const image = installed.known ? installed.value.find((kernel) => kernel.release === release)?.initramfs : undefined;
		if (initramfsTool === 'none' || image === undefined) continue;
		const inside = await readInitramfsOnce(host, initramfsTool, image, release);
		if (!inside.known || (inside.value !== undefined && !isOld(inside.value))) return false;
	}
	return installed.known;
}

/** Until the packages follow, the old module is still built in DKMS: putting it back compiles nothing. */
export async function rollbackAhead(context: StepContext, when: RollbackTime): Promise<readonly RollbackStage[]> {
	const { fromUpstream, targetUpstream, kernels, fromVersion, targetVersion } = context.plan();
	const { evidence, steps } = context.state();
	// The package transaction owns the module from then on, and its own way back restores it.
	if (steps.userspace.status !== 'pending') return [];
	// Until the step has ended, what it is about to put in place must be undone too.
	const isPlacing = when === 'ahead' && steps.module.status !== 'pending' && steps.module.status !== 'done';
	const directory = evidence.moduleSource?.directory;
	const isPlaced = directory !== undefined && (await context.host.files.stat(directory)) !== undefined;
	if (!isPlacing && !isPlaced) return [];
	const isLoaded = (await moduleLoaded(context)).matches;
	const putBack: readonly RollbackStage[] = [
		{
			title: `Put the module of ${fromVersion} back`,
			undoes: ['reboot', 'verify'],
			why: 'It is still built in DKMS, so nothing is compiled.',
			commands: [
				...kernels.map((kernel) =>
					planCommand(
						`rollback.dkms-install.${kernel}`,
						`Put the module of ${fromUpstream} in place for kernel ${kernel}`,
						installCommand(fromUpstream, kernel),
						{ mode: 'detached', inhibitShutdown: true },
					),
				),
				...initramfsCommands(context, 'rollback'),
			],
			rebootAfter: isLoaded,
			notes: isLoaded
				? ['The new module stays loaded until the reboot.']
				: [
						'While the old module is the loaded one no reboot is needed: cat /sys/module/zfs/version',
						`If that says ${targetVersion}, reboot afterwards.`,
					],
		},
	];
	return [
		...(!isPlacing && !isLoaded && (await isOldModuleInPlace(context)) ? [] : putBack),
		{
			title: `Remove the source of ${targetUpstream}`,
			undoes: ['module'],
			why: 'Otherwise DKMS builds it for the next kernel that is installed.',
			commands: [
				planCommand('rollback.dkms-remove', `Let DKMS forget ${targetUpstream}`, removeCommand(targetUpstream)),
				planCommand(
					'rollback.remove-source',
					'Remove the source that this run unpacked',
					removeSourceCommand(targetUpstream),
				),
			],
			rebootAfter: false,
			notes: [],
		},
	];
}
