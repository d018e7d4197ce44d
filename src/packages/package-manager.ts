/**
 * What one package manager must be able to do for us. Reading functions ask the host and change nothing; the builders
 * return the exact command that a step shows, gets a yes for and runs.
 */
import type { Fact } from '../facts/fact.js';
import type { Command, Host } from '../host/host.js';

/** One installed binary package. */
export interface InstalledPackage {
	readonly name: string;
	readonly architecture: string;
	/** Full version as the manager writes it. */
	readonly version: string;
	/** Source package that it was built from. */
	readonly source: string;
	/** The manager's own status word: dpkg's `ii`, `hi`, `iF`, `iHR`. */
	readonly status: string;
	readonly isHeld: boolean;
	/** Unpacked, configured and in no need of reinstallation. False: an interrupted transaction left it behind. */
	readonly isComplete: boolean;
}

/** One version on offer, and where from. */
export interface OfferedVersion {
	readonly version: string;
	/** The manager's priority for it (apt: after pins). */
	readonly priority: number;
	/** Archives that carry it: `bookworm-backports/contrib`; empty when only the installed copy is left. */
	readonly suites: readonly string[];
}

export interface PackageOffer {
	readonly name: string;
	readonly installed: string | undefined;
	/** What a plain upgrade would take. */
	readonly candidate: string | undefined;
	/** Best first, as the manager lists them. */
	readonly versions: readonly OfferedVersion[];
}

/** A package that a transaction changes. `from` or `to` is absent where it comes new or goes. */
export interface PackageChange {
	readonly name: string;
	readonly from?: string;
	readonly to?: string;
	/** Archive of the new version, as the manager names it. */
	readonly origin?: string;
}

/** What a simulation says that the real transaction would do. */
export interface Transaction {
	readonly install: readonly PackageChange[];
	readonly upgrade: readonly PackageChange[];
	readonly downgrade: readonly PackageChange[];
	/** The same version again from other bytes: a repacked local file, for example. */
	readonly reinstall: readonly PackageChange[];
	readonly remove: readonly PackageChange[];
	/** Left over from an interrupted transaction: only their configuration is still to come. */
	readonly configureOnly: readonly string[];
	/** Held packages that would be changed all the same. */
	readonly heldChanged: readonly string[];
}

/** The manager's answer to "what would happen?". An answer that could not be read is an unknown fact, not one of these. */
export type Simulation =
	| { readonly kind: 'possible'; readonly transaction: Transaction }
	/** The manager refuses; its own lines say why (control characters stripped). */
	| { readonly kind: 'impossible'; readonly reasons: readonly string[] };

/** `forward` to a newer version, `back` to an older one; decides which renamed libraries may go. */
export type Direction = 'forward' | 'back';

/** A change of the OpenZFS set, or of any packages: the same request is simulated, downloaded and run. */
export interface SetChange {
	readonly direction: Direction;
	readonly from:
		| {
				readonly kind: 'archive';
				readonly packages: readonly { readonly name: string; readonly version?: string }[];
				/** Private pin file (see `preferencesText`); without it the host's own pins decide. */
				readonly preferencesFile?: string;
		  }
		/** Absolute paths of package files: works without any archive. */
		| { readonly kind: 'files'; readonly files: readonly [string, ...string[]] };
	/** Folder for downloads instead of the manager's own cache. */
	readonly archivesDirectory?: string;
	/**
	 * Packages to take away in the same transaction. apt finds out by itself which libraries must go, but no longer once
	 * an interruption has left dependencies broken: then it refuses unless they are named.
	 */
	readonly remove?: readonly string[];
	/**
	 * Mend broken dependencies on the way, and install again what is at its version already. Only after an interruption,
	 * with the whole set from files, and never unjudged: the manager may choose to mend by removing.
	 */
	readonly repair?: boolean;
	/** Change packages although they are on hold. Default false. */
	readonly changeHeld?: boolean;
	/** Seconds to wait for another package manager's lock. Default 0: fail at once. */
	readonly lockTimeoutSeconds?: number;
}

/** Exact sizes of a transaction. */
export interface TransactionSize {
	/** Bytes still to be fetched, file by file. */
	readonly files: readonly { readonly name: string; readonly bytes: bigint }[];
	/** Change of the disk space used afterwards in bytes, rounded by the manager; negative: freed. */
	readonly diskBytes: bigint | undefined;
}

/** A process that holds the package manager's lock. */
export interface LockHolder {
	readonly pid: number;
	/** Command line, control characters stripped. */
	readonly command: string;
	readonly lock: string;
}

/** What an interrupted transaction left behind. */
export interface Interruption {
	/** Packages in any state but fully installed or fully removed. */
	readonly incomplete: readonly InstalledPackage[];
	/** Installed libraries of the OpenZFS set that carry a SONAME in their names; both of a pair may be there. */
	readonly libraries: readonly string[];
	/** The package database itself asks to be told to go on. */
	readonly isDatabaseInterrupted: boolean;
	/** Processes of a transaction that are still at work, orphans included. Nothing may be started beside them. */
	readonly running: readonly { readonly pid: number; readonly command: string }[];
	/** The last transaction in the manager's log, when it has no end: it was killed. Stays after mending by hand. */
	readonly unfinished: string | undefined;
}

/** How to mend an interruption, in order. */
export type RecoveryStep =
	| { readonly kind: 'wait'; readonly why: string; readonly pids: readonly number[] }
	| {
			readonly kind: 'run';
			readonly why: string;
			readonly command: Command;
			/** Go on with the next one whatever it says; the state decides. */
			readonly mayFail: boolean;
			/** The change that the command makes: simulate and judge it before it is run. Absent: it installs and removes nothing. */
			readonly change?: SetChange;
	  };

export interface PackageManager {
	readonly name: 'apt';
	/** All installed binaries of the OpenZFS source package, complete or not. */
	readInstalledSet(host: Host): Promise<Fact<readonly InstalledPackage[]>>;
	/** Versions on offer for each name; a name that the manager does not know is absent. */
	readOffers(host: Host, names: readonly string[]): Promise<Fact<ReadonlyMap<string, PackageOffer>>>;
	/** Asks the manager what the change would do. Changes nothing and needs no lock. */
	simulate(host: Host, change: SetChange): Promise<Fact<Simulation>>;
	readTransactionSize(host: Host, change: SetChange): Promise<Fact<TransactionSize>>;
	/** The real transaction: run it detached, with its output in a file, and judge by state, not by exit code. */
	transactionCommand(change: SetChange): Command;
	/** Fetches everything that the transaction needs, installs nothing. */
	downloadCommand(change: SetChange & { readonly archivesDirectory: string }): Command;
	/** Refreshes the lists of what is on offer. */
	refreshCommand(): Command;
	/** Names on hold, whoever put them there. */
	readHolds(host: Host): Promise<Fact<readonly string[]>>;
	holdCommand(names: readonly [string, ...string[]]): Command;
	unholdCommand(names: readonly [string, ...string[]]): Command;
	/** Packages that came only as dependencies. Naming one in a transaction makes it look asked for; put it back after. */
	readAutomatic(host: Host): Promise<Fact<readonly string[]>>;
	markAutomaticCommand(names: readonly [string, ...string[]]): Command;
	readLockHolder(host: Host): Promise<Fact<LockHolder | undefined>>;
	readInterruption(host: Host): Promise<Fact<Interruption>>;
	/**
	 * The way out of an interruption.
	 * @param repeat the same full-set change that was interrupted, or the full old set to go back
	 */
	planRecovery(interruption: Interruption, repeat: SetChange): readonly RecoveryStep[];
}
