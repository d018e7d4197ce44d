import type { Failpoint } from '../../src/engine/failpoints.js';
import { run } from '../../src/engine/run.js';
import type { RunEvent, RunOutcome } from '../../src/engine/run-event.js';
import { Session, type StateStore } from '../../src/engine/session.js';
import type { Command, CommandResult, Host, JobStatus, OutputLine, PipelineResult } from '../../src/host/host.js';
import { type PlannedCommand, plan } from '../../src/plan/planned-command.js';
import type { UpgradePlan } from '../../src/plan/upgrade-plan.js';
import type { RunState } from '../../steps/run-state.js';
import { type Answer, type Question, type Step, type StepId, stepIds } from '../../steps/step.js';

export const somePlan: UpgradePlan = {
	route: 'dkms-ahead',
	reason: 'test',
	targetVersion: '2.3.2-2~bpo12+2',
	targetUpstream: '2.3.2',
	fromVersion: '2.1.11-1+deb12u1',
	fromUpstream: '2.1.11',
	bootKernel: '6.1.0-56-amd64',
	kernels: ['6.1.0-56-amd64'],
	source: 'zfs-linux',
	packages: ['zfs-dkms'],
	packagesNew: [],
	packagesRemoved: [],
	modulePackage: 'zfs-dkms',
	kernelPackages: [],
	initramfsTool: 'initramfs-tools',
	isRootOnZfs: false,
};

export function freshState(): RunState {
	const pending = { status: 'pending' } as const;
	return {
		schemaVersion: 1,
		tool: 'zfs-lockstep',
		id: '20261122-213000',
		startedAt: 0,
		endedAt: null,
		host: { kind: 'simulated', hostname: 'testhost', machineId: 'm' },
		from: { userspace: '2.1.11', module: '2.1.11', kernel: '6.1.0-56-amd64' },
		plan: null,
		pools: [],
		ignoredChecks: [],
		steps: {
			check: pending,
			backup: pending,
			module: pending,
			reboot: pending,
			verify: pending,
			userspace: pending,
			'smoke-test': pending,
		},
		approved: [],
		intent: null,
		evidence: {},
	};
}

/** A host that has one boot id, runs whatever it is told and remembers it. */
export class RecordingHost {
	readonly ran: string[][] = [];
	/** How many commands had run at each sync. */
	readonly syncs: number[] = [];
	/** What a sync gives. */
	syncCode = 0;
	readonly written = new Map<string, string>();
	readonly jobs = new Map<string, JobStatus>();
	bootId = 'boot-1';
	clock = 1000;

	asHost(): Host {
		const finish = (command: Command): CommandResult => {
			const isSync = command.argv[0] === 'sync';
			if (isSync) this.syncs.push(this.ran.length);
			else this.ran.push([...command.argv]);
			return {
				command,
				outcome: { kind: 'exited', code: isSync ? this.syncCode : 0 },
				stdout: '',
				stderr: '',
				truncated: false,
				seconds: 1,
			};
		};
		const stream = async function* (command: Command): AsyncGenerator<OutputLine, CommandResult, undefined> {
			yield { stream: 'stdout', line: `ran \u001b[31m${command.argv[0]}` };
			return finish(command);
		};
		const jobs = this.jobs;
		const job = async function* (spec: {
			id: string;
			work: { commands: readonly Command[] };
		}): AsyncGenerator<OutputLine, PipelineResult, undefined> {
			const known = jobs.get(spec.id);
			if (known?.state === 'ended') {
				return known.result;
			}
			yield { stream: 'stdout', line: 'working' };
			const result = { results: spec.work.commands.map(finish), seconds: 1 };
			jobs.set(spec.id, { state: 'ended', result });
			return result;
		};
		const partial: Partial<Host> = {
			kind: 'simulated',
			root: '/',
			files: {
				read: async (path: string) => (path.endsWith('boot_id') ? `${this.bootId}\n` : this.written.get(path)),
				write: async (path: string, text: string) => {
					this.written.set(path, text);
				},
				makeDirectory: async () => {},
				remove: async (path: string) => {
					this.written.delete(path);
				},
			} as unknown as Host['files'],
			run: async (command) => finish(command),
			stream,
			job: job as Host['job'],
			jobStatus: async (id) => this.jobs.get(id) ?? { state: 'absent' },
			now: () => this.clock++,
			userId: () => 0,
		};
		return partial as Host;
	}
}

