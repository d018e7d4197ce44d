/** The runtime inside the executable: Bun, by the lock file beside this, fetched only when it is needed. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** A processor that the executable can be made for. */
export interface Architecture {
	/** As Node calls it. */
	readonly name: 'x64' | 'arm64';
	/** As dpkg calls it. */
	readonly debian: string;
	/** Package of the runtime. */
	readonly runtime: string;
	/** As the runtime's compiler calls it. */
	readonly target: string;
}

export const architectures: readonly Architecture[] = [
	{ name: 'x64', debian: 'amd64', runtime: '@oven/bun-linux-x64', target: 'bun-linux-x64' },
	{ name: 'arm64', debian: 'arm64', runtime: '@oven/bun-linux-aarch64', target: 'bun-linux-arm64' },
];

const lockFiles = ['package.json', 'package-lock.json', '.npmrc'];

/** The version that the lock file pins. */
export function runtimeVersion({ runtime }: Architecture): string {
	const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, 'package-lock.json'), 'utf8'));
	return lock.packages[`node_modules/${runtime}`].version;
}

/**
 * The runtime's executable for that processor; installed below `folder` where it is not there yet.
 * @param folder for what can be made again
 */
export function installRuntime(architecture: Architecture, folder: string): string {
	const { name, runtime } = architecture;
	const home = path.join(folder, `${name}-${runtimeVersion(architecture)}`);
	const executable = path.join(home, 'node_modules', runtime, 'bin/bun');
	if (existsSync(executable)) return executable;
	mkdirSync(home, { recursive: true });
	for (const file of lockFiles) copyFileSync(path.join(import.meta.dirname, file), path.join(home, file));
	// A folder of its own for each processor: npm removes what is not for the one that it is told.
	const { status } = spawnSync('npm', ['ci', '--os=linux', `--cpu=${name}`, '--libc=glibc'], {
		cwd: home,
		stdio: ['ignore', 2, 2],
	});
	if (status !== 0 || !existsSync(executable)) throw new Error(`${runtime} could not be installed into ${home}.`);
	return executable;
}

/** The processor that this runs on. */
export function ownArchitecture(): Architecture {
	const own = architectures.find(({ name }) => name === process.arch);
	if (own === undefined) throw new Error(`There is no runtime for ${process.arch}.`);
	return own;
}
