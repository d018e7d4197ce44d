/** Lets the events of a command happen to a machine. */
import { noteSynced, noteUnsynced } from './durability.js';
import type { Job, TimedEvent } from './job.js';
import type { Machine } from './machine.js';
import { applyPatches } from './patch.js';

export function happen(machine: Machine, event: TimedEvent): Machine {
	if (event.kind === 'line') return machine;
	const changed = applyPatches(machine, event.patches);
	return event.durable ? noteSynced(machine, changed) : noteUnsynced(machine, changed);
}

export function happenAll(machine: Machine, events: readonly TimedEvent[]): Machine {
	return events.reduce(happen, machine);
}

/** A job's next event happens, or, after the last one, it ends. */
export function advanceJob(machine: Machine, id: string): Machine {
	const job = machine.jobs[id];
	if (job === undefined || job.state !== 'running') return machine;
	const event = job.events[job.happened];
	if (event === undefined) {
		const clock = Math.max(machine.clock, job.startedAt + job.seconds);
		return { ...machine, clock, jobs: { ...machine.jobs, [id]: { ...job, state: 'ended' } } };
	}
	const changed = happen(machine, event);
	const clock = Math.max(machine.clock, job.startedAt + event.at);
	return { ...changed, clock, jobs: { ...changed.jobs, [id]: withHappened(job) } };
}

/** What changed is in the machine now and need not be kept twice. */
function withHappened(job: Job): Job {
	const events = job.events.map((event, index) =>
		index === job.happened && event.kind === 'change' ? { ...event, patches: [] } : event,
	);
	return { ...job, events, happened: job.happened + 1 };
}

/** Simulated seconds that a job has been at work, by the real clock (milliseconds). */
export function secondsAtWork(job: Job, realNow: number): number {
	return job.speed === null ? Number.POSITIVE_INFINITY : ((realNow - job.startedReal) / 1000) * job.speed;
}

/** Every running job gets as far as the real clock says, except those that somebody is leading by the hand. */
export function settleJobs(machine: Machine, realNow: number, except: ReadonlySet<string>): Machine {
	let settled = machine;
	for (const id of Object.keys(machine.jobs)) {
		if (except.has(id)) continue;
		settled = settleJob(settled, id, realNow);
	}
	return settled;
}

export function settleJob(machine: Machine, id: string, realNow: number): Machine {
	let settled = machine;
	for (let job = settled.jobs[id]; job?.state === 'running' && isDue(job, realNow); job = settled.jobs[id]) {
		settled = advanceJob(settled, id);
	}
	return settled;
}

function isDue(job: Job, realNow: number): boolean {
	const next = job.events[job.happened]?.at ?? job.seconds;
	return next <= secondsAtWork(job, realNow);
}

/** The machine stopped: what was not finished never will be. */
export function loseRunningJobs(machine: Machine): Machine {
	const jobs = Object.entries(machine.jobs).map(([id, job]): [string, Job] => {
		return [id, job.state === 'running' ? { ...job, state: 'lost', events: job.events.slice(0, job.happened) } : job];
	});
	return { ...machine, jobs: Object.fromEntries(jobs) };
}
