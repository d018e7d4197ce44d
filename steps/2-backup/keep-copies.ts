import { takeInventory } from '../../src/inventory/take.js';
import type { StepContext, StepOutcome, StepRun } from '../step.js';
import { failed, need } from './fail.js';
import { saveHostFiles } from './host-files.js';
import { downloadCommand, savePackages } from './keep-packages.js';

/**
 * What the run keeps for the way back, and the host has lost. Once packages are replaced the old ones cannot be had, and
 * an inventory that is taken after the reboot would hide what the reboot has lost.
 */
export async function findLost(context: StepContext): Promise<readonly string[]> {
	const { packages } = await context.facts();
	const { fromVersion } = context.plan();
	if (!packages.installed.known || packages.installed.value.some(({ version }) => version !== fromVersion)) return [];
	const { savedPackages = [], hostFiles, inventory, bootIdBeforeReboot } = context.state().evidence;
	const before = bootIdBeforeReboot === undefined ? inventory : undefined;
	const kept = [...savedPackages.map(({ file }) => file), hostFiles, before].filter((path) => path !== undefined);
	const stats = await Promise.all(kept.map((path) => context.host.files.stat(path)));
	return kept.filter((_path, index) => stats[index] === undefined);
}

/** Copies that touch nothing but the run's own folder. */
export async function* keepCopies(context: StepContext): StepRun<StepOutcome | undefined> {
	const { host, runDirectory } = context;
	const { evidence } = context.state();
	const lost = await findLost(context);
	if (evidence.hostFiles === undefined || lost.includes(evidence.hostFiles)) {
		const directory = `${runDirectory}/host-files`;
		yield { type: 'log', level: 'info', text: 'Copying the host files that a rescue needs.' };
		const copied = await saveHostFiles(host, directory);
		yield { type: 'log', level: 'info', text: `Kept ${copied.length} host files in ${directory}.` };
		await context.record({ hostFiles: directory });
	}
	if (evidence.savedPackages === undefined || evidence.savedPackages.some(({ file }) => lost.includes(file))) {
		const { packages } = await context.facts();
		const { saved, missing } = yield* savePackages(context, packages.installed.known ? packages.installed.value : []);
		if (missing.length > 0) {
			yield {
				type: 'finding',
				finding: {
					id: 'backup.packages-not-saved',
					severity: 'warning',
					title: `${missing.length} installed packages could not be kept as files`,
					detail: `${missing.map((one) => `${one.name} ${one.version}`).join(', ')}: neither the archive, apt's cache nor dpkg-repack gave them. Going back needs them.`,
					remediation: [
						{ text: `Get the .deb files from a snapshot archive into ${runDirectory}/packages before going on.` },
					],
					source: 'Debian keeps only the newest version of a suite; measured in packages.md 1.7',
				},
			};
		}
		await context.record({ savedPackages: saved });
	}
	const download = yield* need(context, await downloadCommand(context));
	if (download !== undefined) return download;
	if (evidence.inventory === undefined || lost.includes(evidence.inventory)) {
		yield { type: 'log', level: 'info', text: 'Taking the inventory of pools, datasets, snapshots and mounts.' };
		const inventory = await takeInventory(host, `${runDirectory}/inventory-before`);
		if (!inventory.known) {
			return failed(
				'The inventory could not be taken.',
				`${inventory.why}. Without it nothing can be compared afterwards.`,
				[`Mend the cause, then go on with: ${context.ownCommands.resumeCommand}`],
			);
		}
		await context.record({ inventory: `${runDirectory}/inventory-before` });
	}
	return undefined;
}
