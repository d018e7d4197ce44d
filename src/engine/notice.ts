import type { RunState } from '../../steps/run-state.js';
import type { Host } from '../host/host.js';
import { currentStep } from './status.js';

/** pam_motd(8) shows every file in here at login; /run is empty after a boot, so the unit writes it anew. */
const noticeFolder = '/run/motd.d';
const noticeFile = `${noticeFolder}/zfs-lockstep`;

function noticeText(state: RunState): string | undefined {
	const id = currentStep(state);
	if (id === undefined || state.endedAt !== null || state.plan === null) {
		return undefined;
	}
	const step = state.steps[id];
	const next =
		step.status === 'waiting'
			? step.text
			: step.status === 'failed'
				? step.failure.what
				: 'It goes on when zfs-lockstep is run.';
	return [
		'',
		`  zfs-lockstep: an upgrade to OpenZFS ${state.plan.targetUpstream} is under way on this host.`,
		`  ${next}`,
		'  Go on: zfs-lockstep     Where it stands: zfs-lockstep status     The way back: zfs-lockstep rollback',
		'  Until it is finished do not run "zpool upgrade", and leave replication on hold.',
		'',
		'',
	].join('\n');
}

/** Says at login that a run is in progress, and nothing when none is. */
export async function updateNotice(host: Host, state: RunState | undefined): Promise<void> {
	const text = state === undefined ? undefined : noticeText(state);
	if (text === undefined) {
		await host.files.remove(noticeFile);
		return;
	}
	await host.files.makeDirectory(noticeFolder, { mode: 0o755 });
	await host.files.write(noticeFile, text, { mode: 0o644 });
}
