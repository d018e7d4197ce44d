/**
 * A folder that is a host: the files of the simulated one, and small programs that say what its commands say. The
 * program under test and the shell that it is measured against both run inside it (chroot), with the same programs.
 */
import { spawnSync } from 'node:child_process';
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	realpathSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import type { CommandResult, HostFiles } from '../../src/host/host.js';
import { quoteForDisplay } from '../../src/host/text.js';
import { recordCheck } from './record-check.ts';

export interface BenchHost {
	/** The folder. */
	readonly root: string;
	/** What `check` asks, in its order, as a shell script that throws the answers away. */
	readonly checkScript: string;
	remove(): void;
}

/** Of the machine itself: what a shell needs, and what works on files that are really there. */
const ownPrograms = [
	'sh',
	'cat',
	'true',
	'find',
	'rm',
	'mkdir',
	'cp',
	'sort',
	'head',
	'dd',
	'mkfifo',
	'sleep',
	'flock',
];

/** Throws where this user may not enter another root. */
export async function makeBenchHost(): Promise<BenchHost> {
	if (process.geteuid?.() !== 0)
		throw new Error('The benchmarks need root: they run in a folder as their root (chroot).');
	const root = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-bench-'));
	for (const folder of [
		'usr/bin',
		'usr/sbin',
		'usr/lib',
		'usr/lib64',
		'tmp',
		'dev',
		'var/tmp',
		'bench',
		'run/lock',
		'root',
	]) {
		mkdirSync(path.join(root, folder), { recursive: true });
	}
	for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, path.join(root, name));
	for (const device of ['null', 'zero', 'urandom', 'tty'])
		spawnSync('cp', ['-a', `/dev/${device}`, path.join(root, 'dev')]);
	for (const name of ownPrograms) addProgram(root, name);
	const { commands, files, kernelTexts } = await recordCheck();
	await copyTree(files, root, '/');
	mountKernelFiles(root, kernelTexts);
	writeAnswers(root, commands);
	addInventoryAnswers(root);
	const script = commands.map(({ command }) => `${quoteForDisplay(command.argv)} >/dev/null 2>&1`).join('\n');
	writeFileSync(path.join(root, 'bench/check.sh'), `${script}\n`);
	return { root, checkScript: '/bench/check.sh', remove: () => remove(root) };
}

/**
 * /proc is the machine's own, for a runtime and the lock look into it; what it says of kernel and boot is the simulated
 * host's. The mounts are in a namespace of this process and go with it.
 */
function mountKernelFiles(root: string, texts: ReadonlyMap<string, string>): void {
	mount('--bind', root, root);
	mkdirSync(path.join(root, 'proc'));
	mount('-t', 'proc', 'proc', path.join(root, 'proc'));
	for (const [file, text] of texts) {
		if (file.startsWith('/proc/sys/') && existsSync(path.join(root, file))) {
			const replaced = path.join(root, 'bench', file.replaceAll('/', '.'));
			writeFileSync(replaced, text);
			mount('--bind', replaced, path.join(root, file));
		} else if (file.startsWith('/sys/')) {
			mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
			writeFileSync(path.join(root, file), text);
		}
	}
}

function remove(root: string): void {
	const { status, stderr } = spawnSync('umount', ['--recursive', root], { encoding: 'utf8' });
	if (status !== 0) throw new Error(`${root} is still mounted and stays: ${stderr}`);
	rmSync(root, { recursive: true, force: true });
}

function mount(...args: readonly string[]): void {
	const { status, stderr } = spawnSync('mount', args, { encoding: 'utf8' });
	if (status !== 0) throw new Error(`mount ${args.join(' ')}: ${stderr}`);
}

