import type { Finding } from '../../src/checks/finding.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { destroyDataset } from '../../src/zfs/dataset-commands.js';
import type { Pool } from '../../src/zfs/pool.js';
import type { Probe, RollbackStage, Step, StepContext, StepOutcome, StepRun } from '../step.js';
import { finish } from './finish.js';
import { change, findLeftovers, type Scratch, scratchFor } from './scratch.js';
import { plannedFor, type SmokeResult, testPool } from './test-pool.js';

/** Free bytes that the scratch data needs, with air: about 100 MiB are written. */
const neededBytes = 512n * 1024n * 1024n;

function canBeWritten(pool: Pool): string | undefined {
	if (pool.health !== 'ONLINE' && pool.health !== 'DEGRADED') return `the pool is ${pool.health}`;
	if (pool.isReadOnly !== false) return 'the pool is imported read-only';
	if (pool.free === undefined || pool.free < neededBytes) return `less than 512 MiB are free`;
	return undefined;
}

interface Subject {
	readonly scratch: Scratch;
	readonly leftovers: readonly PlannedCommand[];
}

interface Subjects {
	readonly subjects: readonly Subject[];
	readonly skipped: readonly SmokeResult[];
}

/** The pools of the run that a scratch dataset can be made in, and why the others cannot. */
async function chooseSubjects(context: StepContext): Promise<Subjects> {
	const facts = await context.facts();
	const state = context.state();
	const wanted = state.pools.length > 0 ? state.pools : context.options.pools;
	const pools = facts.pools.known ? facts.pools.value : [];
	const datasets = facts.datasets.known ? facts.datasets.value : [];
	const subjects: Subject[] = [];
	const skipped: SmokeResult[] = [];
	for (const pool of pools.filter((one) => wanted.length === 0 || wanted.includes(one.name))) {
		const obstacle = canBeWritten(pool);
		if (obstacle !== undefined) {
			skipped.push({ pool: pool.name, name: 'pool', title: 'Pool', verdict: 'skipped', detail: obstacle });
			continue;
		}
		const encryption = pool.features.get('encryption');
		const hasEncryption = encryption === 'enabled' || encryption === 'active';
		const scratch = scratchFor(pool.name, state.id, context.runDirectory, hasEncryption);
		const leftovers = findLeftovers(datasets, pool.name).map((dataset) =>
			change(
				scratch,
				`leftover-${dataset.split('/')[1]}`,
				`Remove what an interrupted smoke test left: ${dataset}`,
				destroyDataset(dataset),
			),
		);
		subjects.push({ scratch, leftovers });
	}
	return { subjects, skipped };
}

function commandsOf(subjects: readonly Subject[]): readonly PlannedCommand[] {
	return subjects.flatMap(({ scratch, leftovers }) => [...leftovers, ...plannedFor(scratch)]);
}

function findingOf(result: SmokeResult): Finding {
	const id = `smoke-test.${result.name}`;
	const source = 'openzfs/zfs#17330: only real -I and -R sends reach the ioctl that a layout break hits';
	if (result.verdict === 'failed') {
		return {
			id,
			severity: 'blocker',
			title: `"${result.pool}": ${result.title} failed`,
			detail: result.detail,
			remediation: [
				{
					text: 'Keep replication on hold. Compare the versions of userspace and loaded module, then go on or go back.',
					commands: [
						['zfs', '--version'],
						['zfs-lockstep', 'rollback'],
					],
				},
			],
			source,
		};
	}
	return {
		id,
		severity: result.verdict === 'passed' ? 'ok' : 'notice',
		title: `"${result.pool}": ${result.title} ${result.verdict}`,
		detail: result.detail,
		remediation: [{ text: result.verdict === 'passed' ? 'Nothing to do.' : 'Look at the reason; it was not tested.' }],
		source,
	};
}

async function probe(context: StepContext): Promise<Probe> {
	const { smokeTest: result, scratch = [], heldJobs = [], heldPackages } = context.state().evidence;
	if (scratch.length > 0) {
		return { state: 'partial', evidence: `Scratch datasets are there: ${scratch.join(', ')}.` };
	}
	if (result === undefined || result.failed > 0 || result.passed === 0) {
		return { state: 'todo', evidence: 'No smoke test has passed yet.' };
	}
	if (heldJobs.length > 0 || (heldPackages?.ours.length ?? 0) > 0) {
		return { state: 'partial', evidence: 'The smoke test is green; packages or jobs are still on hold.' };
	}
	return { state: 'done', evidence: `${result.passed} tests passed, ${result.skipped} were skipped.` };
}

