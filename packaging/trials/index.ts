/** What is handed out is tried as its users will: each trial ends with 0, or says why not. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { root } from '../bundle.ts';
import { tryInCleanRoot } from './clean-root.ts';

/** Where everything is. */
export interface Made {
	readonly executable: string;
	readonly debianPackage: string;
	/** Folder for what can be made again. */
	readonly cache: string;
	/** Folder for what the clean roots showed. */
	readonly transcripts: string;
}

function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): boolean {
	const { status, error } = spawnSync(program, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
	if (error !== undefined) process.stderr.write(`${program}: ${error.message}\n`);
	return status === 0;
}

/** Tests of the project, with the executable as the program under test. */
function runTests(folders: readonly string[], executable: string): boolean {
	const vitest = path.join(root, 'node_modules/vitest/vitest.mjs');
	return run(process.execPath, [vitest, 'run', ...folders], { ZFS_LOCKSTEP_PROGRAM: executable });
}

export const trials: Readonly<Record<string, (made: Made) => boolean>> = {
	executable: ({ executable }) => runTests(['test/packaging/executable.test.ts'], executable),
	'end-to-end': ({ executable }) => runTests(['test/e2e'], executable),
	lintian: ({ debianPackage }) => run('lintian', ['--fail-on=error,warning,info', '--info', debianPackage]),
	bookworm: (made) => tryInCleanRoot('bookworm', made),
	trixie: (made) => tryInCleanRoot('trixie', made),
};

/** @param names of trials; none: all. @returns whether all went well */
export function tryOut(names: readonly string[], made: Made): boolean {
	const chosen = Object.entries(trials).filter(([name]) => names.length === 0 || names.includes(name));
	const failed = chosen.filter(([name, attempt]) => {
		process.stderr.write(`\n== ${name}\n`);
		const isFine = attempt(made);
		process.stderr.write(`== ${name}: ${isFine ? 'ok' : 'FAILED'}\n`);
		return !isFine;
	});
	return failed.length === 0;
}
