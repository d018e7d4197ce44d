/** The Debian package on a system that has nothing but what Debian installs by itself: no Node, no OpenZFS. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import type { Made } from './index.ts';

/** What an administrator of a server has besides, and what the documents are tried with. */
const included = ['bash-completion', 'logrotate', 'man-db', 'systemd-sysv'];

function mustRun(program: string, args: readonly string[]): void {
	const { status, error } = spawnSync(program, args, { stdio: ['ignore', 2, 2] });
	if (error !== undefined) throw new Error(`${program}: ${error.message}`);
	if (status !== 0) throw new Error(`${program} ended with ${status}: the lines above say why.`);
}

/** The root as a tar, from the mirror that this system's apt uses; made once. */
function makeRoot(suite: string, cache: string): string {
	const tar = path.join(cache, 'roots', `${suite}.tar`);
	if (existsSync(tar)) return tar;
	mkdirSync(path.dirname(tar), { recursive: true });
	const unfinished = `${tar}.unfinished`;
	const options = ['--variant=important', '--format=tar', `--include=${included.join(',')}`];
	mustRun('mmdebstrap', [...options, suite, unfinished]);
	renameSync(unfinished, tar);
	return tar;
}

/**
 * Installs, uses, upgrades, removes and purges the package in a fresh root; what was shown is kept as a transcript.
 * Needs root and mmdebstrap.
 */
export function tryInCleanRoot(suite: string, { debianPackage, cache, transcripts }: Made): boolean {
	const tar = makeRoot(suite, cache);
	const folder = mkdtempSync(path.join(cache, `${suite}-`));
	try {
		mustRun('tar', ['-C', folder, '-xf', tar]);
		copyFileSync(debianPackage, path.join(folder, 'srv/zfs-lockstep.deb'));
		copyFileSync(path.join(import.meta.dirname, 'in-clean-root.sh'), path.join(folder, 'srv/trial.sh'));
		// What it mounts or leaves running is gone when it has ended.
		const isolated = ['--mount', '--pid', '--uts', '--fork', '--kill-child', '--propagation=private'];
		const enter =
			'mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" /bin/bash /srv/trial.sh';
		const { status, stdout } = spawnSync('unshare', [...isolated, 'sh', '-c', enter, 'sh', folder], {
			env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', TERM: 'xterm', LANG: 'C.UTF-8' },
			stdio: ['ignore', 'pipe', 2],
			maxBuffer: 64 * 1024 * 1024,
		});
		writeFileSync(path.join(transcripts, `transcript-${suite}.txt`), stdout);
		process.stderr.write(stdout);
		return status === 0;
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}
