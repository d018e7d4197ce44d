import { type Command, type CommandResult, type Host, succeeded } from '../host/host.js';

/** What nobody of ours touched stays as it is for so long; a person at a question may take longer, and do anything. */
export const trustedSeconds = 120;

/** A reading that says more is not kept; nor is one that failed: what hindered it may be over the next time. */
const keptCharacters = 1024 * 1024;

export interface RememberedHost {
	/** The host, of which no reading is asked twice while its answer stands. */
	readonly host: Host;
	/** The host is being changed, or was: every reading is to be made anew. */
	forget(): void;
	/** Of the commands that it is asked just now, the one that has taken longest; undefined: it is asked nothing. */
	reading(): Command | undefined;
}

interface Answer {
	readonly result: Promise<CommandResult>;
	/** Seconds since the epoch; while the command runs, without end. */
	until: number;
}

/**
 * Keeps what `run` said until the host is changed or two minutes have passed. Whoever changes the host by other means
 * than its files says so by `forget`; waiting forgets by itself, because what is waited for happens meanwhile.
 * @param records folder of ours: what is written there changes no answer of the host's
 */
export function rememberReadings(host: Host, records?: string): RememberedHost {
	const answers = new Map<string, Answer>();
	const underWay = new Set<{ readonly command: Command }>();
	const forget = () => answers.clear();

	async function noting<T>(command: Command, work: () => Promise<T>): Promise<T> {
		const entry = { command };
		underWay.add(entry);
		try {
			return await work();
		} finally {
			underWay.delete(entry);
		}
	}

	function run(command: Command): Promise<CommandResult> {
		const key = keyOf(command);
		const known = answers.get(key);
		if (known !== undefined && host.now() < known.until) return known.result;
		const answer: Answer = { result: ask(command), until: Number.POSITIVE_INFINITY };
		const drop = () => {
			if (answers.get(key) === answer) answers.delete(key);
		};
		async function ask(asked: Command): Promise<CommandResult> {
			try {
				const result = await noting(asked, () => host.run(asked));
				if (!succeeded(result) || result.stdout.length > keptCharacters) drop();
				answer.until = host.now() + trustedSeconds;
				return result;
			} catch (error) {
				drop();
				throw error;
			}
		}
		answers.set(key, answer);
		return answer.result;
	}

	/** Forgets before and after: a reading at the same time may have seen either. */
	async function changing<T>(change: () => Promise<T>): Promise<T> {
		forget();
		try {
			return await change();
		} finally {
			forget();
		}
	}

	/** A file that holds no record of ours is part of the host. */
	function writing<T>(path: string, write: () => Promise<T>): Promise<T> {
		return records !== undefined && path.startsWith(`${records}/`) ? write() : changing(write);
	}

	const { files } = host;
	const remembering: Host = {
		kind: host.kind,
		root: host.root,
		files: {
			read: (path) => files.read(path),
			lines: (path) => files.lines(path),
			write: (path, text, options) => writing(path, () => files.write(path, text, options)),
			remove: (path) => writing(path, () => files.remove(path)),
			makeDirectory: (path, options) => files.makeDirectory(path, options),
			list: (path) => files.list(path),
			stat: (path) => files.stat(path),
			readLink: (path) => files.readLink(path),
			fileSystem: (path) => files.fileSystem(path),
			checksum: (path) => files.checksum(path),
			copy: (from, to) => writing(to, () => files.copy(from, to)),
		},
		run,
		stream: (command) => host.stream(command),
		pipe: (pipeline) => noting(pipeline.commands[0], () => host.pipe(pipeline)),
		job: (spec, options) => host.job(spec, options),
		jobStatus: (id) => host.jobStatus(id),
		userId: () => host.userId(),
		now: () => host.now(),
		sleep: (seconds) => changing(() => host.sleep(seconds)),
	};
	return { host: remembering, forget, reading: () => underWay.values().next().value?.command };
}

/** All of the command counts; only the order of its fields and variables does not. */
function keyOf({ argv, env = {}, ...rest }: Command): string {
	return JSON.stringify([argv, Object.entries(env).sort(), Object.entries(rest).sort()]);
}
