import process from 'node:process';
import { steps } from '../../steps/index.js';
import type { Answer, Question, RunOptions } from '../../steps/step.js';
import { exitCodes } from '../engine/exit-codes.js';
import { updateNotice } from '../engine/notice.js';
import { run } from '../engine/run.js';
import type { Run, RunOutcome } from '../engine/run-event.js';
import { logFile } from '../journal/event-log.js';
import type { About } from '../ui/about.js';
import { runJson } from '../ui/json.js';
import { openWizard, preloadWizard } from '../ui/open-wizard.js';
import { runPlain } from '../ui/plain.js';
import { version } from './about.js';
import { printingOf, write } from './output.js';
import type { Program } from './program.js';
import { type Sitting, withSitting } from './sitting.js';

function aboutOf(program: Program, sitting: Sitting, activity: About['activity']): About {
	const { session } = sitting;
	return {
		version,
		hostname: session.state.host.hostname,
		hostKind: program.host.kind,
		root: program.host.root,
		steps: steps.map(({ id, title, purpose }) => ({ id, title, purpose })),
		logFile: logFile(program.places.logDirectory),
		resumeCommand: activity === 'rollback' ? program.commandLine('rollback --run') : program.resumeCommand,
		commandLine: program.commandLine,
		...(activity === undefined ? {} : { activity }),
		rollbackFile: `${session.context.runDirectory}/ROLLBACK.txt`,
	};
}

/** Ink draws through a stream, which may still hold the last frame when the program is about to end. */
function flushScreen(): Promise<void> {
	return new Promise((resolve) => process.stdout.write('', () => resolve()));
}

/** Shows a run on the screen that is asked for and fits the terminal. */
export async function show(
	program: Program,
	sitting: Sitting,
	events: Run,
	screen: 'wizard' | 'lines',
	answerQuestion: (question: Question) => Answer | undefined,
	activity?: 'rollback',
): Promise<RunOutcome> {
	const { leave, session } = sitting;
	const reading = () => session.reading();
	const about = aboutOf(program, sitting, activity);
	if (program.isJson) {
		const now = () => program.host.now();
		const { resumeCommand } = about;
		return runJson({ run: events, leave: leave.signal, resumeCommand, answerQuestion, write, now });
	}
	if (screen === 'wizard' && program.terminal.interactive) {
		// The terminal is gone, and with it whoever could act.
		process.stdout.on('error', () => process.exit(exitCodes.error));
		const outcome = await openWizard({ run: events, about, terminal: program.terminal, leave, reading });
		await flushScreen();
		return outcome;
	}
	const printing = printingOf(program);
	return runPlain({ run: events, about, printing, leave: leave.signal, answerQuestion, write, reading });
}

/** Runs the upgrade from where it is and says how it ended. */
export async function runUpgrade(
	program: Program,
	options: RunOptions,
	screen: 'wizard' | 'lines',
	answerQuestion: (question: Question) => Answer | undefined,
): Promise<RunOutcome> {
	if (screen === 'wizard' && !program.isJson && program.terminal.interactive) preloadWizard();
	return withSitting(program, options, {}, async (sitting) => {
		const { session, resumed } = sitting;
		try {
			return await show(program, sitting, run(session, { resumed }), screen, answerQuestion);
		} finally {
			const state = session.state.steps.check.status === 'done' ? session.state : undefined;
			await updateNotice(program.host, state, program);
		}
	});
}
