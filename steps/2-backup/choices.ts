import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { InvalidNameError, parsePoolName, poolOf } from '../../src/zfs/names.js';
import { createCheckpoint } from '../../src/zfs/pool-commands.js';
import type { StepContext, StepRun } from '../step.js';
import { landsInItself, parseDestination, type StreamBackup, streamBackup } from './stream.js';

function checkpointCommand(pool: string): PlannedCommand {
	return planCommand(
		`backup.checkpoint.${pool}`,
		`Checkpoint the whole pool "${pool}"`,
		createCheckpoint(parsePoolName(pool)),
	);
}

function destinationProblem(text: string, pools: readonly string[]): string | undefined {
	try {
		const destination = parseDestination(text);
		const itself = pools.find((pool) => landsInItself(destination, pool));
		return itself === undefined ? undefined : `A backup of "${itself}" inside "${itself}" is lost with it.`;
	} catch (error) {
		if (!(error instanceof InvalidNameError)) throw error;
		return `It is neither /a/folder, pool/dataset nor user@host:pool/dataset: ${error.message}.`;
	}
}

/**
 * Asks whether and where to send a copy of the pools.
 * @param replicas lack the run's snapshot, so they are left out of the copy
 */
export async function* chooseStreams(
	context: StepContext,
	replicas: readonly string[],
): StepRun<readonly StreamBackup[]> {
	const { pools, evidence, steps } = context.state();
	// Done again for a hold that was lost: the way forward was chosen long ago.
	if (steps.module.status !== 'pending') return [];
	const open = pools.filter((pool) => !(evidence.backups ?? []).some((backup) => backup.pool === pool));
	if (open.length === 0) return [];
	const wanted = yield* context.ask({
		id: 'backup.stream',
		kind: 'choose',
		title: 'Send a full copy of the pools somewhere else as well?',
		body: [
			'Snapshots protect against changes, not against the loss of the pool.',
			'A copy is sent with zfs send -R (raw where datasets are encrypted) and proven by its guids or checksums.',
		],
		choices: [
			{ value: 'no', label: 'No', hint: 'there is a tested backup already' },
			{ value: 'yes', label: 'Yes', hint: 'to another pool, a folder, or a host over SSH' },
		],
		// One that was asked for and failed is not given up by a mere --yes.
		suggested: (evidence.chosenBackups ?? []).length > 0 ? 'yes' : 'no',
	});
	if (wanted.value !== 'yes') {
		await context.record({ chosenBackups: [] });
		return [];
	}
	const answer = yield* context.ask({
		id: 'backup.destination',
		kind: 'text',
		title: 'Where to?',
		body: ['/folder (one file a pool), pool/dataset, or user@host:pool/dataset with a key that asks nothing.'],
		suggested: evidence.chosenBackups?.[0]?.destination ?? '',
		problem: (text) => destinationProblem(text, pools),
	});
	const destination = parseDestination(String(answer.value));
	const facts = await context.facts();
	const datasets = facts.datasets.known ? facts.datasets.value : [];
	return open.map((pool) => {
		const hasEncryption = datasets.some((dataset) => poolOf(dataset.name) === pool && dataset.encryption !== undefined);
		const hasReplicas = replicas.some((replica) => replica.split('/')[0] === pool);
		return streamBackup(context, pool, destination, { hasEncryption, hasReplicas });
	});
}

/** Asks whether to checkpoint, and says what it costs. */
export async function* chooseCheckpoints(context: StepContext): StepRun<readonly PlannedCommand[]> {
	const { pools, evidence } = context.state();
	if (evidence.checkpoints !== undefined) return [];
	const answer = yield* context.ask({
		id: 'backup.checkpoint',
		kind: 'choose',
		title: 'Make a pool checkpoint?',
		body: [
			'It is the only way to undo an enabled pool feature, and rewinding to it loses everything written since.',
			'While it exists no device can be removed, attached or detached, and freed space is not given back.',
		],
		choices: [
			{ value: 'no', label: 'No', hint: 'enough for an upgrade without zpool upgrade' },
			{
				value: 'yes',
				label: 'Yes',
				hint: `zpool checkpoint on ${pools.length === 1 ? 'the pool' : `${pools.length} pools`}`,
			},
		],
		suggested: 'no',
	});
	return answer.value === 'yes' ? pools.map(checkpointCommand) : [];
}
