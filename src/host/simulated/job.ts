/** A detached job as the machine remembers it: it goes on while nobody of ours is there. */
import type { CommandResult, JobSpec } from '../host.js';
import type { Patch } from './patch.js';

/** What a running command does, and when: seconds after its start. */
export type TimedEvent =
	| { readonly at: number; readonly kind: 'line'; readonly stream: 'stdout' | 'stderr'; readonly text: string }
	| {
			readonly at: number;
			readonly kind: 'change';
			readonly patches: readonly Patch[];
			/** The program synced what it wrote: a power cut does not take it. */
			readonly durable: boolean;
	  };

export interface Job {
	readonly spec: JobSpec;
	/** Simulated time. */
	readonly startedAt: number;
	/** Milliseconds since the epoch of the real clock. */
	readonly startedReal: number;
	/** Simulated seconds for one real second; null passes no real time at all. */
	readonly speed: number | null;
	readonly seconds: number;
	/** All of it, also what is still to come; changes are dropped once they are made. */
	readonly events: readonly TimedEvent[];
	/** How many of the events have happened. */
	readonly happened: number;
	/** What will have been said in the end. */
	readonly results: readonly CommandResult[];
	readonly state: 'running' | 'ended' | 'lost';
}
