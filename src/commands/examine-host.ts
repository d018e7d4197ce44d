import type { Examination } from '../../steps/examine.js';
import type { RunOptions } from '../../steps/step.js';
import { collectFacts } from '../facts/collect.js';
import { fitFinding } from '../plan/own-commands.js';
import type { Program } from './program.js';

/** Facts, findings and plan of the host. Reads only, needs no lock and leaves nothing behind. */
export async function examineHost(program: Program, options: RunOptions): Promise<Examination> {
	const collecting = collectFacts(program.host);
	// What judges the facts is loaded while the host is still asked for them.
	const [facts, { examine }] = await Promise.all([collecting, import('../../steps/examine.js')]);
	const examination = await examine(program.host, facts, options);
	return { ...examination, findings: examination.findings.map((finding) => fitFinding(finding, program)) };
}
