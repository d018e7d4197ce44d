import type { RunState } from '../../steps/run-state.js';
import type { StepId } from '../../steps/step.js';
import type { Host } from '../host/host.js';
import { singleLine } from '../host/text.js';
import type { OwnCommands } from '../plan/own-commands.js';
import { currentStep } from './status.js';

/** pam_motd(8) shows every file in here at login; /run is empty after a boot, so the unit writes it anew. */
const noticeFolder = '/run/motd.d';
const noticeFile = `${noticeFolder}/zfs-lockstep`;

/** More would push the rest of the login's text from the screen. */
const faultLimit = 4;

/** What a boot in the middle of the run brought; `faults` one line each. */
export interface BootNews {
	readonly title: string;
	readonly faults: readonly string[];
}

function whatIsNext(state: RunState, id: StepId): string {
	const step = state.steps[id];
	switch (step.status) {
		case 'waiting':
			return step.text;
		case 'failed':
			return step.failure.what;
		default:
			return 'It was left or interrupted; nothing more is done by itself.';
	}
}

function faultLines(faults: readonly string[]): string[] {
	const rest = faults.length - faultLimit;
	const more = rest > 0 ? [`and ${rest} more: journalctl -b -u zfs-lockstep`] : [];
	return [...faults.slice(0, faultLimit), ...more].map((line) => `    - ${line}`);
}

/** Undefined: no run is in progress. */
export function noticeText(state: RunState, own: OwnCommands, boot?: BootNews): string | undefined {
	const id = currentStep(state);
	if (id === undefined || state.endedAt !== null || state.plan === null) {
		return undefined;
	}
	return [
		'',
		`  zfs-lockstep: an upgrade to OpenZFS ${state.plan.targetUpstream} is under way on this host.`,
		`  ${boot?.title ?? whatIsNext(state, id)}`,
		...faultLines(boot?.faults ?? []),
		`  Go on:            ${own.resumeCommand}`,
		`  Where it stands:  ${own.commandLine('status')}`,
		`  The way back:     ${own.commandLine('rollback')}`,
		'  Until it is finished do not run "zpool upgrade", and leave replication on hold.',
		'',
		'',
	]
		.map(singleLine)
		.join('\n');
}

/** Says at login that a run is in progress, and what the boot brought; nothing when none is. */
export async function updateNotice(
	host: Host,
	state: RunState | undefined,
	own: OwnCommands,
	boot?: BootNews,
): Promise<void> {
	const text = state === undefined ? undefined : noticeText(state, own, boot);
	if (text === undefined) {
		await host.files.remove(noticeFile);
		return;
	}
	await host.files.makeDirectory(noticeFolder, { mode: 0o755 });
	await host.files.write(noticeFile, text, { mode: 0o644 });
}
