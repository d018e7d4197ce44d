/**
 * A host in a folder of its own: files are real, and `mv`, `sed`, `install`, `rm` and `rmdir` are the real ones on real
 * files. systemd, cron and Proxmox are played: they know what they were told to read.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Command, CommandResult, Host } from '../../src/host/host.js';
import { createLocalFiles } from '../../src/host/local-files.js';
import { type StagedFile, writeStagedFiles } from '../../src/jobs/hold.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import { createTableHost } from '../support/table-host.js';

export interface Sandbox {
	readonly host: Host;
	/** Tables of users, as `crontab -l` prints them. */
	readonly crontabs: Map<string, string>;
	/** Services that run. */
	readonly running: Set<string>;
	/** Every file below /etc with its mode and text. */
	snapshot(): Readonly<Record<string, string>>;
	write(file: string, text: string, mode?: number): void;
	read(file: string): string;
	/** Stages the files and runs the commands. Throws when one fails. */
	carryOut(stagedFiles: readonly StagedFile[], commands: readonly PlannedCommand[]): Promise<void>;
	remove(): void;
}

const realPrograms = new Set(['install', 'mv', 'rm', 'rmdir', 'sed']);

export function createSandbox(): Sandbox {
	const root = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-jobs-'));
	const inside = (file: string) => path.join(root, file);
	const crontabs = new Map<string, string>();
	const running = new Set<string>();
	let readDropIns: readonly string[] = [];

	function findDropIns(): readonly string[] {
		return listFiles('/etc/systemd/system').filter((file) => /\.d\/[^/]+\.conf$/.test(file));
	}

	function listFiles(folder: string): string[] {
		const entries = readdirSync(inside(folder), { withFileTypes: true, recursive: true });
		return entries
			.filter((entry) => entry.isFile())
			.map((entry) => path.join(entry.parentPath, entry.name).slice(root.length))
			.sort();
	}

	function play({ argv }: Command): { readonly code: number; readonly stdout: string } {
		const [program, ...words] = argv;
		if (program === 'crontab') {
			const [, user = '', last = ''] = words;
			if (last !== '-l') crontabs.set(user, readFileSync(inside(last), 'utf8'));
			return { code: crontabs.has(user) ? 0 : 1, stdout: crontabs.get(user) ?? '' };
		}
		if (program === 'pvesr') {
			const text = readFileSync(inside('/etc/pve/replication.cfg'), 'utf8');
			const heading = `local: ${words[1]}\n`;
			const off = `${heading}\tdisable 1\n`;
			const changed = words[0] === 'disable' ? text.replace(heading, off) : text.replace(off, heading);
			writeFileSync(inside('/etc/pve/replication.cfg'), changed);
			return { code: 0, stdout: '' };
		}
		if (program !== 'systemctl') throw new Error(`the sandbox has no ${program}`);
		const units = words.slice(words.indexOf('--') + 1);
		if (words[0] === 'daemon-reload') readDropIns = findDropIns();
		if (words[0] === 'stop') for (const unit of units) running.delete(unit);
		if (words[0] === 'start') for (const unit of units) if (!dropInsOf(unit).some(isHold)) running.add(unit);
		if (words[0] !== 'show') return { code: 0, stdout: '' };
		const shown = units.map((unit) => {
			const state = running.has(unit) ? 'active' : 'inactive';
			return `Id=${unit}\nLoadState=loaded\nActiveState=${state}\nDropInPaths=${dropInsOf(unit).join(' ')}\n`;
		});
		return { code: 0, stdout: shown.join('\n') };
	}

	function dropInsOf(unit: string): readonly string[] {
		const template = unit.replace(/@.+(?=\.service$)/, '@');
		return readDropIns.filter((file) => file.includes(`/${unit}.d/`) || file.includes(`/${template}.d/`));
	}

	async function run(command: Command): Promise<CommandResult> {
		const [program, ...words] = command.argv;
		if (realPrograms.has(program)) {
			const moved = words.map((word) => (word.startsWith('/') ? inside(word) : word));
			const { status, stderr } = spawnSync(program, moved, { encoding: 'utf8' });
			const outcome = { kind: 'exited' as const, code: status ?? -1 };
			return { command, outcome, stdout: '', stderr, truncated: false, seconds: 0 };
		}
		const { code, stdout } = play(command);
		return { command, outcome: { kind: 'exited', code }, stdout, stderr: '', truncated: false, seconds: 0 };
	}

	const host: Host = {
		...createTableHost(),
		files: createLocalFiles(root),
		run,
		pipe: async ({ commands }) => ({ results: await Promise.all(commands.map(run)), seconds: 0 }),
	};
	mkdirSync(inside('/run/systemd/system'), { recursive: true });
	mkdirSync(inside('/etc/systemd/system'), { recursive: true });
	mkdirSync(inside('/proc'));

	return {
		host,
		crontabs,
		running,
		snapshot: () => {
			const describe = (file: string) =>
				`${(statSync(inside(file)).mode & 0o7777).toString(8)} ${readFileSync(inside(file), 'utf8')}`;
			const folders = readdirSync(inside('/etc'), { recursive: true }).map(String).sort();
			return {
				folders: folders.join(' '),
				...Object.fromEntries(listFiles('/etc').map((file) => [file, describe(file)])),
			};
		},
		write(file, text, mode = 0o644) {
			mkdirSync(path.dirname(inside(file)), { recursive: true });
			writeFileSync(inside(file), text, { mode });
		},
		read: (file) => readFileSync(inside(file), 'utf8'),
		async carryOut(stagedFiles, commands) {
			await writeStagedFiles(host, stagedFiles);
			for (const { id, work } of commands) {
				const { results } = await host.pipe(work);
				const failed = results.find(({ outcome }) => outcome.kind !== 'exited' || outcome.code !== 0);
				if (failed !== undefined) throw new Error(`${id} failed: ${failed.stderr}`);
			}
		},
		remove: () => rmSync(root, { recursive: true, force: true }),
	};
}

function isHold(file: string): boolean {
	return file.endsWith('lockstep-hold.conf');
}
