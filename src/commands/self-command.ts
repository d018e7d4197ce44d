import { realpathSync } from 'node:fs';

/** Set by the bundler: true inside the standalone executable. */
declare const ZFS_LOCKSTEP_STANDALONE: boolean;

/** Whether this program is one file with its own runtime inside. */
export const isStandalone: boolean = typeof ZFS_LOCKSTEP_STANDALONE === 'boolean' && ZFS_LOCKSTEP_STANDALONE;

/** What the process knows about how it was started. */
export interface Start {
	readonly isStandalone: boolean;
	/** The runtime, or the standalone executable. */
	readonly execPath: string;
	/** `process.argv[1]`: in a standalone executable a path that exists only inside it, or the name as it was typed. */
	readonly script: string | undefined;
}

/** Program and arguments that start this program again, for the supervisor of a detached job. */
export function selfCommand({ isStandalone, execPath, script }: Start): readonly string[] {
	return isStandalone || script === undefined ? [execPath] : [execPath, realpathSync(script)];
}
