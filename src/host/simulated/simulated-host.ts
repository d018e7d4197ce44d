import type {
	Command,
	CommandResult,
	Host,
	HostFiles,
	JobSpec,
	JobStatus,
	OutputLine,
	Pipeline,
	PipelineResult,
} from '../host.js';
import { JobLeftError } from '../host.js';
import { HostError, toHostError } from '../host-error.js';
import { quoteForDisplay } from '../text.js';
import { bootMachine } from './boot.js';
import { loseUnsynced, syncAll } from './durability.js';
import { type Execution, executePipeline } from './execute.js';
import type { Job, TimedEvent } from './job.js';
import { createLineSplitter } from './line-splitter.js';
import type { Machine } from './machine.js';
import { MachineDownError } from './machine-down-error.js';
import { createFileStore, type MachineStore } from './machine-store.js';
import { type RealClock, realClock } from './real-clock.js';
import { buildScenario, defaultScenario, findScenario, type Scenario } from './scenarios.js';
import { createSimulatedFiles } from './simulated-files.js';
import { advanceJob, happen, happenAll, loseRunningJobs, secondsAtWork, settleJob, settleJobs } from './timeline.js';
import { TreeError } from './tree-error.js';

/** What the host was asked for, one number each: a crash campaign stops the machine before or after any of them. */
type OperationKind =
	| 'read'
	| 'write'
	| 'run'
	| 'stream'
	/** A change that a streamed command makes on its way. */
	| 'progress'
	| 'pipe'
	| 'job-start'
	| 'job-progress'
	| 'job-status'
	| 'sleep';

/**
 * Called around every operation. It may cut the power (`crash`) or throw: what it throws is what the caller of the
 * operation gets, as if the process had ended there.
 */
type OperationHook = (index: number, kind: OperationKind, phase: 'before' | 'after', what: string) => void;

export interface SimulatedHostOptions {
	/** Folder of this computer that keeps the machine; opening it again goes on with the same machine. */
	readonly directory: string;
	/** For a new machine; a kept one stays what it is. */
	readonly scenario?: string;
	readonly seed?: number;
	/** Simulated seconds for one real second. Without it nothing ever waits. */
	readonly speed?: number;
	readonly onOperation?: OperationHook;
	/** Instead of a file in `directory`. */
	readonly store?: MachineStore;
	readonly clock?: RealClock;
}

export interface SimulatedHost extends Host {
	readonly kind: 'simulated';
	readonly scenario: Scenario;
	/** The machine went down since this object was made: it must be powered on, or opened anew. */
	readonly isDown: boolean;
	/** The whole machine, for looking. */
	machine(): Machine;
	/** Changes the machine from outside, as a hand at the console or a failing disk would. */
	interfere(change: (machine: Machine) => Machine): void;
	/** Cuts the power. Files that nobody synced are lost by this share. */
	crash(options: { readonly unsyncedLost: number }): void;
	/** Boots a machine that is down; this object then talks to it again. */
	powerOn(): void;
}

/** The machine without power: jobs end where they are, and files that nobody synced are lost by this share. */
export function cutPower(machine: Machine, unsyncedLost: number): Machine {
	return { ...loseUnsynced(loseRunningJobs(machine), unsyncedLost), power: 'off' };
}

/** Opens the machine in the folder, or makes it by the scenario. One that is down boots. */
export function createSimulatedHost(options: SimulatedHostOptions): SimulatedHost {
	const store = options.store ?? createFileStore(options.directory);
	const machine = store.exclusively(() => {
		const kept = store.load() ?? buildScenario(options.scenario ?? defaultScenario, options.seed ?? 1);
		const running = kept.power === 'on' ? kept : bootMachine(kept);
		store.save(running);
		return running;
	});
	return new StoredMachineHost(store, machine, options);
}

const defaultLimitSeconds = 60;

