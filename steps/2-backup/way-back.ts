import { writeStagedFiles } from '../../src/jobs/hold.js';
import { planResume, resumeCommands } from '../../src/jobs/resume-jobs.js';
import { plan as planCommand } from '../../src/plan/planned-command.js';
import { parsePoolName } from '../../src/zfs/names.js';
import { discardCheckpoint } from '../../src/zfs/pool-commands.js';
import type { RollbackStage, RollbackTime, StepContext } from '../step.js';
import { unholdPackagesCommand } from './keep-packages.js';
import { unprotectCommands } from './snapshots.js';

/** Lets packages and jobs go, then gives up snapshots and checkpoints: two stages, days apart if need be. */
export async function rollback(context: StepContext, when: RollbackTime = 'now'): Promise<readonly RollbackStage[]> {
	const { evidence, pools, steps } = context.state();
	// Holds are recorded before they are set: what is written meanwhile must release those too that are not set yet.
	const isSetting = when === 'ahead' && steps.backup.status !== 'done';
	const unhold = await unholdPackagesCommand(context, isSetting ? 'all' : 'held');
	const stages: RollbackStage[] = [];
	const heldJobs = evidence.heldJobs ?? [];
	const resume = isSetting
		? { stagedFiles: [], commands: resumeCommands(heldJobs), notes: [] }
		: await planResume(context.host, heldJobs);
	await writeStagedFiles(context.host, resume.stagedFiles);
	const release = [...(unhold === undefined ? [] : [unhold]), ...resume.commands];
	if (release.length > 0) {
		stages.push({
			title: 'Let packages and jobs go',
			undoes: ['backup'],
			why: 'They were put on hold for the upgrade only.',
			commands: release,
			rebootAfter: false,
			notes: ['Not before both halves of OpenZFS match again: zfs --version', ...resume.notes],
		});
	}
	const snapshots = evidence.snapshots ?? [];
	const checkpoints = (evidence.checkpoints ?? []).map((pool) =>
		planCommand(
			`rollback.discard-checkpoint.${pool}`,
			`Give up the checkpoint of "${pool}"`,
			discardCheckpoint(parsePoolName(pool)),
		),
	);
	if (snapshots.length > 0 || checkpoints.length > 0) {
		stages.push({
			title: 'Give up the snapshots of this run',
			undoes: ['backup'],
			why: 'Only when everything is as it should be: they are the copy of your data from before the upgrade.',
			commands: [...unprotectCommands(context, snapshots), ...checkpoints],
			rebootAfter: false,
			notes: [`Pools: ${pools.map((pool) => `"${pool}"`).join(', ')}.`, 'This stage can wait for days.'],
		});
	}
	return stages;
}
