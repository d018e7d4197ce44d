import { type RunState, runStateSchemaVersion } from '../../steps/run-state.js';
import { validateRunState } from '../../steps/validate-run-state.js';
import { type Journal, openJournal } from '../journal/state.js';
import type { Program } from './program.js';

/** The recorded run, for commands that only look: no lock, nothing is made. Throws JournalError. */
export function readRun(program: Program): RunState | undefined {
	return journalOf(program, 'read').read();
}

/** The journal in the program's own folder. Throws JournalError. */
export function journalOf(program: Program, access: 'read' | 'write'): Journal<RunState> {
	return openJournal<RunState>({
		directory: program.places.journalDirectory,
		schemaVersion: runStateSchemaVersion,
		validate: validateRunState,
		access,
		...(program.simulated === undefined ? {} : { allowVolatile: true }),
	});
}
