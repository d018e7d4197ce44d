/**
 * Shows the wizard on a run that only talks, to look at its screens:
 * `npx esbuild test/ui/preview.ts --bundle ... --outfile=/tmp/preview.mjs && node /tmp/preview.mjs [ENDING] [PACE_MS] [HOST] [LINES]`.
 */
import process from 'node:process';
import { openWizard } from '../../src/ui/open-wizard.js';
import { describeTerminal } from '../../src/ui/terminal.js';
import { about } from './example-run.js';
import { type FakeRunOptions, fakeRun } from './fake-run.js';

const [ending = 'done', pace = '100', hostKind = 'simulated', buildLines = '5000'] = process.argv.slice(2);
const terminal = describeTerminal({ stdin: process.stdin, stdout: process.stdout, env: process.env, noColour: false });
const leave = new AbortController();
const outcome = await openWizard({
	run: fakeRun({
		pace: Number(pace),
		ending: ending as FakeRunOptions['ending'],
		buildLines: Number(buildLines),
		leave: leave.signal,
	}),
	about: { ...about, hostKind: hostKind as typeof about.hostKind },
	terminal,
	leave,
});
process.exit(outcome.exitCode);