export function memoryStore(initial?: RunState): StateStore & { saved: RunState[] } {
	const saved: RunState[] = initial === undefined ? [] : [initial];
	return {
		saved,
		read: () => saved.at(-1),
		write: async (state) => {
			saved.push(state);
		},
	};
}

/** A step that is done as soon as it has run; override what a test is about. */
function fakeStep(id: StepId, override: Partial<Step> = {}): Step {
	return {
		id,
		title: `Title of ${id}`,
		purpose: 'test',
		plan: async () => [],
		probe: async (context) =>
			context.state().steps[id].status === 'done'
				? { state: 'done', evidence: 'as recorded' }
				: { state: 'todo', evidence: 'not yet' },
		run: async function* () {
			return { kind: 'done', evidence: `${id} ran` };
		},
		rollback: async () => [],
		...override,
	};
}

/** The first step of a run: adopts a plan, as the real one does. */
const adoptingCheck: Step = fakeStep('check', {
	run: async function* (context) {
		await context.adopt(somePlan, ['tank'], { userspace: '2.1.11', module: '2.1.11', kernel: '6.1.0-56-amd64' });
		return { kind: 'done', evidence: 'planned' };
	},
});

export function sevenSteps(overrides: Partial<Record<StepId, Partial<Step>>> = {}): readonly [Step, ...Step[]] {
	const [, ...rest] = stepIds;
	return [{ ...adoptingCheck, ...overrides.check }, ...rest.map((id): Step => ({ ...fakeStep(id), ...overrides[id] }))];
}

export function change(id: string, mode: PlannedCommand['mode'] = 'foreground'): PlannedCommand {
	return plan(id, `do ${id}`, { argv: ['change', id] }, { mode });
}

export interface Played {
	readonly events: RunEvent[];
	readonly outcome: RunOutcome;
	readonly session: Session;
}

/** Plays a run to its end, answering each question by `answer`. */
export async function play(parts: {
	host: RecordingHost;
	steps: readonly [Step, ...Step[]];
	store: ReturnType<typeof memoryStore>;
	answer?: (question: Question) => Answer['value'] | undefined;
	log?: Record<string, unknown>[];
	leaveAfter?: (event: RunEvent) => boolean;
	failpoint?: (name: Failpoint) => void;
}): Promise<Played> {
	const leave = new AbortController();
	const session = new Session({
		host: parts.host.asHost(),
		steps: parts.steps,
		options: { pools: [], ignoredChecks: [] },
		store: parts.store,
		log: { append: (entry) => parts.log?.push({ ...entry }) },
		stateDirectory: '/state',
		state: parts.store.read() ?? freshState(),
		leave: leave.signal,
		failpoint: parts.failpoint,
	});
	const events: RunEvent[] = [];
	const generator = run(session, { resumed: parts.store.saved.length > 0 });
	let answer: Answer | undefined;
	for (;;) {
		const next = await generator.next(answer);
		answer = undefined;
		if (next.done === true) {
			return { events, outcome: next.value, session };
		}
		events.push(next.value);
		if (parts.leaveAfter?.(next.value) === true) {
			const left = await generator.return({ exitCode: 130, title: 'left', lines: [] });
			return { events, outcome: left.value as RunOutcome, session };
		}
		if (next.value.type === 'step-event' && next.value.event.type === 'question') {
			const { question } = next.value.event;
			const value = parts.answer?.(question);
			answer = value === undefined ? undefined : { questionId: question.id, value, by: 'administrator' };
		}
	}
}
