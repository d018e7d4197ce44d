import process from 'node:process';
import { exitCodes } from '../engine/exit-codes.js';
import { compatTable } from '../knowledge/compat-table.js';
import { KNOWLEDGE_DATE } from '../knowledge/releases.js';
import { describeTerminal } from '../ui/terminal.js';
import { renderCompat } from '../ui/text/compat.js';
import { print, printJson } from './output.js';
import { type Invocation, UsageError } from './parse.js';

/** `compat [VERSION]`: releases, the kernels they build for, and the pairs that are known to fail. */
export async function execute(invocation: Invocation): Promise<number> {
	const [version] = invocation.operands;
	const rows = compatTable(version);
	if (rows.length === 0) throw new UsageError(`No release "${version}" is known; the table ends at ${KNOWLEDGE_DATE}.`);
	if (invocation.switch('json')) {
		printJson({ schemaVersion: 1, knowledgeDate: KNOWLEDGE_DATE, releases: rows });
	} else {
		const terminal = describeTerminal({ ...process, noColour: invocation.switch('no-color') });
		print(renderCompat(rows, version !== undefined, { colour: terminal.colour, width: terminal.width }));
	}
	return exitCodes.done;
}
