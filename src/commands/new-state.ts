import { type RunState, runStateSchemaVersion } from '../../steps/run-state.js';
import type { RunOptions } from '../../steps/step.js';
import type { Program } from './program.js';

/** `20261122-213000` in UTC: sorts by time and is fit for a snapshot's name. */
function newRunId(now: number): string {
	const digits = new Date(now * 1000).toISOString().replace(/[-:]/g, '');
	return `${digits.slice(0, 8)}-${digits.slice(9, 15)}`;
}

async function readLine(program: Pick<Program, 'host'>, path: string): Promise<string> {
	return (await program.host.files.read(path))?.trim() ?? 'unknown';
}

/** A run that has not begun to do anything. */
export async function newState(program: Pick<Program, 'host'>, options: RunOptions): Promise<RunState> {
	const pending = { status: 'pending' } as const;
	const now = program.host.now();
	return {
		schemaVersion: runStateSchemaVersion,
		tool: 'zfs-lockstep',
		id: newRunId(now),
		startedAt: now,
		endedAt: null,
		host: {
			kind: program.host.kind,
			hostname: await readLine(program, '/etc/hostname'),
			machineId: await readLine(program, '/etc/machine-id'),
		},
		from: { userspace: 'unknown', module: 'unknown', kernel: 'unknown' },
		plan: null,
		pools: [],
		ignoredChecks: options.ignoredChecks,
		steps: {
			check: pending,
			backup: pending,
			module: pending,
			reboot: pending,
			verify: pending,
			userspace: pending,
			'smoke-test': pending,
		},
		approved: [],
		intent: null,
		evidence: {},
	};
}
