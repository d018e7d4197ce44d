import type { Command, Pipeline } from '../host/host.js';

/**
 * What running a command does to the host. `host` needs a recorded yes; `nothing` reads, or writes only into the run's
 * own folder.
 */
type Effect = 'nothing' | 'host';

/** One exact command of a plan, as it will be shown, approved, journalled and run. */
export interface PlannedCommand {
	/** Stable within the run, kebab-case: `module.dkms-build.6.1.0-56-amd64`. Key of approval, intent and outcome. */
	readonly id: string;
	/** Why it is run, in the administrator's words, one line. */
	readonly why: string;
	readonly effect: Effect;
	readonly work: Pipeline;
	/**
	 * `foreground`: ends within seconds and dies with us. `detached`: must outlive the terminal (package transactions,
	 * module builds, long sends); runs as a job and is re-attached after an interruption.
	 */
	readonly mode: 'foreground' | 'detached';
	/** Keeps the host from shutting down or sleeping meanwhile. */
	readonly inhibitShutdown?: boolean;
	/** Rough duration in seconds on an ordinary host, for `plan`; measured values beside it in the docs. */
	readonly expectedSeconds?: number;
}

/** A planned command made of one process. */
export function plan(
	id: string,
	why: string,
	command: Command,
	options: Partial<Omit<PlannedCommand, 'id' | 'why' | 'work'>> = {},
): PlannedCommand {
	return { id, why, effect: 'host', mode: 'foreground', ...options, work: { commands: [command] } };
}
