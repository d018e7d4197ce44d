/** What a connection to a machine says that went down: nothing more can be asked of it. */
export class MachineDownError extends Error {
	override readonly name = 'MachineDownError';
	readonly reason: 'rebooting' | 'power-cut';

	constructor(reason: 'rebooting' | 'power-cut') {
		super(reason === 'rebooting' ? 'The simulated host is rebooting.' : 'The simulated host has lost its power.');
		this.reason = reason;
	}
}