/** A program of this machine with the libraries that it is linked to. */
export function addProgram(root: string, nameOrFile: string, as = `/usr/bin/${path.basename(nameOrFile)}`): void {
	const found = nameOrFile.startsWith('/')
		? nameOrFile
		: ['/usr/bin', '/bin'].map((folder) => `${folder}/${nameOrFile}`).find((file) => existsSync(file));
	if (found === undefined) throw new Error(`There is no ${nameOrFile} on this machine.`);
	const file = realpathSync(found);
	mkdirSync(path.dirname(path.join(root, as)), { recursive: true });
	cpSync(file, path.join(root, as));
	const { stdout } = spawnSync('ldd', [file], { encoding: 'utf8' });
	for (const [library] of stdout.matchAll(/\/\S+\.so\S*/g)) {
		const target = path.join(root, library.replace(/^\/(lib|lib64)\//, '/usr/$1/'));
		if (existsSync(target)) continue;
		mkdirSync(path.dirname(target), { recursive: true });
		cpSync(realpathSync(library), target);
	}
}

async function copyTree(files: HostFiles, root: string, folder: string): Promise<void> {
	for (const name of (await files.list(folder)) ?? []) {
		const file = path.join(folder, name);
		const target = path.join(root, file);
		const link = await files.readLink(file).catch(() => undefined);
		if (existsSync(target) && (await files.stat(file))?.type !== 'directory') continue;
		if (link !== undefined) {
			symlinkSync(link, target);
			continue;
		}
		const stat = await files.stat(file);
		if (stat?.type === 'directory') {
			mkdirSync(target, { recursive: true });
			await copyTree(files, root, file);
		} else {
			writeFileSync(target, (await files.read(file).catch(() => '')) ?? '');
		}
	}
}

/** One small program a name: a table of arguments, an answer from a file each. */
function writeAnswers(root: string, results: readonly CommandResult[]): void {
	const programs = new Map<string, CommandResult[]>();
	for (const result of results) {
		const [name] = result.command.argv;
		if (!ownPrograms.includes(name)) programs.set(name, [...(programs.get(name) ?? []), result]);
	}
	for (const [name, answers] of programs) {
		const cases = answers.map((answer, index) => caseFor(root, `${name}.${index}`, answer));
		// Where the pace is real, an answer takes as long as the simulated host says that it does.
		const script = `#!/bin/sh\n[ -e /bench/real-pace ] && pace=sleep || pace=:\ncase "$*" in\n${cases.join('')}esac\nexit 127\n`;
		writeFileSync(path.join(root, 'usr/sbin', name), script);
		// The simulated host may have a text of that name.
		chmodSync(path.join(root, 'usr/sbin', name), 0o755);
	}
}

function caseFor(root: string, id: string, { command, outcome, stdout, stderr, seconds }: CommandResult): string {
	const wait = seconds < 0.01 ? '' : `$pace ${seconds.toFixed(2)}; `;
	const scratch = /\/var\/tmp\/zfs-lockstep-[0-9a-f-]+/;
	const args = command.argv.slice(1).join(' ');
	// Everything literal but the folder with a random name.
	const pattern = args
		.split(scratch)
		.map((part) => `'${part.replaceAll("'", "'\\''")}'`)
		.join('*');
	const code = outcome.kind === 'exited' ? outcome.code : 127;
	if (command.argv[0] === 'unmkinitramfs') {
		const release = path.basename(command.argv[1] ?? '').replace('initrd.img-', '');
		const folder = `"$2/usr/lib/modules/${release}/updates/dkms"`;
		return `${pattern}) ${wait}mkdir -p ${folder}; cp /etc/hostname ${folder}/zfs.ko; exit ${code};;\n`;
	}
	for (const [kind, text] of [
		['out', stdout],
		['err', stderr],
	] as const) {
		writeFileSync(path.join(root, 'bench', `${id}.${kind}`), text);
	}
	const error = stderr === '' ? '' : `cat /bench/${id}.err >&2; `;
	const end = code === 0 && stderr === '' ? `exec cat /bench/${id}.out` : `cat /bench/${id}.out; ${error}exit ${code}`;
	return `${pattern}) ${wait}${end};;\n`;
}

/** What the inventory asks besides: snapshots from a file that its row writes, nothing else. */
function addInventoryAnswers(root: string): void {
	for (const name of ['zfs', 'zpool']) {
		const file = path.join(root, 'usr/sbin', name);
		const snapshots =
			"'list -H -p -t snapshot -o guid,name,createtxg,userrefs') sleep $(cat /bench/snapshots.pace); exec cat /bench/snapshots;;\n";
		const others = "'list -H -p -'* | 'get -H -p -'*) exit 0;;\n";
		writeFileSync(
			file,
			readFileSync(file, 'utf8').replace('esac\n', () => `${snapshots}${others}esac\n`),
		);
	}
}
