/** A Debian with real apt, dpkg, dkms and initramfs-tools, the old OpenZFS installed, thrown away after each use. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { cacheFolder } from '../../lab/cache.ts';

export interface Chroot {
	readonly root: string;
	/** Runs a command inside; both streams, and how it ended. */
	run(...argv: readonly [string, ...string[]]): { readonly code: number | null; readonly text: string };
	remove(): void;
}

/** Lays a throw-away layer over the folder. Needs a mount namespace of our own. */
export function openChroot(base: string, name: string): Chroot {
	const work = path.join(cacheFolder, 'work', `packages-${name}`);
	rmSync(work, { recursive: true, force: true });
	const [upper, own, root] = ['upper', 'own', 'root'].map((each) => path.join(work, each));
	if (upper === undefined || own === undefined || root === undefined) throw new Error('no folders');
	for (const folder of [upper, own, root]) mkdirSync(folder, { recursive: true });
	must('mount', ['-t', 'overlay', '-o', `lowerdir=${base},upperdir=${upper},workdir=${own}`, 'overlay', root]);
	must('mount', ['-t', 'proc', 'proc', `${root}/proc`]);
	must('mount', ['-t', 'sysfs', '-o', 'ro', 'sys', `${root}/sys`]);
	must('mount', ['--rbind', '/dev', `${root}/dev`]);
	return {
		root,
		run: (...argv) => {
			const { status, stdout, stderr } = spawnSync('chroot', [root, ...argv], {
				encoding: 'utf8',
				env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', HOME: '/root', DEBIAN_FRONTEND: 'noninteractive' },
			});
			return { code: status, text: stdout + stderr };
		},
		remove: () => {
			for (const place of ['dev', 'sys', 'proc']) spawnSync('umount', ['--lazy', '--recursive', `${root}/${place}`]);
			spawnSync('umount', ['--lazy', root]);
			rmSync(work, { recursive: true, force: true });
		},
	};
}

function must(program: string, args: readonly string[]): void {
	const { status, stderr } = spawnSync(program, args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stderr}`);
}

export interface Process {
	readonly pid: number;
	readonly name: string;
	readonly commandLine: string;
}

/** Every process of our own process namespace; a zombie has no command line. */
export function processes(): readonly Process[] {
	return readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.flatMap((name) => {
			try {
				const commandLine = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
				if (commandLine === '') return [];
				return [{ pid: Number(name), name: readFileSync(`/proc/${name}/comm`, 'utf8').trim(), commandLine }];
			} catch {
				// It ended meanwhile.
				return [];
			}
		});
}