class StoredMachineHost implements SimulatedHost {
	readonly kind = 'simulated';
	readonly root = '/';
	readonly files: HostFiles;
	readonly scenario: Scenario;
	readonly #store: MachineStore;
	readonly #clock: RealClock;
	readonly #speed: number | null;
	readonly #hook: OperationHook;
	/** Jobs that this object leads from event to event. */
	readonly #led = new Set<string>();
	#bootId: string;
	#operations = 0;

	constructor(store: MachineStore, machine: Machine, options: SimulatedHostOptions) {
		this.#store = store;
		this.#clock = options.clock ?? realClock;
		this.#speed = options.speed === undefined || options.speed === Number.POSITIVE_INFINITY ? null : options.speed;
		this.#hook = options.onOperation ?? (() => {});
		this.#bootId = machine.bootId;
		this.scenario = findScenario(machine.scenario);
		this.files = createSimulatedFiles({
			read: async (what, look) => this.#operate('read', what, () => look(this.#settled())),
			change: async (what, change) => this.#operate('write', what, () => this.#update(change)),
		});
	}

	get isDown(): boolean {
		const { power, bootId } = this.machine();
		return power !== 'on' || bootId !== this.#bootId;
	}

	machine(): Machine {
		const machine = this.#store.load();
		if (machine === undefined) throw new Error('The simulated machine is gone: its folder was removed.');
		return machine;
	}

	interfere(change: (machine: Machine) => Machine): void {
		this.#store.exclusively(() => this.#store.save(change(this.machine())));
	}

