import type { StepId } from '../../steps/step.js';

/** What does not change while a run is shown. */
export interface About {
	/** Of this program. */
	readonly version: string;
	readonly hostname: string;
	readonly hostKind: 'local' | 'alternate-root' | 'simulated';
	/** The mounted root, where the host is one. */
	readonly root: string;
	readonly steps: readonly { readonly id: StepId; readonly title: string; readonly purpose: string }[];
	/** Where the whole output and the journal are. */
	readonly logFile: string;
	/** What to type to come back, with the flags that this run needs: `zfs-lockstep demo`. */
	readonly resumeCommand: string;
	/** What to type for another command on the same run: `status`. */
	readonly commandLine: (command: string) => string;
	/** The rollback guidance on disk; absent where there is none. */
	readonly rollbackFile?: string;
	/** What is done to the steps; without it they are taken. */
	readonly activity?: 'rollback';
}

/** Said on every screen and above plain output when it is not the running system; empty on an ordinary host. */
export function banner(about: About): string {
	switch (about.hostKind) {
		case 'simulated':
			return 'SIMULATED HOST - nothing here is real';
		case 'alternate-root':
			return `SYSTEM MOUNTED AT ${about.root}`;
		case 'local':
			return '';
	}
}
