/**
 * A disk of its own for state and log of one simulated host, that can be made full, read-only or broken: real file
 * systems of the kernel, so that the program meets the errors where they really come up. Needs root.
 */
import { spawnSync } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** `ENOSPC below`: the thin disk under a journalling file system is full, which a write hears only when it is synced. */
export type DiskFault = 'ENOSPC' | 'EROFS' | 'EIO' | 'ENOSPC below';

/** tmpfs for what fills up and what turns read-only; ext4 on a loop device for a disk that fails below it. */
export type DiskKind = 'tmpfs' | 'ext4';

export interface StateDisk {
	readonly faults: readonly DiskFault[];
	begin(fault: DiskFault): void;
	/** As an administrator would mend it; what the disk holds stays. */
	mend(fault: DiskFault): void;
	remove(): void;
}

export function canMount(): boolean {
	return process.getuid?.() === 0 && spawnSync('unshare', ['--mount', 'true']).status === 0;
}

/** Puts `state` and `log` of the folder on a disk. */
export function makeStateDisk(folder: string, kind: DiskKind): StateDisk {
	const disk = path.join(folder, 'disk');
	const below = path.join(folder, 'below');
	for (const one of [disk, below]) mkdirSync(one, { recursive: true, mode: 0o700 });
	const places = ['state', 'log'].map((name) => path.join(folder, name));
	const image = path.join(below, 'image');
	const saved = path.join(below, 'saved');
	const attach = () => {
		if (kind === 'ext4') must('mount', ['-o', 'loop', image, disk]);
		for (const place of places) {
			const source = path.join(disk, path.basename(place));
			mkdirSync(source, { recursive: true, mode: 0o700 });
			mkdirSync(place, { recursive: true, mode: 0o700 });
			must('mount', ['--bind', source, place]);
		}
	};
	/** The kernel refuses to remount what is open for writing; a second mount over it is met by whatever is opened next. */
	const coverReadOnly = () => {
		for (const place of places) {
			must('mount', ['--bind', path.join(disk, path.basename(place)), place]);
			must('mount', ['-o', 'remount,bind,ro', place]);
		}
	};
	/**
	 * The disk as it is now is kept aside; of the one in use nothing can be read or written any more but what is cached.
	 * Frozen meanwhile: a copy of what is being written to is a disk that there never was.
	 */
	const cutOff = () => {
		must('fsfreeze', ['--freeze', disk]);
		must('cp', ['--sparse=always', image, saved]);
		must('truncate', ['--size=4K', image]);
		for (const device of loopDevices(image)) must('losetup', ['--set-capacity', device]);
		// Fails, as everything does there from now on, and lets go of who waits.
		spawnSync('fsfreeze', ['--unfreeze', disk]);
	};
	const detach = () => {
		for (const place of [...places, disk]) spawnSync('umount', ['--lazy', place]);
	};
	if (kind === 'ext4') {
		must('mount', ['-t', 'tmpfs', '-o', 'size=64m,mode=0700', 'tmpfs', below]);
		must('truncate', ['--size=48M', image]);
		must('mkfs.ext4', ['-q', '-F', '-E', 'lazy_itable_init=1,lazy_journal_init=1', image]);
	} else {
		must('mount', ['-t', 'tmpfs', '-o', 'size=8m,mode=0700', 'tmpfs', disk]);
	}
	attach();
	const filler = path.join(kind === 'ext4' ? below : disk, 'filler');
	return {
		faults: kind === 'ext4' ? ['EIO', 'ENOSPC below'] : ['ENOSPC', 'EROFS'],
		begin(fault) {
			if (fault === 'EROFS') coverReadOnly();
			else if (fault === 'EIO') cutOff();
			else fill(filler);
		},
		mend(fault) {
			if (fault === 'EROFS') {
				for (const place of places) spawnSync('umount', ['--lazy', place]);
				return;
			}
			rmSync(filler, { force: true });
			if (fault === 'ENOSPC') return;
			detach();
			if (fault === 'EIO') must('mv', ['--force', saved, image]);
			// The journal is replayed by it, as at the boot after.
			spawnSync('fsck.ext4', ['-fy', image]);
			attach();
		},
		remove() {
			detach();
			if (kind === 'ext4') spawnSync('umount', ['--lazy', below]);
		},
	};
}

function loopDevices(image: string): readonly string[] {
	const { stdout } = spawnSync('losetup', ['--noheadings', '--output', 'NAME', '--associated', image], {
		encoding: 'utf8',
	});
	return stdout.split('\n').filter((line) => line !== '');
}

function must(program: string, args: readonly string[]): void {
	const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

/** Until nothing more fits. */
function fill(file: string): void {
	const fd = openSync(file, existsSync(file) ? 'a' : 'w');
	try {
		for (const size of [1 << 20, 4096, 1]) {
			try {
				for (;;) writeSync(fd, Buffer.alloc(size));
			} catch {
				// Full for this size.
			}
		}
	} finally {
		closeSync(fd);
	}
}
