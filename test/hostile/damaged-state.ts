/** Recorded states with a right checksum and a wrong value somewhere: what the program makes of them. */
import fc from 'fast-check';
import { noticeText } from '../../src/engine/notice.js';
import { buildReport } from '../../src/engine/report.js';
import { rollbackText, waysBack } from '../../src/engine/rollback.js';
import { Session } from '../../src/engine/session.js';
import { parseDocument, unwrapState, wrapState } from '../../src/journal/state-codec.js';
import { steps } from '../../steps/index.js';
import { type RunState, runStateSchemaVersion } from '../../steps/run-state.js';
import { validateRunState } from '../../steps/validate-run-state.js';
import { simulatedHost } from './examination.js';
import { fitForTerminal } from './expectations.js';

type Json = unknown;

/** Every place in a value, the deepest too. */
function places(value: Json, at: readonly string[] = []): readonly (readonly string[])[] {
	if (typeof value !== 'object' || value === null) return [at];
	return [at, ...Object.entries(value).flatMap(([key, each]) => places(each, [...at, key]))];
}

/** A copy with another value, or none, at the place. */
function changed(value: Json, [key, ...rest]: readonly string[], other: Json): Json {
	if (key === undefined) return other;
	const copy: Record<string, Json> | Json[] = Array.isArray(value) ? [...value] : { ...(value as object) };
	const fields = copy as Record<string, Json>;
	if (rest.length === 0 && other === undefined) delete fields[key];
	else fields[key] = changed(fields[key], rest, other);
	return copy;
}

const otherValues = [
	undefined,
	null,
	true,
	-1,
	1e300,
	'',
	'\u001b[2J\u202e',
	'a\nreboot',
	'../../etc/shadow',
	'done',
	[],
	[null],
	{},
	{ kind: 'x' },
];

/** As it comes back from the disk, with a checksum that fits. */
export function readBack(state: Json): RunState {
	const text = JSON.stringify(wrapState(state, runStateSchemaVersion));
	const document = parseDocument(text, 'state.json', runStateSchemaVersion);
	return unwrapState(document, 'state.json', validateRunState);
}

/** What `report`, `rollback` and the login notice make of it. */
async function lookAt(state: RunState): Promise<string> {
	const session = new Session({
		host: simulatedHost('held-jobs'),
		steps,
		options: { pools: [], ignoredChecks: [] },
		store: { read: () => undefined, write: async () => {} },
		log: { append: () => {} },
		stateDirectory: '/var/lib/zfs-lockstep',
		state,
		leave: new AbortController().signal,
	});
	JSON.stringify(buildReport(state, []));
	const wayBack = state.plan === null ? '' : rollbackText(session.context, await waysBack(session));
	return `${noticeText(state, session.ownCommands) ?? ''}${wayBack}`;
}

/** Which of its places, and what stands there instead. */
export const damage = fc.tuple(fc.nat(), fc.constantFrom(...otherValues));

/** @throws Error where the state is neither refused in good order nor one that every command can live with */
export async function readDamaged(
	recorded: RunState,
	[index, other]: readonly [number, Json],
): Promise<'refused' | 'accepted'> {
	const all = places(recorded).slice(1);
	const place = all[index % all.length] ?? [];
	let state: RunState;
	try {
		state = readBack(changed(recorded, place, other));
	} catch (error) {
		const { name, kind } = error as Error & { readonly kind?: string };
		if (name === 'JournalError' && kind === 'invalid') return 'refused';
		throw new Error(`${place.join('.')}: it is refused by ${name} ${kind}`, { cause: error });
	}
	fitForTerminal(await lookAt(state));
	return 'accepted';
}