/** Asks, tests every pool, removes the scratch data, and says what each row of the matrix did. */
export async function* runMatrix(context: StepContext): StepRun<readonly SmokeResult[] | undefined> {
	const { subjects, skipped } = await chooseSubjects(context);
	const results: SmokeResult[] = [...skipped];
	if (subjects.length > 0) {
		const answer = yield* context.ask({
			id: 'smoke-test.approve',
			kind: 'confirm',
			title: `Test zfs send and receive with real data in scratch datasets on ${subjects.map((one) => `"${one.scratch.pool}"`).join(', ')}?`,
			body: [
				'About 100 MiB are written below a new dataset with a quota of 512 MiB, and removed afterwards.',
				'No dataset of yours is read, sent or changed.',
			],
			commands: commandsOf(subjects),
		});
		if (answer.value !== true) return undefined;
	}
	for (const { scratch, leftovers } of subjects) {
		for (const leftover of leftovers) {
			yield* context.execute(leftover);
		}
		await context.record({ scratch: [scratch.root] });
		results.push(...(yield* testPool(context, scratch)));
		await context.record({ scratch: [] });
	}
	for (const result of results) {
		yield { type: 'finding', finding: findingOf(result) };
	}
	return results;
}

async function* run(context: StepContext): StepRun<StepOutcome> {
	if ((await probe(context)).state === 'partial' && (context.state().evidence.scratch ?? []).length === 0) {
		const open = yield* finish(context);
		return open ?? { kind: 'done', evidence: (await probe(context)).evidence };
	}
	const results = yield* runMatrix(context);
	if (results === undefined) {
		return {
			kind: 'waiting',
			waitingFor: 'administrator',
			text: 'The smoke test was declined; replication stays on hold.',
		};
	}
	const count = (verdict: SmokeResult['verdict']) => results.filter((result) => result.verdict === verdict).length;
	const [passed, failed, skipped] = [count('passed'), count('failed'), count('skipped')];
	await context.record({ smokeTest: { passed, failed, skipped } });
	if (failed > 0 || passed === 0) {
		return {
			kind: 'failed',
			rollbackNeeded: failed > 0,
			failure: {
				what: failed > 0 ? `${failed} of ${passed + failed} smoke tests failed.` : 'No smoke test could be run.',
				why: 'Replication would fail, perhaps without a word, so it stays on hold.',
				todo: [
					'See which of them failed; compare both halves: zfs --version',
					`The way back: ${context.ownCommands.commandLine('rollback')}`,
				],
				lines: results
					.filter((result) => result.verdict === 'failed')
					.map((result) => `${result.pool}: ${result.title}: ${result.detail}`),
			},
		};
	}
	const unfinished = yield* finish(context);
	return unfinished ?? { kind: 'done', evidence: `${passed} tests passed, ${skipped} were skipped.` };
}

/** Only what an interruption left: a finished test has removed its scratch data itself. */
async function rollback(context: StepContext): Promise<readonly RollbackStage[]> {
	if ((context.state().evidence.scratch ?? []).length === 0) return [];
	const { subjects } = await chooseSubjects(context);
	const commands = subjects.flatMap((subject) => subject.leftovers);
	if (commands.length === 0) return [];
	return [
		{
			title: 'Remove the scratch data of the smoke test',
			undoes: ['smoke-test'],
			why: 'It was interrupted before it could do so itself.',
			commands,
			rebootAfter: false,
			notes: [],
		},
	];
}

/** Step 7: prove with real streams that replication works. */
export const smokeTest: Step = {
	id: 'smoke-test',
	title: 'Smoke test',
	purpose:
		'Sends and receives real data in scratch datasets: full, -i, -I, -R, -w, -c, -L and an interrupted receive that ' +
		'goes on by its token; compares guids and contents. Then replication is let go and the report is written.',
	plan: async (context) => commandsOf((await chooseSubjects(context)).subjects),
	probe,
	run,
	rollback,
};
