/** How far a running apt transaction is, counted from its output against what the simulation announced. */
import { stripControls } from '../../host/text.js';
import type { Transaction } from '../package-manager.js';

export interface TransactionProgress {
	/** Packages fetched, unpacked, set up and removed so far; all of them in `total`. */
	readonly done: number;
	readonly total: number;
	/** What it is at: dpkg's own last line of that kind. */
	readonly stage: string;
}

export function beginProgress(transaction: Transaction): TransactionProgress {
	const { install, upgrade, downgrade, reinstall, remove, configureOnly } = transaction;
	const unpacked = install.length + upgrade.length + downgrade.length + reinstall.length;
	return { done: 0, total: 2 * unpacked + remove.length + configureOnly.length, stage: 'preparing' };
}

const counted = /^(?:Unpacking|Setting up|Removing) \S+ \(\S+\)/;
const shown =
	/^(?:Get:\d+ |Unpacking |Setting up |Removing |Processing triggers for |update-initramfs: Generating |Waiting for cache lock)/;

/**
 * The next state after one line of standard output. zfs-dkms stands at `Setting up zfs-dkms` for as long as its module
 * is built, which shows only in make.log.
 */
export function advanceProgress(progress: TransactionProgress, line: string): TransactionProgress {
	if (!shown.test(line)) return progress;
	const done = counted.test(line) ? Math.min(progress.done + 1, progress.total) : progress.done;
	return {
		...progress,
		done,
		stage: stripControls(line)
			.replace(/ \.\.\.$/, '')
			.trim()
			.slice(0, 120),
	};
}
