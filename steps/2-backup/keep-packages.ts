import { planHolds } from '../../src/packages/apt/holds.js';
import { planSave, verifyPackageFile } from '../../src/packages/apt/package-files.js';
import type { InstalledPackage } from '../../src/packages/package-manager.js';
import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import { archivesFolder, forwardChange, packageManager, prepareSetFiles } from '../package-set.js';
import type { HeldPackages, SavedPackage } from '../run-state.js';
import type { StepContext, StepRun } from '../step.js';

function savedFolder(context: StepContext): string {
	return `${context.runDirectory}/packages`;
}

/** The installed set as files, each read to its end; and those that could not be had. */
export async function* savePackages(
	context: StepContext,
	installed: readonly InstalledPackage[],
): StepRun<{ readonly saved: readonly SavedPackage[]; readonly missing: readonly InstalledPackage[] }> {
	const folder = savedFolder(context);
	await context.host.files.makeDirectory(folder, { mode: 0o700 });
	const saved: SavedPackage[] = [];
	const missing: InstalledPackage[] = [];
	for (const wanted of installed) {
		let file = await verifyPackageFile(context.host, wanted, folder);
		for (const attempt of planSave(wanted, folder)) {
			if (file.known && file.value !== undefined) break;
			yield* context.execute(
				plan(
					`backup.save.${wanted.name}.${attempt.how}`,
					`Keep the installed ${wanted.name} ${wanted.version} (from ${attempt.how}) for the way back`,
					attempt.command,
					{ effect: 'nothing' },
				),
			);
			file = await verifyPackageFile(context.host, wanted, folder);
		}
		if (file.known && file.value !== undefined) saved.push(file.value);
		else missing.push(wanted);
	}
	if (saved.length > 0) yield* context.execute(syncCommand([...saved.map(({ file }) => file), folder]));
	return { saved, missing };
}

/** Before they are recorded: a power cut must not leave a record of files that are not there. */
function syncCommand(paths: readonly string[]): PlannedCommand {
	const why = 'Bring the kept packages to the disk';
	return plan('backup.save.sync', why, { argv: ['sync', '--', ...paths] }, { effect: 'nothing' });
}

/** Everything that the later transaction needs, fetched now: no step depends on the network afterwards. */
export async function downloadCommand(context: StepContext): Promise<PlannedCommand> {
	await prepareSetFiles(context);
	return plan(
		'backup.download',
		`Fetch OpenZFS ${context.plan().targetVersion} into ${archivesFolder(context)}; nothing is installed`,
		packageManager.downloadCommand(forwardChange(context)),
		{ effect: 'nothing', mode: 'detached' },
	);
}

/** What is held already is the administrator's own and stays held at the end. */
export function choosePackageHolds(
	installed: readonly InstalledPackage[],
	set: readonly InstalledPackage[],
): HeldPackages {
	return planHolds(installed, set);
}

export function holdPackagesCommand(held: HeldPackages): PlannedCommand | undefined {
	const [first, ...rest] = held.ours;
	if (first === undefined) return undefined;
	return plan(
		'backup.hold-packages',
		'Hold the OpenZFS and kernel packages, so that no other upgrade changes half of them meanwhile',
		packageManager.holdCommand([first, ...rest]),
	);
}

/**
 * @param which `held`: only what is still on hold, for a library that the upgrade replaced is not known any more, and
 *   naming it fails
 */
export async function unholdPackagesCommand(
	context: StepContext,
	which: 'held' | 'all' = 'held',
): Promise<PlannedCommand | undefined> {
	const ours = context.state().evidence.heldPackages?.ours ?? [];
	if (ours.length === 0) return undefined;
	const holds = await packageManager.readHolds(context.host);
	const [first, ...rest] = holds.known && which === 'held' ? ours.filter((name) => holds.value.includes(name)) : ours;
	if (first === undefined) return undefined;
	return plan(
		'finish.unhold-packages',
		'Release the package holds that this run set; yours stay',
		packageManager.unholdCommand([first, ...rest]),
	);
}
