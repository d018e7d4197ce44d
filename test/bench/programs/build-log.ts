/**
 * `build-log.mjs FOLDER CLI SCRIPT`: the wizard while a detached command prints a build log, through everything that a
 * real one goes through: the job and its files, the event log, the engine, the screen. Then it asks, and stays.
 */
import process from 'node:process';
import { run } from '../../../src/engine/run.js';
import { Session } from '../../../src/engine/session.js';
import { createLocalHost } from '../../../src/host/local-host.js';
import { openEventLog } from '../../../src/journal/event-log.js';
import { plan } from '../../../src/plan/planned-command.js';
import { openWizard } from '../../../src/ui/open-wizard.js';
import { describeTerminal } from '../../../src/ui/terminal.js';
import type { Step } from '../../../steps/step.js';
import { freshState, memoryStore, sevenSteps } from '../../engine/fake-run.js';
import { about } from '../../ui/example-run.js';

const [folder = '', cli = '', script = ''] = process.argv.slice(2);
const build = plan('module.build', 'Build the module', { argv: ['sh', script] }, { mode: 'detached' });
const building: Partial<Step> = {
	run: async function* (context) {
		yield* context.execute(build);
		yield* context.ask({ id: 'module.over', kind: 'confirm', title: 'The build is over.', body: [], commands: [] });
		return { kind: 'done', evidence: 'built' };
	},
};
const leave = new AbortController();
const session = new Session({
	host: createLocalHost({ jobsDirectory: `${folder}/jobs`, selfCommand: [process.execPath, cli] }),
	steps: sevenSteps({ module: building }),
	options: { pools: [], ignoredChecks: [] },
	store: memoryStore(),
	log: openEventLog({ directory: `${folder}/log` }),
	stateDirectory: `${folder}/state`,
	state: { ...freshState(), approved: [build.id] },
	leave: leave.signal,
});
const terminal = describeTerminal({ stdin: process.stdin, stdout: process.stdout, env: process.env, noColour: false });
await openWizard({ run: run(session, { resumed: false }), about, terminal, leave });
process.exit(0);
