import { linkSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { syncDirectory, temporaryNameFor, writeDurably } from './durable-write.js';
import type { CommandResult, JobSpec } from './host.js';
import { errorCode, HostError, type HostErrorKind, isMissing, toHostError } from './host-error.js';
import { makePrivateDirectory } from './private-directory.js';
import type { ProcessIdentity } from './process-identity.js';
import { quoteForDisplay } from './text.js';

/** `spec.json`: what is to be done. Written before anything is started. */
export interface StoredJob {
	readonly spec: JobSpec;
	/** Root of the host that the commands run in. */
	readonly root: string;
	/** In the environment of every process of the job, so that they are found when the supervisor died. */
	readonly token: string;
}

/** `supervisor.json`: who does it. There is one for ever: who could write it is the only one that runs the work. */
export interface Supervisor {
	readonly process: ProcessIdentity;
	/** ISO 8601. */
	readonly startedAt: string;
}

/** `result.json`: how it ended. Outputs are in files of their own. */
export type StoredResult =
	| {
			readonly commands: readonly { readonly outcome: CommandResult['outcome']; readonly seconds: number }[];
			readonly seconds: number;
	  }
	/** The machine refused: a file could not be opened, a program not be started, the output not be synced. */
	| { readonly error: StoredError };

interface StoredError {
	readonly kind: HostErrorKind;
	readonly path: string;
	readonly message: string;
	readonly remediation: readonly string[];
}

/** The folder of one job, below `jobs/`. All files are 0600, all folders 0700. */
export class JobFolder {
	readonly path: string;

	constructor(folder: string) {
		this.path = folder;
	}

	/** Where the command at `index` writes. Kept apart, because each command is judged by its own words. */
	outputFile(index: number, stream: 'stdout' | 'stderr'): string {
		return path.join(this.path, `${index}.${stream}`);
	}

	/** What the supervisor itself and the program that started it say. */
	get supervisorLog(): string {
		return path.join(this.path, 'supervisor.log');
	}

	readJob(): StoredJob | undefined {
		return this.#read<StoredJob>('spec.json');
	}

	readSupervisor(): Supervisor | undefined {
		return this.#read<Supervisor>('supervisor.json');
	}

	readResult(): StoredResult | undefined {
		return this.#read<StoredResult>('result.json');
	}

	/** Creates the folder with its spec, whole or not at all; false when it is there already. */
	create(spec: JobSpec, root: string): boolean {
		const parent = path.dirname(this.path);
		makePrivateDirectory(parent);
		const temporary = temporaryNameFor(this.path);
		mkdirSync(temporary, { mode: 0o700 });
		try {
			const job: StoredJob = { spec, root, token: crypto.randomUUID() };
			writeDurably(path.join(temporary, 'spec.json'), JSON.stringify(job), { mode: 0o600 });
			renameSync(temporary, this.path);
		} catch (error) {
			rmSync(temporary, { recursive: true, force: true });
			const code = errorCode(error);
			if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
			throw error;
		}
		syncDirectory(parent);
		return true;
	}

	/** Makes `supervisor` the only one of this job; false when there is one already. */
	claim(supervisor: Supervisor): boolean {
		const file = path.join(this.path, 'supervisor.json');
		const temporary = path.join(this.path, `supervisor.${supervisor.process.pid}.json`);
		writeDurably(temporary, JSON.stringify(supervisor), { mode: 0o600 });
		try {
			// link(2) is atomic and, unlike rename(2), does not replace.
			linkSync(temporary, file);
		} catch (error) {
			if (errorCode(error) === 'EEXIST') return false;
			throw error;
		} finally {
			rmSync(temporary, { force: true });
		}
		syncDirectory(this.path);
		return true;
	}

	writeResult(result: StoredResult): void {
		writeDurably(path.join(this.path, 'result.json'), JSON.stringify(result), { mode: 0o600 });
	}

	#read<T>(name: string): T | undefined {
		const file = path.join(this.path, name);
		let text: string;
		try {
			text = readFileSync(file, 'utf8');
		} catch (error) {
			if (isMissing(error)) return undefined;
			throw toHostError(error, 'read', file);
		}
		try {
			// Every writer above writes whole files into a folder that only we can write to.
			return JSON.parse(text) as T;
		} catch (error) {
			const shown = quoteForDisplay([file]);
			const remediation = [`Look at it, and at what the job did: ls -la ${quoteForDisplay([this.path])}`];
			throw new HostError('io', file, `Cannot read ${shown}: it is damaged.`, remediation, error);
		}
	}
}
