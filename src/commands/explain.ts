import process from 'node:process';
import { explainCheck } from '../checks/explain-check.js';
import { exitCodes } from '../engine/exit-codes.js';
import { explainEntry } from '../knowledge/explain.js';
import { describeTerminal } from '../ui/terminal.js';
import { renderExplanation } from '../ui/text/explanation.js';
import { print, printJson } from './output.js';
import { type Invocation, UsageError } from './parse.js';

/** `explain ID`: one finding or advisory in full; needs no host. */
export async function execute(invocation: Invocation): Promise<number> {
	const [id] = invocation.operands;
	if (id === undefined) throw new UsageError('explain takes an id: zfs-lockstep explain ID');
	const entry = explainEntry(id.replace(/^advisory\./, '')) ?? explainCheck(id);
	if (entry === undefined)
		throw new UsageError(`Nothing is called "${id}". Ids are what check prints; advisories: zfs-lockstep compat`);
	if (invocation.switch('json')) {
		printJson({ schemaVersion: 1, ...entry });
	} else {
		const terminal = describeTerminal({ ...process, noColour: invocation.switch('no-color') });
		print(renderExplanation(entry, { colour: terminal.colour, width: terminal.width }));
	}
	return exitCodes.done;
}
