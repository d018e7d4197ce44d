/** The only list of exit codes. Never a count; 128 and above only for signals. */
export const exitCodes = {
	done: 0,
	error: 1,
	usage: 2,
	blocked: 3,
	waitingForReboot: 4,
	answerNeeded: 5,
	rollbackNeeded: 6,
	/** EX_TEMPFAIL of sysexits(3): another run, or another package manager, holds the lock. */
	busy: 75,
	/** As rpm-ostree's `--unchanged-exit-77`. */
	nothingToDo: 77,
	/** 128 + SIGINT: left by a second Ctrl-C. */
	interrupted: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