	crash({ unsyncedLost }: { readonly unsyncedLost: number }): void {
		this.interfere((machine) => cutPower(settleJobs(machine, this.#clock.now(), this.#led), unsyncedLost));
	}

	powerOn(): void {
		this.interfere((machine) => (machine.power === 'on' ? machine : bootMachine(machine)));
		this.#bootId = this.machine().bootId;
	}

	async run(command: Command): Promise<CommandResult> {
		return this.#operateFor('run', quoteForDisplay(command.argv), async () => {
			const execution = limited(this.#plan({ commands: [command] }), command.timeoutSeconds ?? defaultLimitSeconds);
			await this.#pass(execution.seconds);
			this.#update((machine) => afterwards(machine, execution));
			return onlyResult(execution);
		});
	}

	async *stream(command: Command): AsyncGenerator<OutputLine, CommandResult, undefined> {
		const index = this.#begin('stream', quoteForDisplay(command.argv));
		const limit = command.timeoutSeconds ?? defaultLimitSeconds;
		const execution = limited(this.#plan({ commands: [command] }), limit);
		const splitter = createLineSplitter();
		let elapsed = 0;
		for (const event of execution.events) {
			await this.#pass(event.at - elapsed);
			const seconds = event.at - elapsed;
			elapsed = event.at;
			const change = () => this.#update((machine) => ({ ...happen(machine, event), clock: machine.clock + seconds }));
			if (event.kind === 'change') this.#operate('progress', quoteForDisplay(command.argv), change);
			else change();
			if (event.kind === 'line') yield* splitter.push(event);
		}
		await this.#pass(execution.seconds - elapsed);
		this.#update((machine) => ({ ...machine, clock: machine.clock + execution.seconds - elapsed }));
		this.#end(index, 'stream', quoteForDisplay(command.argv));
		yield* splitter.end();
		return onlyResult(execution);
	}

	async pipe(pipeline: Pipeline): Promise<PipelineResult> {
		return this.#operateFor('pipe', describePipeline(pipeline), async () => {
			const execution = this.#plan(pipeline);
			await this.#pass(execution.seconds);
			this.#update((machine) => afterwards(machine, execution));
			return { results: execution.results, seconds: execution.seconds };
		});
	}

	async *job(
		spec: JobSpec,
		options: { readonly signal?: AbortSignal } = {},
	): AsyncGenerator<OutputLine, PipelineResult, undefined> {
		this.#operate('job-start', spec.id, () => this.#startJob(spec));
		this.#led.add(spec.id);
		const splitter = createLineSplitter();
		let shown = 0;
		try {
			for (;;) {
				const job = this.#jobNow(spec.id);
				for (const event of job.events.slice(shown, job.happened))
					if (event.kind === 'line') yield* splitter.push(event);
				shown = job.happened;
				if (job.state !== 'running') {
					yield* splitter.end();
					return resultOf(job);
				}
				if (options.signal?.aborted === true) throw new JobLeftError(spec.id);
				await this.#leadJob(job, options.signal);
			}
		} finally {
			this.#led.delete(spec.id);
		}
	}

	async jobStatus(id: string): Promise<JobStatus> {
		return this.#operate('job-status', id, () => {
			const job = this.#settled().jobs[id];
			if (job === undefined) return { state: 'absent' };
			if (job.state === 'ended') return { state: 'ended', result: resultOf(job) };
			if (job.state === 'lost') return { state: 'lost' };
			return { state: 'running', startedAt: new Date(job.startedAt * 1000).toISOString() };
		});
	}

	userId(): number {
		return 0;
	}

	now(): number {
		return this.machine().clock;
	}

	async sleep(seconds: number): Promise<void> {
		await this.#operateFor('sleep', `${seconds} s`, async () => {
			await this.#pass(seconds);
			this.#update((machine) => ({ ...machine, clock: machine.clock + seconds }));
		});
	}

	#begin(kind: OperationKind, what: string): number {
		this.#refuseDown(kind);
		const index = this.#operations;
		this.#operations += 1;
		this.#hook(index, kind, 'before', what);
		this.#refuseDown(kind);
		return index;
	}

	#end(index: number, kind: OperationKind, what: string): void {
		this.#hook(index, kind, 'after', what);
		// A cut after the operation: its caller never hears how it ended.
		if (this.machine().power === 'off') throw new MachineDownError('power-cut');
	}

	#operate<T>(kind: OperationKind, what: string, work: () => T): T {
		const index = this.#begin(kind, what);
		const done = work();
		this.#end(index, kind, what);
		return done;
	}

	async #operateFor<T>(kind: OperationKind, what: string, work: () => Promise<T>): Promise<T> {
		const index = this.#begin(kind, what);
		const done = await work();
		this.#end(index, kind, what);
		return done;
	}

	/**
	 * While systemd stops its services nothing new is run, but whoever asked for the reboot still hears that it was
	 * taken up, and can write down what he did.
	 */
	#refuseDown(kind: OperationKind): void {
		const { power } = this.machine();
		const isQuiet = kind === 'read' || kind === 'write';
		if (power === 'rebooting' && !isQuiet) throw new MachineDownError('rebooting');
		this.#refuseGone();
	}

	#refuseGone(): void {
		const { power, bootId } = this.machine();
		if (power === 'off') throw new MachineDownError('power-cut');
		if (bootId !== this.#bootId) throw new MachineDownError('rebooting');
	}

	/** The machine with its jobs where the real clock has brought them. */
	#settled(): Machine {
		return this.#store.exclusively(() => {
			const kept = this.machine();
			const machine = this.#settle(kept);
			if (machine !== kept) this.#store.save(machine);
			return machine;
		});
	}

	#settle(machine: Machine): Machine {
		const settled = settleJobs(machine, this.#clock.now(), this.#led);
		const isTime = settled.rebootAt !== null && settled.clock >= settled.rebootAt;
		return isTime ? syncAll({ ...settled, power: 'rebooting', rebootAt: null }) : settled;
	}

	#update(change: (machine: Machine) => Machine): void {
		this.#store.exclusively(() => {
			const machine = this.#settle(this.machine());
			this.#refuseGone();
			this.#store.save(change(machine));
		});
	}

	#plan(pipeline: Pipeline): Execution {
		try {
			return executePipeline(this.#settled(), pipeline);
		} catch (error) {
			if (!(error instanceof TreeError)) throw error;
			throw toHostError(error, 'open', pipeline.outputFile ?? pipeline.inputFile ?? '/tmp');
		}
	}

	async #pass(seconds: number): Promise<void> {
		if (this.#speed !== null && seconds > 0) await this.#clock.sleep((seconds * 1000) / this.#speed);
	}

	#startJob(spec: JobSpec): void {
		const known = this.#settled().jobs[spec.id];
		if (known === undefined) {
			const { events, results, seconds } = this.#plan(spec.work);
			const startedReal = this.#clock.now();
			this.#update((machine) => {
				const startedAt = machine.clock;
				const base = { spec, startedAt, startedReal, speed: this.#speed, seconds };
				const job: Job = { ...base, events, happened: 0, results, state: 'running' };
				return { ...machine, jobs: { ...machine.jobs, [spec.id]: job } };
			});
			return;
		}
		if (JSON.stringify(known.spec.work) !== JSON.stringify(spec.work)) {
			const message = `Refused to start the job ${spec.id}: one of that name did something else.`;
			throw new HostError('job-conflict', spec.id, message, ['Look at the log: zfs-lockstep log']);
		}
	}

	#jobNow(id: string): Job {
		const job = this.machine().jobs[id];
		if (job === undefined) throw new Error(`No job ${id}`);
		return job;
	}

	/** Lets a job go on until its next change or, when time passes, until something of it is due. */
	async #leadJob(job: Job, signal: AbortSignal | undefined): Promise<void> {
		const { id } = job.spec;
		if (job.speed === null) {
			const next = job.events.findIndex((event, index) => index >= job.happened && event.kind === 'change');
			const last = next < 0 ? job.events.length : next;
			this.#operate('job-progress', id, () =>
				this.#update((machine) => {
					let advanced = machine;
					for (let index = job.happened; index <= last; index += 1) advanced = advanceJob(advanced, id);
					return advanced;
				}),
			);
			return;
		}
		const due = job.events[job.happened]?.at ?? job.seconds;
		const ahead = due - secondsAtWork(job, this.#clock.now());
		if (ahead > 0) await this.#clock.sleep((ahead * 1000) / job.speed, signal);
		if (signal?.aborted === true) return;
		this.#operate('job-progress', id, () => this.#update((machine) => settleJob(machine, id, this.#clock.now())));
	}
}

