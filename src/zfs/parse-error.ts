/** Output of zfs or zpool has another shape than the known versions print. Nothing may be concluded from it. */
export class ZfsParseError extends Error {
	override readonly name = 'ZfsParseError';
	/** The command whose output it was. */
	readonly subject: string;

	constructor(subject: string, problem: string) {
		super(`${subject}: ${problem}`);
		this.subject = subject;
	}
}
