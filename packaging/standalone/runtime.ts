/** The runtime inside the executable: Bun, by the lock file beside this, fetched only when it is needed. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';

/** The runtime for a processor that the executable can be made for. */
export interface Runtime {
	/** As Node calls it. */
	readonly name: 'x64' | 'arm64';
	/** As dpkg calls it. */
	readonly debian: string;
	/** npm package that brings it. */
	readonly package: string;
	/** As the runtime's compiler calls it. */
	readonly target: string;
	readonly version: string;
}

const lockFiles = ['package.json', 'package-lock.json', '.npmrc'];
const lock = JSON.parse(readFileSync(path.join(import.meta.dirname, 'package-lock.json'), 'utf8'));

function describe(name: Runtime['name'], debian: string, packageName: string): Runtime {
	const { version } = lock.packages[`node_modules/${packageName}`];
	return { name, debian, package: packageName, target: `bun-linux-${name}`, version };
}

export const runtimes: readonly Runtime[] = [
	describe('x64', 'amd64', '@oven/bun-linux-x64'),
	describe('arm64', 'arm64', '@oven/bun-linux-aarch64'),
];

/**
 * The runtime's executable for that processor; installed below `folder` where it is not there yet.
 * @param folder for what can be made again
 */
export function installRuntime({ name, version, package: packageName }: Runtime, folder: string): string {
	const home = path.join(folder, `${name}-${version}`);
	const executable = path.join(home, 'node_modules', packageName, 'bin/bun');
	if (existsSync(executable)) return executable;
	mkdirSync(home, { recursive: true });
	for (const file of lockFiles) copyFileSync(path.join(import.meta.dirname, file), path.join(home, file));
	// A folder of its own for each processor: npm removes what is not for the one that it is told.
	const { status } = spawnSync('npm', ['ci', '--os=linux', `--cpu=${name}`, '--libc=glibc'], {
		cwd: home,
		stdio: ['ignore', 2, 2],
	});
	if (status !== 0 || !existsSync(executable)) throw new Error(`${packageName} could not be installed into ${home}.`);
	return executable;
}

/** The processor that this runs on. */
export function ownRuntime(): Runtime {
	const own = runtimes.find(({ name }) => name === process.arch);
	if (own === undefined) throw new Error(`There is no runtime for ${process.arch}.`);
	return own;
}