/** A reading command that takes too long is killed: what it had not done by then it never does. */
function limited(execution: Execution, limitSeconds: number): Execution {
	if (execution.seconds <= limitSeconds) return execution;
	const events = execution.events.filter((event) => event.at <= limitSeconds);
	const results = execution.results.map((result): CommandResult => {
		return {
			...result,
			outcome: { kind: 'timed-out', seconds: limitSeconds },
			...saidBy(events),
			seconds: limitSeconds,
		};
	});
	return { ...execution, events, results, seconds: limitSeconds };
}

function saidBy(events: readonly TimedEvent[]): { readonly stdout: string; readonly stderr: string } {
	const text = (stream: 'stdout' | 'stderr') =>
		events.map((event) => (event.kind === 'line' && event.stream === stream ? event.text : '')).join('');
	return { stdout: text('stdout'), stderr: text('stderr') };
}

function afterwards(machine: Machine, execution: Execution): Machine {
	return { ...happenAll(machine, execution.events), clock: machine.clock + execution.seconds };
}

function onlyResult({ results }: Execution): CommandResult {
	const [result] = results;
	if (result === undefined) throw new Error('A pipeline without a command');
	return result;
}

function describePipeline({ commands }: Pipeline): string {
	return commands.map(({ argv }) => quoteForDisplay(argv)).join(' | ');
}

function resultOf(job: Job): PipelineResult {
	if (job.state === 'ended') return { results: job.results, seconds: job.seconds };
	const said = saidBy(job.events);
	const results = job.results.map((result): CommandResult => ({ ...result, outcome: { kind: 'lost' }, ...said }));
	return { results, seconds: job.events.at(-1)?.at ?? 0 };
}
