import { exitCodes } from '../engine/exit-codes.js';
import { superviseJob as supervise } from '../host/job-supervisor.js';

/** `__job FOLDER`: does a detached job's work to its end, in a session of its own. */
export async function superviseJob(folder: string): Promise<number> {
	await supervise(folder);
	return exitCodes.done;
}
