import type { RunState } from '../../steps/run-state.js';
import type { StepEvent, StepRun } from '../../steps/step.js';
import { jobFor, settle, watch } from './execute.js';
import type { Session } from './session.js';

/**
 * Finds out what became of a command that an earlier sitting began. A job that still runs is watched to its end; the
 * result of one that ended meanwhile is kept for its step; of everything else only the host knows, and the steps ask it.
 */
export async function* settleIntent(session: Session): StepRun<void> {
	const intent = session.state.intent;
	if (intent === null) {
		return;
	}
	const bootId = (await session.host.files.read('/proc/sys/kernel/random/boot_id'))?.trim();
	if (intent.jobId !== null && bootId === intent.bootId) {
		const status = await session.host.jobStatus(intent.jobId);
		if (status.state === 'running') {
			const lines = session.host.job(jobFor(intent.command, intent.jobId), { signal: session.leave });
			session.collected.set(intent.command.id, yield* watch(session, intent.command, lines, true));
			return;
		}
		if (status.state === 'ended') {
			session.collected.set(intent.command.id, status.result);
			await settle(session, intent.command, status.result);
			return;
		}
	}
	session.log.append({ type: 'intent-lost', command: intent.command.id }, { durable: true });
	await session.apply({ type: 'intent-settled' });
	yield explain(session.state, intent, bootId);
}

type Intent = NonNullable<RunState['intent']>;

function explain({ evidence }: RunState, { command, bootId: intended }: Intent, bootId: string | undefined): StepEvent {
	if (bootId === undefined || bootId === intended) {
		const text = `The last command of the earlier sitting was interrupted (${command.why}). What it did is read from the host.`;
		return { type: 'log', level: 'warning', text };
	}
	// The command that asks for the reboot never sees its own end.
	if (evidence.bootIdBeforeReboot === intended) return { type: 'log', level: 'info', text: 'The host was rebooted.' };
	const text = `The host went down in the middle of the last command (${command.why}). What it did is read from the host.`;
	return { type: 'log', level: 'warning', text };
}
