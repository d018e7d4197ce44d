/** Step 6 of the program, and nothing else of the run, on the system in a chroot: its real code, its real commands. */
import path from 'node:path';
import process from 'node:process';
import { run } from '../../../src/engine/run.js';
import type { RunEvent, RunOutcome } from '../../../src/engine/run-event.js';
import { Session } from '../../../src/engine/session.js';
import { collectFacts } from '../../../src/facts/collect.js';
import type { Host } from '../../../src/host/host.js';
import { createAlternateRootHost } from '../../../src/host/local-host.js';
import { makePlan } from '../../../src/plan/make-plan.js';
import type { UpgradePlan } from '../../../src/plan/upgrade-plan.js';
import { userspace } from '../../../steps/6-userspace.js';
import { type RunState, runStateSchemaVersion } from '../../../steps/run-state.js';
import { type Answer, type Question, type Step, type StepId, stepIds } from '../../../steps/step.js';

const cli = path.resolve(import.meta.dirname, '../../../dist/cli.js');

export function openHost(root: string): Host {
	const jobsDirectory = path.join(root, 'var/lib/zfs-lockstep/jobs');
	return createAlternateRootHost({ root, jobsDirectory, selfCommand: [process.execPath, cli] });
}

/** The plan that the program makes for this system. */
export async function planFor(host: Host): Promise<UpgradePlan> {
	const result = await makePlan(host, await collectFacts(host), { pools: [] });
	if (result.kind !== 'plan') throw new Error(`no plan: ${JSON.stringify(result).slice(0, 2000)}`);
	return result.plan;
}

/** A run whose module was upgraded and booted: only the tools are left. */
export function stateBeforeUserspace(plan: UpgradePlan): RunState {
	const done = { status: 'done', at: 1, evidence: '' } as const;
	const pending = { status: 'pending' } as const;
	return {
		schemaVersion: runStateSchemaVersion,
		tool: 'zfs-lockstep',
		id: '20261122-203000',
		startedAt: 1,
		endedAt: null,
		host: { kind: 'alternate-root', hostname: 'labguest', machineId: 'x' },
		from: { userspace: plan.fromVersion, module: plan.fromVersion, kernel: plan.bootKernel },
		plan,
		pools: [],
		ignoredChecks: [],
		steps: {
			check: done,
			backup: done,
			module: done,
			reboot: done,
			verify: done,
			userspace: pending,
			'smoke-test': pending,
		},
		approved: [],
		intent: null,
		evidence: {},
	};
}

/** The steps around it have nothing to do with packages. */
function standIn(id: StepId): Step {
	return {
		id,
		title: id,
		purpose: '',
		plan: async () => [],
		probe: async () => ({ state: 'done', evidence: '' }),
		run: async function* () {
			return { kind: 'done', evidence: '' };
		},
		rollback: async () => [],
	};
}

export interface Sat {
	/** Undefined: the sitting was left. */
	readonly outcome: RunOutcome | undefined;
	readonly state: RunState;
	/** Questions that were agreed to, with their commands. */
	readonly agreed: readonly string[];
}

/** One sitting that agrees to everything. @param watch says `leave` to end it as a closed terminal would */
export async function sit(host: Host, state: RunState, watch: (event: RunEvent) => 'leave' | undefined): Promise<Sat> {
	const [first, ...rest] = stepIds.map((id) => (id === 'userspace' ? userspace : standIn(id)));
	if (first === undefined) throw new Error('no steps');
	let kept = state;
	const leave = new AbortController();
	const session = new Session({
		host,
		steps: [first, ...rest],
		options: { pools: [], ignoredChecks: [], until: 'userspace' },
		store: {
			read: () => kept,
			write: async (next) => {
				kept = JSON.parse(JSON.stringify(next)) as RunState;
			},
		},
		log: { append: () => {} },
		stateDirectory: '/var/lib/zfs-lockstep',
		state,
		leave: leave.signal,
	});
	const events = run(session, { resumed: true });
	const agreed: string[] = [];
	let answer: Answer | undefined;
	for (;;) {
		const next = await events.next(answer);
		answer = undefined;
		if (next.done === true) return { outcome: next.value, state: kept, agreed };
		if (watch(next.value) === 'leave') {
			leave.abort();
			await events.return({ exitCode: 130, title: 'left', lines: [] });
			return { outcome: undefined, state: kept, agreed };
		}
		if (next.value.type !== 'step-event' || next.value.event.type !== 'question') continue;
		const { question } = next.value.event;
		agreed.push(question.id);
		answer = { questionId: question.id, value: agree(question), by: 'yes-flag' };
	}
}

function agree(question: Question): Answer['value'] {
	if (question.id.endsWith('.another-try')) return 'again';
	return question.kind === 'confirm' ? true : question.suggested;
}
