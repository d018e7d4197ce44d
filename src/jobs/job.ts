/** Work that snapshots, sends, receives, prunes or scrubs by itself, and how it is started. */

/** Whose work it is. `zfs-command`: something home-made that calls zfs itself. */
export type JobSystem =
	| 'sanoid'
	| 'syncoid'
	| 'zrepl'
	| 'znapzend'
	| 'pyznap'
	| 'zfs-auto-snapshot'
	| 'zfs-autobackup'
	| 'proxmox-replication'
	| 'other-replication'
	| 'scrub'
	| 'zfs-command'
	| 'package-upgrade';

interface JobBase {
	readonly system: JobSystem;
	/** Unique on the host, fit for an id: `sanoid.service`, `cron.d-zfs-auto-snapshot`. */
	readonly name: string;
	/** What it runs; one line, control characters stripped. */
	readonly runs: string;
}

/** A service, with or without a timer. */
export interface ServiceJob extends JobBase {
	readonly kind: 'service';
	/** A template (`zfs-scrub@.service`) stands for all its instances. */
	readonly unit: string;
	/** Timers and other units that start it. */
	readonly startedBy: readonly string[];
	readonly isActive: boolean;
	/** Goes on until it is stopped (zrepl, znapzend), so a hold alone does not end it. */
	readonly isDaemon: boolean;
}

/** A file in /etc/cron.d whose every line is such work, or a script in /etc/cron.daily and its like. */
export interface CronFileJob extends JobBase {
	readonly kind: 'cron-file';
	readonly path: string;
	/** Permission bits. */
	readonly mode: number;
	readonly uid: number;
	/** Hex. */
	readonly sha256: string;
}

/** Lines of a table that has others as well. */
export interface CronLinesJob extends JobBase {
	readonly kind: 'cron-lines';
	readonly path: string;
	/** Exactly as they are there. */
	readonly lines: readonly string[];
}

export interface UserCrontabJob extends JobBase {
	readonly kind: 'user-crontab';
	readonly user: string;
	/** The whole table, as `crontab -l` prints it. */
	readonly text: string;
	readonly lines: readonly string[];
}

/** A job of Proxmox VE's storage replication. */
export interface StorageReplicationJob extends JobBase {
	readonly kind: 'storage-replication';
	/** `100-0` */
	readonly id: string;
}

/** A process that is at it right now. It is waited for, never killed. */
export interface RunningJob extends JobBase {
	readonly kind: 'running';
	readonly pid: number;
}

/** Work that is set up, and that nothing found on this host starts: it may be started from another host. */
export interface OutsideJob extends JobBase {
	readonly kind: 'outside';
}

export type ReplicationJob =
	| ServiceJob
	| CronFileJob
	| CronLinesJob
	| UserCrontabJob
	| StorageReplicationJob
	| RunningJob
	| OutsideJob;

/** A job on hold, with all that undoing needs. Plain text, because it is kept in the run's state over the reboot. */
export interface HeldJob {
	/** `service`, `cron-file`, ...: the kind of the job. */
	readonly kind: string;
	readonly name: string;
	readonly detail: Readonly<Record<string, string>>;
}
