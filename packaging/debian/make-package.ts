/** Makes the Debian package: a tree of files, and dpkg-deb. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
	chmodSync,
	cpSync,
	globSync,
	lstatSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { gzipSync } from 'node:zlib';
import { root, version } from '../bundle.ts';
import { bashCompletion, fishCompletion, zshCompletion } from '../documents/completions.ts';
import { exampleConfiguration } from '../documents/example-configuration.ts';
import { manualPage } from '../documents/manual-page.ts';
import type { Runtime } from '../standalone/runtime.ts';
import { copyrightFile } from './copyright.ts';

const sources = path.join(import.meta.dirname, 'files');
const readSource = (name: string) => readFileSync(path.join(sources, name), 'utf8');

/** Newest entry of the changelog: the version of the package, and the date of everything in it. */
function readChangelog(): { readonly text: string; readonly released: Date } {
	const text = readSource('changelog');
	const found = /^zfs-lockstep \((\S+)\)/.exec(text)?.[1];
	if (found !== version) throw new Error(`The newest entry of the changelog is ${found}, not ${version}.`);
	const date = /^ -- .+? {2}(.+)$/m.exec(text)?.[1] ?? '';
	return { text, released: new Date(date) };
}

/** Without the name and the time that gzip(1) would put in. */
function compress(text: string): Buffer {
	return gzipSync(text, { level: 9 });
}

/** What is in the package beside the executable; paths are relative to `/`. */
function describeFiles(bundled: readonly string[], runtime: Runtime): Readonly<Record<string, string | Buffer>> {
	const { text: changelog, released } = readChangelog();
	const date = released.toISOString().slice(0, 10);
	return {
		'etc/logrotate.d/zfs-lockstep': readSource('logrotate'),
		'usr/lib/systemd/system/zfs-lockstep.service': readFileSync(
			path.join(root, 'packaging/systemd/zfs-lockstep.service'),
		),
		'usr/lib/tmpfiles.d/zfs-lockstep.conf': readSource('tmpfiles.conf'),
		'usr/share/bash-completion/completions/zfs-lockstep': bashCompletion(),
		'usr/share/doc/zfs-lockstep/changelog.gz': compress(changelog),
		'usr/share/doc/zfs-lockstep/copyright': copyrightFile(bundled, runtime),
		'usr/share/doc/zfs-lockstep/examples/config.toml': exampleConfiguration(),
		'usr/share/fish/vendor_completions.d/zfs-lockstep.fish': fishCompletion(),
		'usr/share/lintian/overrides/zfs-lockstep': readSource('lintian-overrides'),
		'usr/share/man/man8/zfs-lockstep.8.gz': compress(manualPage(version, date)),
		'usr/share/zsh/vendor-completions/_zfs-lockstep': zshCompletion(),
	};
}

function write(tree: string, name: string, contents: string | Buffer, mode: number): void {
	const file = path.join(tree, name);
	mkdirSync(path.dirname(file), { recursive: true, mode: 0o755 });
	writeFileSync(file, contents, { mode });
}

function filesOf(tree: string): readonly string[] {
	return globSync('**', { cwd: tree, exclude: (name) => name === 'DEBIAN' })
		.filter((name) => lstatSync(path.join(tree, name)).isFile())
		.sort();
}

/** Name, contents: what dpkg reads of a package, and what it runs. */
function writeControl(tree: string, architecture: string): void {
	const names = filesOf(tree);
	// Policy 5.6.20: in KiB, each file rounded up, one for each folder.
	const folders = globSync('**/', { cwd: tree }).length;
	const kibibytes = names.reduce((sum, name) => sum + Math.ceil(lstatSync(path.join(tree, name)).size / 1024), folders);
	const control = readSource('control')
		.replace('@VERSION@', version)
		.replace('@ARCHITECTURE@', architecture)
		.replace('@INSTALLED_SIZE@', String(kibibytes));
	const sums = names.map((name) => {
		const sum = createHash('md5').update(readFileSync(path.join(tree, name)));
		return `${sum.digest('hex')}  ${name}\n`;
	});
	write(tree, 'DEBIAN/control', control, 0o644);
	write(tree, 'DEBIAN/md5sums', sums.join(''), 0o644);
	write(tree, 'DEBIAN/conffiles', '/etc/logrotate.d/zfs-lockstep\n', 0o644);
	for (const script of ['postinst', 'prerm', 'postrm']) write(tree, `DEBIAN/${script}`, readSource(script), 0o755);
}

/**
 * @param executable what `makeExecutable` made
 * @param bundled the sources that went into it
 * @param output the package's file
 */
export function makePackage(executable: string, bundled: readonly string[], runtime: Runtime, output: string): void {
	const tree = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-debian-'));
	const umask = process.umask(0o022);
	try {
		chmodSync(tree, 0o755);
		for (const [name, contents] of Object.entries(describeFiles(bundled, runtime))) write(tree, name, contents, 0o644);
		mkdirSync(path.join(tree, 'usr/sbin'));
		cpSync(executable, path.join(tree, 'usr/sbin/zfs-lockstep'));
		writeControl(tree, runtime.debian);
		const { released } = readChangelog();
		for (const name of globSync('**', { cwd: tree })) utimesSync(path.join(tree, name), released, released);
		// One thread: how many there are changes what xz writes. Level 6 takes six times as long for a tenth less.
		const { status } = spawnSync(
			'dpkg-deb',
			['--root-owner-group', '--threads-max=1', '-Zxz', '-z1', '--build', tree, output],
			{
				stdio: ['ignore', 'ignore', 2],
				env: { ...process.env, SOURCE_DATE_EPOCH: String(released.getTime() / 1000) },
			},
		);
		if (status !== 0) throw new Error('dpkg-deb could not build the package: the lines above say why.');
	} finally {
		process.umask(umask);
		rmSync(tree, { recursive: true, force: true });
	}
}
