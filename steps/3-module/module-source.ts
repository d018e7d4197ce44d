import { packageFileName, planSave, verifyPackageFile } from '../../src/packages/apt/package-files.js';
import { clearTreeCommand } from '../../src/packages/dkms/commands.js';
import {
	placeSourceCommand,
	readSourceVersion,
	sourceFolder,
	unpackSource,
} from '../../src/packages/dkms/module-source.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { archivesFolder } from '../package-set.js';
import type { StepContext, StepOutcome, StepRun } from '../step.js';
import { failed, need } from './fail.js';

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

/** Puts the source of the target version where DKMS finds it, whole or not at all. */
export function sourceCommands(context: StepContext): readonly PlannedCommand[] {
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
export function clearTree(context: StepContext): PlannedCommand {
	const why = 'Clear what an interruption left in DKMS of a source that it does not know';
	return planCommand('module.clear-tree', why, clearTreeCommand(context.plan().targetUpstream));
}

/** DKMS cannot even tell its state once a source is gone that it was told of. */
export function syncSource(): PlannedCommand {
	const why = 'Bring the new name of the source to the disk before DKMS is told of it';
	return planCommand('module.sync-source', why, { argv: ['sync', '--file-system', '--', '/usr/src'] });
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

/** Fetches, checks and places the source; what is there already is not done again. */
export async function* placeSource(context: StepContext): StepRun<StepOutcome | undefined> {
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
