import { count } from '../../src/checks/amounts.js';
import { succeeded } from '../../src/host/host.js';
import { writeStagedFiles } from '../../src/jobs/hold.js';
import { planResume } from '../../src/jobs/resume-jobs.js';
import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import { shellText } from '../../src/plan/shell-text.js';
import { unholdPackagesCommand } from '../2-backup/keep-packages.js';
import { unprotectCommands } from '../2-backup/snapshots.js';
import { commandFailure } from '../command-failure.js';
import type { StepContext, StepEvent, StepOutcome, StepRun } from '../step.js';

/** Says what the run leaves behind, and the command that removes each. */
function leftBehind(context: StepContext): readonly StepEvent[] {
	const { snapshots = [], checkpoints = [] } = context.state().evidence;
	const lines = [
		...unprotectCommands(context, snapshots).map((command) => `${command.why}: ${shellText(command.work)}`),
		...checkpoints.map((pool) => `Give up the checkpoint of "${pool}": zpool checkpoint -d -w '${pool}'`),
		`The kept packages and host files are in ${context.runDirectory}.`,
		'Do not run "zpool upgrade" while you may still want to go back: an enabled feature cannot be taken back.',
	];
	return lines.map((text): StepEvent => ({ type: 'log', level: 'info', text }));
}

/** What is not recorded as on hold any more is not let go a second time. */
function syncCommand(): PlannedCommand {
	const why = 'Bring it to the disk before it is recorded';
	return plan('finish.sync', why, { argv: ['sync', '--file-system', '--', '/etc', '/var'] });
}

/**
 * Lets packages and jobs go, now that replication is proven. Returns how the step ends when that fails or is declined.
 */
export async function* finish(context: StepContext): StepRun<StepOutcome | undefined> {
	const { heldPackages, heldJobs = [] } = context.state().evidence;
	const unhold = await unholdPackagesCommand(context);
	const resume = await planResume(context.host, heldJobs);
	const released = [...(unhold === undefined ? [] : [unhold]), ...resume.commands];
	const commands = released.length === 0 ? [] : [...released, syncCommand()];
	if (commands.length > 0) {
		const answer = yield* context.ask({
			id: 'finish.approve',
			kind: 'confirm',
			title: 'The smoke test is green. Let packages and jobs go?',
			body: [
				`This run has put ${count(heldPackages?.ours.length ?? 0, 'package')} and ${count(heldJobs.length, 'job')} on hold.`,
				...resume.notes,
			],
			commands,
		});
		if (answer.value !== true) {
			return {
				kind: 'waiting',
				waitingFor: 'administrator',
				text: `Packages and jobs are still on hold. Let them go with: ${context.ownCommands.resumeCommand}`,
			};
		}
		await writeStagedFiles(context.host, resume.stagedFiles);
		for (const command of commands) {
			const { results } = yield* context.execute(command);
			const bad = results.find((result) => !succeeded(result));
			if (bad !== undefined) {
				return {
					kind: 'failed',
					rollbackNeeded: false,
					failure: commandFailure(command, bad, {
						why: 'The upgrade itself is complete, but not everything that was on hold is let go.',
						todo: [
							`Do it by hand: ${shellText(command.work)}`,
							`Then go on with: ${context.ownCommands.resumeCommand}`,
						],
					}),
				};
			}
		}
	}
	if ((heldPackages?.ours ?? []).length > 0 || heldJobs.length > 0) {
		await context.record({
			heldPackages: { ours: [], administrators: heldPackages?.administrators ?? [] },
			heldJobs: [],
		});
	}
	yield* resume.notes.map((text): StepEvent => ({ type: 'log', level: 'warning', text }));
	yield* leftBehind(context);
	return undefined;
}
