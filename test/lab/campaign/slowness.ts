import type { Machine } from '../machine/machine.ts';

/** What the fingerprint takes on an idle machine. */
const idleSeconds = 4;

export interface Looked {
	/** How many times slower than idle this host is now: waits are stretched by it. */
	readonly slowness: number;
	/** Fingerprint of the data. */
	readonly data: string;
}

export async function lookAtData(machine: Machine): Promise<Looked> {
	const startedAt = Date.now();
	const data = await machine.mustExec('/usr/local/lib/lab/fingerprint');
	return { data, slowness: Math.min(6, Math.max(1, (Date.now() - startedAt) / 1000 / idleSeconds)) };
}
