import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/host/foreground.js';
import { succeeded } from '../../src/host/host.js';
import { bundleProgram } from './bundle.js';
import { makeScratch } from './scratch.js';

const program = bundleProgram(`
	import { superviseJob } from './src/host/job-supervisor.js';
	import { Jobs } from './src/host/jobs.js';
	const [mode, argument, spec] = process.argv.slice(2);
	if (mode === '__job') await superviseJob(argument);
	else {
		const selfCommand = [process.execPath, process.argv[1]];
		const jobs = new Jobs({ directory: argument, root: '/', selfCommand }).follow(JSON.parse(spec));
		for await (const { line } of jobs) console.log(line);
	}
`);

const canMakeNamespaces = succeeded(await runCommand({ argv: ['unshare', '-m', 'true'] }));

/** Starts the supervisor as systemd does: not as our child. */
const startsUnits = `#!/bin/sh
echo "systemd-run $*" >>LOG
while [ "$1" != -- ]; do shift; done; shift
setsid "$@" </dev/null >/dev/null 2>&1 &
`;

const failsToStart = '#!/bin/sh\necho "systemd-run failed" >>LOG; echo "Failed to connect to bus" >&2; exit 1\n';

const inhibits = `#!/bin/sh
echo "systemd-inhibit $*" >>LOG
while [ "$1" != cat ]; do shift; done
cat; echo released >>LOG
`;

/** Follows a job on a machine where systemd is PID 1, or so it seems. */
async function followUnderSystemd(systemdRun: string, more: Record<string, unknown> = {}) {
	const scratch = makeScratch();
	const log = path.join(scratch, 'log');
	writeFileSync(log, '');
	for (const [name, script] of Object.entries({ 'systemd-run': systemdRun, 'systemd-inhibit': inhibits })) {
		writeFileSync(path.join(scratch, name), script.replaceAll('LOG', log));
		chmodSync(path.join(scratch, name), 0o755);
	}
	mkdirSync(path.join(scratch, 'systemd/system'), { recursive: true });
	const setUp = ['run', 'inhibit'].map((name) => `mount --bind ${scratch}/systemd-${name} /usr/bin/systemd-${name}`);
	const script = [`mount --bind ${scratch}/systemd /run/systemd`, ...setUp, 'exec "$@"'].join(' && ');
	const spec = { id: 'build', description: 'Do it', work: { commands: [{ argv: ['echo', 'done'] }] }, ...more };
	const argv = [process.execPath, await program, 'follow', path.join(scratch, 'jobs'), JSON.stringify(spec)];
	const { outcome, stdout } = await runCommand({ argv: ['unshare', '-m', 'sh', '-ec', script, 'sh', ...argv] });
	const supervisorLog = path.join(scratch, 'jobs', 'build', 'supervisor.log');
	return { outcome, stdout, log: readFileSync(log, 'utf8'), isFallback: existsSync(supervisorLog) };
}

describe.runIf(canMakeNamespaces && existsSync('/run/systemd') && existsSync('/usr/bin/systemd-run'))(
	'where systemd is PID 1 a job',
	() => {
		it('is a unit of its own', async () => {
			const { outcome, stdout, log, isFallback } = await followUnderSystemd(startsUnits);
			expect([outcome, stdout, isFallback]).toEqual([{ kind: 'exited', code: 0 }, 'done\n', false]);
			expect(log).toContain('systemd-run --unit=zfs-lockstep-build --description=zfs-lockstep: Do it');
		});

		it('runs none the less when systemd refuses', async () => {
			const { outcome, stdout, log, isFallback } = await followUnderSystemd(failsToStart);
			expect([outcome, stdout, isFallback]).toEqual([{ kind: 'exited', code: 0 }, 'done\n', true]);
			expect(log).toContain('systemd-run failed');
		});

		it('keeps the machine from shutting down as long as it runs, where that was asked for', async () => {
			const { stdout, log } = await followUnderSystemd(startsUnits, { inhibitShutdown: true });
			expect(stdout).toBe('done\n');
			expect(log).toContain('--what=shutdown:sleep:idle --mode=block --who=zfs-lockstep --why=Do it cat\n');
			expect((await followUnderSystemd(startsUnits)).log).not.toContain('systemd-inhibit');
		});
	},
);
