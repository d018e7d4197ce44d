/**
 * Runs one of the project's programs from a fresh clone: `node packaging/bootstrap.mjs [--build] FILE [ARGS...]`.
 *
 * Installs the dependencies where they do not match the lock file, builds `dist/` where it does not match its sources
 * (with `--build`), then runs FILE with the Node that the dependencies bring. It must itself run on the system's Node
 * (18 or later), so it imports nothing but Node. Whatever it says goes to stderr: stdout belongs to FILE.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { isBuildCurrent } from './build-stamp.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const neededNodeMajor = 24;

/** Packages by path, or undefined when the file is missing or torn (an interrupted installation). */
function readLock(file) {
	try {
		return JSON.parse(readFileSync(path.join(root, file), 'utf8')).packages;
	} catch {
		return undefined;
	}
}

/** Compares what npm says it installed with the lock file. Times would lie: a checkout touches the lock file. */
function areDependenciesInstalled() {
	const wanted = readLock('package-lock.json');
	const installed = readLock('node_modules/.package-lock.json');
	if (wanted === undefined || installed === undefined) return false;
	return Object.entries(wanted).every(([name, entry]) => {
		if (name === '') return true;
		const found = installed[name];
		// npm leaves out optional packages that are made for other machines.
		if (found === undefined) return entry.optional === true || entry.devOptional === true;
		return found.version === entry.version && found.integrity === entry.integrity;
	});
}

function installDependencies() {
	process.stderr.write('Installing the dependencies (once; about half a minute) ...\n');
	// NODE_ENV=production in the caller's environment would leave out what builds and tests need.
	const argv = ['ci', '--loglevel=error', '--no-audit', '--no-fund', '--include=dev', '--include=optional'];
	const { status, error } = spawnSync('npm', argv, { cwd: root, stdio: ['ignore', 2, 2] });
	if (error !== undefined) throw new Error(`npm could not be started: ${error.message}`);
	if (status !== 0) throw new Error('npm ci failed: the lines above say why. Mend that and run the command again.');
}

/** The Node from the lock file; the caller's own where that brings none and the caller's is new enough. */
function findNode() {
	const bundled = path.join(root, 'node_modules/.bin/node');
	if (existsSync(bundled)) return bundled;
	if (Number.parseInt(process.versions.node, 10) >= neededNodeMajor) return process.execPath;
	throw new Error(
		`Node ${neededNodeMajor} is needed; this is ${process.version}, and there is no packaged Node for ` +
			`${process.platform}-${process.arch}. Install Node ${neededNodeMajor} and run the command again.`,
	);
}

function build(node) {
	const { status } = spawnSync(node, [path.join(root, 'packaging/build.mjs')], { cwd: root, stdio: ['ignore', 2, 2] });
	if (status !== 0) throw new Error('The build failed: the lines above say why.');
}

/** Runs FILE on our own terminal, hands signals on and ends as it ended. */
function run(node, argv) {
	const child = spawn(node, argv, { cwd: root, stdio: 'inherit' });
	// Reading process.stdin here would take over the terminal's descriptor that the child needs: only ask what it is.
	const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
	for (const signal of signals) {
		process.on(signal, () => {
			// A terminal sends these to its whole foreground group, the child included: once is enough.
			const cameFromTerminal = isatty(0) && signal !== 'SIGTERM';
			if (!cameFromTerminal) child.kill(signal);
		});
	}
	child.on('error', (error) => fail(error));
	child.on('exit', (code, signal) => {
		if (signal === null) {
			process.exitCode = code;
			return;
		}
		for (const each of signals) process.removeAllListeners(each);
		process.kill(process.pid, signal);
	});
}

function fail(error) {
	process.stderr.write(`${error.message}\n`);
	process.exitCode = 1;
}

const wantsBuild = process.argv[2] === '--build';
const [file, ...args] = process.argv.slice(wantsBuild ? 3 : 2);
try {
	if (!areDependenciesInstalled()) installDependencies();
	const node = findNode();
	if (wantsBuild && !isBuildCurrent(root)) build(node);
	run(node, [path.resolve(root, file), ...args]);
} catch (error) {
	fail(error);
}
