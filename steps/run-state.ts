import type { HeldJob } from '../src/jobs/job.js';
import type { PlannedCommand } from '../src/plan/planned-command.js';
import type { UpgradePlan } from '../src/plan/upgrade-plan.js';
import type { Failure, StepId } from './step.js';

/** Raise it when the shape changes; an older program refuses a newer file. */
export const runStateSchemaVersion = 1;

export type StepState =
	| { readonly status: 'pending' }
	| {
			readonly status: 'running';
			readonly since: number /** Starts so far; three are the end. */;
			readonly attempts: number;
	  }
	| {
			readonly status: 'waiting';
			readonly since: number;
			readonly waitingFor: 'reboot' | 'administrator';
			readonly text: string;
			readonly attempts: number;
	  }
	| { readonly status: 'done'; readonly at: number; readonly evidence: string }
	| { readonly status: 'skipped'; readonly at: number; readonly why: string }
	| {
			readonly status: 'failed';
			readonly at: number;
			readonly failure: Failure;
			readonly rollbackNeeded: boolean;
			readonly attempts: number;
	  };

/** A mutating command that was begun; an entry without its outcome means that only the host knows. */
export interface Intent {
	readonly command: PlannedCommand;
	/** The detached job that does the work; null for a foreground command. */
	readonly jobId: string | null;
	/** Seconds since the epoch. */
	readonly at: number;
	readonly bootId: string;
}

export interface HeldPackages {
	/** Set by this run, released at its end. */
	readonly ours: readonly string[];
	/** The administrator's own, never released. */
	readonly administrators: readonly string[];
}

export interface TakenSnapshot {
	/** `pool/dataset@name` of the recursive snapshot's root. */
	readonly name: string;
	readonly guid: string;
	/** Tag of the hold on it and on its descendants. */
	readonly holdTag: string;
}

export interface SavedPackage {
	readonly name: string;
	readonly version: string;
	/** Absolute path of the kept .deb. */
	readonly file: string;
	readonly sha256: string;
}

/** What the steps found and made; each key is written by one step. */
export interface Evidence {
	/** backup */
	readonly snapshots: readonly TakenSnapshot[];
	/** Datasets that a replication receives into; they keep no snapshot of the run. */
	readonly replicas: readonly string[];
	readonly checkpoints: readonly string[];
	readonly chosenBackups: readonly { readonly pool: string; readonly destination: string }[];
	readonly backups: readonly { readonly pool: string; readonly destination: string; readonly bytes: string }[];
	readonly savedPackages: readonly SavedPackage[];
	/** Folder with the copies of host files. */
	readonly hostFiles: string;
	/** File with the inventory taken before anything changed. */
	readonly inventory: string;
	readonly heldPackages: HeldPackages;
	readonly heldJobs: readonly HeldJob[];
	/** module: folders below /usr/src that this run unpacked, and the kernels it built for. */
	readonly moduleSource: { readonly directory: string; readonly kernels: readonly string[] };
	/** reboot: boot id when the reboot was agreed to. */
	readonly bootIdBeforeReboot: string;
	readonly rebootRequestedAt: number;
	/** verify */
	readonly bootIdAfterReboot: string;
	/** userspace: kernels whose initramfs was rebuilt after the tools were replaced. */
	readonly initramfsRebuilt: readonly string[];
	/** smoke-test: root of the scratch datasets while they exist. */
	readonly scratch: readonly string[];
	/** rollback: boot id in which a stage asked for a reboot. */
	readonly rollbackBootId: string;
	readonly smokeTest: { readonly passed: number; readonly failed: number; readonly skipped: number };
}

/** Everything that must survive a reboot. Kept small: details live in the event log and the run's folder. */
export interface RunState {
	readonly schemaVersion: typeof runStateSchemaVersion;
	readonly tool: 'zfs-lockstep';
	/** `20261122-213000`: part of snapshot names and the name of the run's folder. */
	readonly id: string;
	readonly startedAt: number;
	readonly endedAt: number | null;
	readonly host: {
		readonly kind: 'local' | 'alternate-root' | 'simulated';
		readonly hostname: string;
		readonly machineId: string;
	};
	/** Versions when the run began, full distribution strings, `unknown` where not read. */
	readonly from: { readonly userspace: string; readonly module: string; readonly kernel: string };
	/** Made by step 1; route and target do not change afterwards. */
	readonly plan: UpgradePlan | null;
	readonly pools: readonly string[];
	readonly ignoredChecks: readonly string[];
	readonly steps: Readonly<Record<StepId, StepState>>;
	/** Ids of planned commands that were agreed to. */
	readonly approved: readonly string[];
	readonly intent: Intent | null;
	readonly evidence: Partial<Evidence>;
}
