import type { RunState } from '../../steps/run-state.js';
import { type StepId, stepIds } from '../../steps/step.js';

/** One command that changed the host, as the journal has it. */
interface ReportedCommand {
	readonly id: string;
	readonly why: string;
	readonly argv: readonly (readonly string[])[];
	readonly startedAt: string;
	/** Null: no outcome was written; only the host knows. */
	readonly seconds: number | null;
	/** Exit codes in order, or how else each process ended. */
	readonly outcomes: readonly string[];
}

/** The story of a run, as `report --format json` prints it. */
export interface RunReport {
	readonly schemaVersion: 1;
	readonly run: {
		readonly id: string;
		readonly host: string;
		readonly isSimulated: boolean;
		readonly startedAt: number;
		readonly endedAt: number | null;
		readonly route: string | null;
		readonly reason: string | null;
		readonly from: RunState['from'];
		readonly target: string | null;
		readonly pools: readonly string[];
		readonly ignoredChecks: readonly string[];
	};
	readonly steps: readonly {
		readonly id: StepId;
		readonly status: string;
		readonly at: number | null;
		readonly text: string;
	}[];
	readonly answers: readonly { readonly question: string; readonly value: string; readonly by: string }[];
	readonly commands: readonly ReportedCommand[];
	readonly smokeTest: { readonly passed: number; readonly failed: number; readonly skipped: number } | null;
	readonly left: {
		readonly snapshots: readonly string[];
		readonly checkpoints: readonly string[];
		readonly heldPackages: readonly string[];
		readonly heldJobs: readonly string[];
	};
}

type Entry = Readonly<Record<string, unknown>>;

function describeStep(state: RunState, id: StepId): RunReport['steps'][number] {
	const step = state.steps[id];
	switch (step.status) {
		case 'done':
			return { id, status: step.status, at: step.at, text: step.evidence };
		case 'skipped':
			return { id, status: step.status, at: step.at, text: step.why };
		case 'failed':
			return { id, status: step.status, at: step.at, text: `${step.failure.what} ${step.failure.why}` };
		case 'waiting':
			return { id, status: step.status, at: step.since, text: step.text };
		case 'running':
			return { id, status: step.status, at: step.since, text: `begun ${step.attempts} times` };
		case 'pending':
			return { id, status: step.status, at: null, text: '' };
	}
}

function outcomeText(outcome: unknown): string {
	if (typeof outcome !== 'object' || outcome === null) return 'unknown';
	const { kind, code, signal } = outcome as { kind?: unknown; code?: unknown; signal?: unknown };
	return kind === 'exited' ? String(code) : kind === 'signalled' ? String(signal) : String(kind);
}

/** Pairs each intent with the outcome that follows it. */
function pairCommands(entries: readonly Entry[]): readonly ReportedCommand[] {
	const commands: ReportedCommand[] = [];
	for (const entry of entries) {
		if (entry.type === 'intent') {
			commands.push({
				id: String(entry.command),
				why: String(entry.why),
				argv: Array.isArray(entry.argv) ? entry.argv : [],
				startedAt: String(entry.at),
				seconds: null,
				outcomes: [],
			});
		} else if (entry.type === 'outcome') {
			const index = commands.findLastIndex((command) => command.id === entry.command && command.seconds === null);
			const begun = commands[index];
			if (begun === undefined) continue;
			const results: readonly { readonly outcome?: unknown }[] = Array.isArray(entry.results) ? entry.results : [];
			commands[index] = {
				...begun,
				seconds: typeof entry.seconds === 'number' ? entry.seconds : 0,
				outcomes: results.map((result) => outcomeText(result.outcome)),
			};
		}
	}
	return commands;
}

/** Tells a run from its record and its journal. Pure. */
export function buildReport(state: RunState, entries: readonly Entry[]): RunReport {
	const own = entries.filter((entry) => entry.run === state.id);
	const { evidence, plan } = state;
	return {
		schemaVersion: 1,
		run: {
			id: state.id,
			host: state.host.hostname,
			isSimulated: state.host.kind === 'simulated',
			startedAt: state.startedAt,
			endedAt: state.endedAt,
			route: plan?.route ?? null,
			reason: plan?.reason ?? null,
			from: state.from,
			target: plan?.targetVersion ?? null,
			pools: state.pools,
			ignoredChecks: state.ignoredChecks,
		},
		steps: stepIds.map((id) => describeStep(state, id)),
		answers: own
			.filter((entry) => entry.type === 'answer')
			.map((entry) => ({ question: String(entry.question), value: String(entry.value), by: String(entry.by) })),
		commands: pairCommands(own),
		smokeTest: evidence.smokeTest ?? null,
		left: {
			snapshots: (evidence.snapshots ?? []).map((snapshot) => snapshot.name),
			checkpoints: evidence.checkpoints ?? [],
			heldPackages: evidence.heldPackages?.ours ?? [],
			heldJobs: (evidence.heldJobs ?? []).map((job) => job.name),
		},
	};
}
