import { apt } from '../src/packages/apt/apt.js';
import { preferencesText } from '../src/packages/apt/preferences.js';
import type { PackageManager, SetChange } from '../src/packages/package-manager.js';
import type { StepContext } from './step.js';

/** Seconds to wait for another package manager before giving up with "busy". */
const lockTimeoutSeconds = 600;

/** The manager that the routes of this program drive. */
export const packageManager: PackageManager = apt;

export function archivesFolder(context: StepContext): string {
	return `${context.runDirectory}/archives`;
}

function preferencesFile(context: StepContext): string {
	return `${context.runDirectory}/preferences`;
}

/** Writes the private pin file and the folder for downloads that the set's commands name. */
export async function prepareSetFiles(context: StepContext): Promise<void> {
	const { host } = context;
	const { source, targetVersion } = context.plan();
	await host.files.makeDirectory(`${archivesFolder(context)}/partial`, { mode: 0o700 });
	const hostPreferences = await host.files.read('/etc/apt/preferences');
	await host.files.write(preferencesFile(context), preferencesText(source, targetVersion, hostPreferences), {
		mode: 0o644,
	});
}

/** The whole set to the target version: the one transaction that leaves both halves alike. */
export function forwardChange(context: StepContext): SetChange & { readonly archivesDirectory: string } {
	const { packages, packagesNew, targetVersion } = context.plan();
	return {
		direction: 'forward',
		from: {
			kind: 'archive',
			packages: [...packages, ...packagesNew].map((name) => ({ name, version: targetVersion })),
			preferencesFile: preferencesFile(context),
		},
		archivesDirectory: archivesFolder(context),
		// The set is on hold between the stages, by this run.
		changeHeld: true,
		lockTimeoutSeconds,
	};
}

/** The whole set back to where it was, from the saved files: works without any archive. Undefined: none were saved. */
export function backChange(context: StepContext): SetChange | undefined {
	const files = (context.state().evidence.savedPackages ?? []).map((saved) => saved.file);
	const [first, ...rest] = files;
	if (first === undefined) return undefined;
	return { direction: 'back', from: { kind: 'files', files: [first, ...rest] }, changeHeld: true, lockTimeoutSeconds };
}
