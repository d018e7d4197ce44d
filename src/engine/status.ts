import type { RunState } from '../../steps/run-state.js';
import { type StepId, stepIds } from '../../steps/step.js';
import type { OwnCommands } from '../plan/own-commands.js';

/** Where a run stands, as `status --json` prints it. */
export interface RunStatus {
	readonly schemaVersion: 1;
	/** Null: no run is recorded. */
	readonly run: {
		readonly id: string;
		readonly startedAt: number;
		readonly endedAt: number | null;
		readonly route: string | null;
		readonly from: string;
		readonly target: string | null;
	} | null;
	readonly step: { readonly index: number; readonly of: 7; readonly id: StepId; readonly state: string } | null;
	/** Who must act: `reboot` and `administrator` wait for a person, `nobody` means that work is going on. */
	readonly waitingFor: 'reboot' | 'administrator' | 'nobody' | null;
	/** What happens next, one sentence. */
	readonly next: string;
	/** Observed now, `unknown` where it could not be read, `not loaded` for an absent module. */
	readonly versions: { readonly userspace: string; readonly loadedModule: string; readonly runningKernel: string };
}

/** What the host says beside the record. */
export interface Observed {
	readonly versions: RunStatus['versions'];
	/** Undefined where /proc does not tell. */
	readonly bootId: string | undefined;
	/** Somebody holds the lock, or the detached command of the run goes on: only then is work really going on. */
	readonly isAtWork: boolean;
}

/** The step the run stands at: the first that is neither done nor skipped; undefined at the end. */
export function currentStep(state: Pick<RunState, 'steps'>): StepId | undefined {
	return stepIds.find((id) => state.steps[id].status !== 'done' && state.steps[id].status !== 'skipped');
}

/** What `status` says about a recorded run. Pure; what the host says was observed by the caller. */
export function describeStatus(
	state: RunState | undefined,
	{ versions, bootId, isAtWork }: Observed,
	{ resumeCommand, commandLine }: OwnCommands,
): RunStatus {
	if (state === undefined) {
		return {
			schemaVersion: 1,
			run: null,
			step: null,
			waitingFor: null,
			next: `No run is recorded. Begin with: ${resumeCommand}`,
			versions,
		};
	}
	const run = {
		id: state.id,
		startedAt: state.startedAt,
		endedAt: state.endedAt,
		route: state.plan?.route ?? null,
		from: state.from.userspace,
		target: state.plan?.targetVersion ?? null,
	};
	const id = currentStep(state);
	if (id === undefined || state.endedAt !== null) {
		return {
			schemaVersion: 1,
			run,
			step: null,
			waitingFor: null,
			next: `The run is finished. Its story: ${commandLine('report')}`,
			versions,
		};
	}
	const current = state.steps[id];
	const step = { index: stepIds.indexOf(id) + 1, of: 7 as const, id, state: current.status };
	const { bootIdBeforeReboot } = state.evidence;
	const isRebooted = bootId !== undefined && bootIdBeforeReboot !== undefined && bootId !== bootIdBeforeReboot;
	// Also where the host went down faster than this program could record that it waits.
	if (id === 'reboot' && isRebooted && !isAtWork && (current.status === 'waiting' || current.status === 'running')) {
		return {
			schemaVersion: 1,
			run,
			step: { ...step, state: 'waiting' },
			waitingFor: 'administrator',
			next: `The host was rebooted. Have that verified, and go on, with: ${resumeCommand}`,
			versions,
		};
	}
	switch (current.status) {
		case 'waiting':
			return { schemaVersion: 1, run, step, waitingFor: current.waitingFor, next: current.text, versions };
		case 'failed':
			return {
				schemaVersion: 1,
				run,
				step,
				waitingFor: 'administrator',
				next: current.rollbackNeeded
					? `${current.failure.what} The way back: ${commandLine('rollback')}`
					: `${current.failure.what} Mend it, then go on with: ${resumeCommand}`,
				versions,
			};
		case 'running':
			return isAtWork
				? {
						schemaVersion: 1,
						run,
						step,
						waitingFor: 'nobody',
						next: `The step was begun. Watch it or go on with: ${resumeCommand}`,
						versions,
					}
				: {
						schemaVersion: 1,
						run,
						step: { ...step, state: 'interrupted' },
						waitingFor: 'administrator',
						next: `The step was begun and interrupted. Go on with: ${resumeCommand}`,
						versions,
					};
		default:
			return {
				schemaVersion: 1,
				run,
				step,
				waitingFor: 'administrator',
				next: `Go on with: ${resumeCommand}`,
				versions,
			};
	}
}
