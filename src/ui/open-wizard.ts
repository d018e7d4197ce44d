import type { RunOutcome } from '../engine/run-event.js';
import type { WizardOptions } from './wizard.js';

/** Loads the screen only when it is needed: Ink and React take five times as long to start as everything else. */
export async function openWizard(options: WizardOptions): Promise<RunOutcome> {
	const { runWizard } = await import('./wizard.js');
	return runWizard(options);
}
