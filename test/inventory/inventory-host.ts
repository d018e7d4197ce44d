/** A host whose files are in memory, with the real sort(1), and zfs, zpool and systemd that print tables. */
import { execFileSync } from 'node:child_process';
import type { Command, CommandResult, Host } from '../../src/host/host.js';
import { createTableFiles, type TableFile } from '../support/table-files.js';
import { createTableHost } from '../support/table-host.js';

/** What the commands print; changed by a test between two inventories. */
export interface Printed {
	pools: string[];
	poolProperties: string[];
	datasets: string[];
	properties: string[];
	snapshots: string[];
	bookmarks: string[];
	/** `snapshot<tab>tag` */
	holds: string[];
	/** `dataset<tab>mount point` */
	mounts: string[];
	exports: string;
	units: string;
}

export interface InventoryHost {
	readonly host: Host;
	readonly printed: Printed;
	/** Lets the next commands of this program fail. */
	fail(program: string): void;
	/** Removes a file, or a folder with everything in it. */
	removeAll(path: string): Promise<void>;
}

export function createInventoryHost(
	printed: Partial<Printed> = {},
	initialFiles: Readonly<Record<string, TableFile>> = {},
): InventoryHost {
	const failing = new Set<string>();
	const files = createTableFiles({ files: { '/run/systemd/system': { directory: true }, ...initialFiles } });
	const tables: Printed = {
		pools: [],
		poolProperties: [],
		datasets: [],
		properties: [],
		snapshots: [],
		bookmarks: [],
		holds: [],
		mounts: [],
		exports: '',
		units: '',
		...printed,
	};

	function print({ argv }: Command): string {
		const [program, ...words] = argv;
		const lines = (rows: readonly string[]) => rows.map((row) => `${row}\n`).join('');
		if (program === 'exportfs') return tables.exports;
		if (program === 'systemctl') return tables.units;
		if (program === 'zpool') return lines(words[0] === 'list' ? tables.pools : tables.poolProperties);
		if (words[0] === 'get') return lines(tables.properties);
		if (words[0] === 'holds') {
			const asked = new Set(words.slice(2));
			const held = tables.holds.filter((row) => asked.has(row.split('\t')[0] ?? ''));
			return lines(held.map((row) => `${row}\tSun Nov 22 08:27 2026`));
		}
		if (words.includes('snapshot')) return lines(tables.snapshots);
		return lines(words.includes('bookmark') ? tables.bookmarks : tables.datasets);
	}

	function run(command: Command): CommandResult {
		const hasFailed = failing.has(command.argv[0]);
		return {
			command,
			outcome: { kind: 'exited', code: hasFailed ? 1 : 0 },
			stdout: hasFailed ? '' : print(command),
			stderr: hasFailed ? 'internal error\n' : '',
			truncated: false,
			seconds: 0,
		};
	}

	const host: Host = {
		...createTableHost(),
		files: { ...files, read: async (path) => (path === '/proc/self/mountinfo' ? mountInfo() : files.read(path)) },
		run: async (command) => run(command),
		pipe: async ({ commands: [first, ...others], outputFile = '' }) => {
			if (others.map(({ argv }) => argv.join(' ')).join() !== 'sort') throw new Error('only sort is played here');
			if ((await files.stat(outputFile)) !== undefined) throw new Error(`${outputFile} exists`);
			const result = run(first);
			const sorted = execFileSync('sort', { input: result.stdout, env: { LC_ALL: 'C', PATH: process.env.PATH } });
			await files.write(outputFile, sorted.toString('utf8'), { mode: 0o600 });
			return { results: [{ ...result, stdout: '' }], seconds: 0 };
		},
	};

	function mountInfo(): string {
		const rows = tables.mounts.map((row, index) => {
			const [dataset = '', point = ''] = row.split('\t');
			return `${index + 40} 1 0:${index} / ${point.replaceAll(' ', '\\040')} rw shared:1 - zfs ${dataset} rw,xattr\n`;
		});
		return `21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n${rows.join('')}`;
	}

	async function removeAll(path: string): Promise<void> {
		for (const name of (await files.list(path)) ?? []) await removeAll(`${path}/${name}`);
		await files.remove(path);
	}

	return { host, printed: tables, fail: (program) => failing.add(program), removeAll };
}
