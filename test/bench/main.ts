/** `node test/bench/main.ts [ROW...]`: see docs/benchmarks.md. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

// The sources name each other by the names that they have once they are built.
registerHooks({
	resolve(specifier, context, next) {
		const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
		const isOurs = /^\.{1,2}\/.*\.js$/.test(specifier) && existsSync(fileURLToPath(source));
		return next(isOurs ? source.href : specifier, context);
	},
});

const inNamespace = 'ZFS_LOCKSTEP_BENCH';
if (process.env[inNamespace] === undefined) {
	// What is mounted for the benchmarks is nobody else's, and goes with them.
	const argv = ['--mount', '--propagation', 'private', process.execPath, ...process.argv.slice(1)];
	const { status, error } = spawnSync('unshare', argv, {
		stdio: 'inherit',
		env: { ...process.env, [inNamespace]: '1' },
	});
	if (error !== undefined) throw error;
	process.exitCode = status ?? 1;
} else {
	const { runBenchmarks } = await import('./run-benchmarks.js');
	process.exitCode = await runBenchmarks(process.argv.slice(2));
}
