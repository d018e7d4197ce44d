/** A host on which some commands and files lie, as a broken disk, a foreign tool or an attacker would have it. */
import type { CommandResult, Host, HostFiles } from '../../src/host/host.js';
import { HostError } from '../../src/host/host-error.js';
import { quoteForDisplay } from '../../src/host/text.js';

/** What becomes of one answer of the host. */
export interface Lie {
	/** Command line or path begins with this, cut to a part of it. */
	readonly about: (what: string) => boolean;
	readonly text?: (text: string) => string;
	/** In the place of how a command ended. */
	readonly outcome?: CommandResult['outcome'];
	readonly truncated?: boolean;
	/** A file that is not there, or that the host refuses to read. */
	readonly file?: 'missing' | 'refused';
}

/** Everything that the host was asked, command lines and paths: what can be lied about. */
export async function questionsTo(host: Host, ask: (host: Host) => Promise<unknown>): Promise<readonly string[]> {
	const asked = new Set<string>();
	await ask(
		lyingHost(host, [
			{
				about: (what) => {
					asked.add(what);
					return false;
				},
			},
		]),
	);
	return [...asked];
}

export function lyingHost(host: Host, lies: readonly Lie[]): Host {
	const lieAbout = (what: string) => lies.find(({ about }) => about(what));
	return {
		kind: host.kind,
		root: host.root,
		files: lyingFiles(host.files, lieAbout),
		run: async (command) => {
			const lie = lieAbout(quoteForDisplay(command.argv));
			const result = await host.run(command);
			return lie === undefined ? result : bend(result, lie);
		},
		stream: (command) => host.stream(command),
		pipe: (pipeline) => host.pipe(pipeline),
		job: (spec, options) => host.job(spec, options),
		jobStatus: (id) => host.jobStatus(id),
		userId: () => host.userId(),
		now: () => host.now(),
		sleep: (seconds) => host.sleep(seconds),
	};
}

function bend(result: CommandResult, { text, outcome, truncated }: Lie): CommandResult {
	return {
		...result,
		...(text === undefined ? {} : { stdout: text(result.stdout), stderr: text(result.stderr) }),
		...(outcome === undefined ? {} : { outcome }),
		...(truncated === undefined ? {} : { truncated }),
	};
}

function lyingFiles(files: HostFiles, lieAbout: (what: string) => Lie | undefined): HostFiles {
	const refuse = (path: string) => {
		throw new HostError('io', path, `Cannot read ${path}: Input/output error.`, ['dmesg | tail -n 50']);
	};
	/** Asks the file system unless the lie stands in its place. */
	async function lied<T>(
		path: string,
		ask: () => Promise<T>,
		change: (value: T, lie: Lie) => T,
	): Promise<T | undefined> {
		const lie = lieAbout(path);
		if (lie?.file === 'missing') return undefined;
		if (lie?.file === 'refused') refuse(path);
		const value = await ask();
		return lie === undefined ? value : change(value, lie);
	}
	return {
		...files,
		read: (path) =>
			lied(
				path,
				() => files.read(path),
				(value, { text }) => (value === undefined || text === undefined ? value : text(value)),
			),
		list: (path) =>
			lied(
				path,
				() => files.list(path),
				(value, { text }) =>
					value === undefined || text === undefined ? value : text(value.join('\n')).split('\n').filter(isName),
			),
		stat: (path) =>
			lied(
				path,
				() => files.stat(path),
				(value) => value,
			),
		readLink: (path) =>
			lied(
				path,
				() => files.readLink(path),
				(value, { text }) => (value === undefined || text === undefined ? value : text(value)),
			),
		fileSystem: (path) =>
			lied(
				path,
				() => files.fileSystem(path),
				(value) => value,
			),
		checksum: (path) =>
			lied(
				path,
				() => files.checksum(path),
				(value) => value,
			),
	};
}

/** What a folder can hold: no slash, no NUL, at most 255 bytes. */
function isName(name: string): boolean {
	return name !== '' && !/[/\0]/.test(name) && Buffer.byteLength(name) <= 255;
}
