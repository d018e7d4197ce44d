import type { RunOutcome } from '../engine/run-event.js';
import type { WizardOptions } from './wizard.js';

/** Begins to load the screen, while something else is waited for: the lock, the state, the disk. */
export function preloadWizard(): void {
	// What is wrong with it is said by `openWizard`.
	import('./wizard.js').catch(() => undefined);
}

/** Loads the screen only when it is needed: Ink and React take five times as long to start as everything else. */
export async function openWizard(options: WizardOptions): Promise<RunOutcome> {
	const { runWizard } = await import('./wizard.js');
	return runWizard(options);
}
