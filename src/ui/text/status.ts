import type { RunStatus } from '../../engine/status.js';
import { hang, type Line, line, printLines, span } from './line.js';
import type { Printing } from './printing.js';
import { formatTime } from './quantities.js';

const waitingWords: Readonly<Record<NonNullable<RunStatus['waitingFor']>, string>> = {
	reboot: 'a reboot',
	administrator: 'you',
	nobody: 'nobody: work is going on',
};

/** What `status` prints: where the run stands, who must act, what is next, and the versions as they are now. */
export function renderStatus(status: RunStatus, { colour, width }: Printing): string {
	const { run, step, waitingFor, next, versions } = status;
	const row = (name: string, text: string): readonly Line[] => hang(span(name.padEnd(15), 'faint'), text, width);
	const path = run === null ? '' : ` from ${run.from}${run.target === null ? '' : ` to ${run.target}`}`;
	const head = step === null ? [] : [line(`Step ${step.index} of ${step.of}: ${step.id}, ${step.state}`, 'strong')];
	return printLines(
		[
			...head,
			...(run === null ? [] : row('run', `${run.id}, begun ${formatTime(run.startedAt)}${path}`)),
			...(run === null || run.route === null ? [] : row('route', run.route)),
			...(run === null || run.endedAt === null ? [] : row('ended', formatTime(run.endedAt))),
			...(waitingFor === null ? [] : row('waiting for', waitingWords[waitingFor])),
			...row('next', next),
			...row('userspace', versions.userspace),
			...row('loaded module', versions.loadedModule),
			...row('kernel', versions.runningKernel),
		],
		colour,
	);
}
