/** What the small programs that handle files have in common. */
import type { ParsedOptions } from '../../options.js';
import type { Session } from '../../session.js';
import { TreeError } from '../../tree-error.js';

/** Runs `work` and says what the system answered where it refuses. @returns the exit code */
export function attempt(session: Session, complaint: string, work: () => void): number {
	try {
		work();
		return 0;
	} catch (error) {
		if (!(error instanceof TreeError)) throw error;
		session.err(`${complaint}: ${error.message}`);
		return 1;
	}
}

export function refuse(session: Session, program: string, { problem }: ParsedOptions): boolean {
	if (problem === undefined) return false;
	const shown =
		problem.option.length > 1 ? `unrecognized option '--${problem.option}'` : `invalid option -- '${problem.option}'`;
	session.err(`${program}: ${shown}\nTry '${program} --help' for more information.`);
	return true;
}

export function absolute(session: Session, path: string): string {
	return path.startsWith('/') ? path : `${session.cwd === '/' ? '' : session.cwd}/${path}`;
}
