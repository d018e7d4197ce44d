import fc from 'fast-check';
import type { Lie } from './hostile-host.js';
import { loss, mutation } from './mutation.js';

const outcomes = fc.constantFrom<NonNullable<Lie['outcome']>[]>(
	{ kind: 'exited', code: 1 },
	{ kind: 'exited', code: 127 },
	{ kind: 'signalled', signal: 'SIGSEGV' },
	{ kind: 'timed-out', seconds: 60 },
	{ kind: 'not-found' },
);

function about(questions: readonly string[]): fc.Arbitrary<Lie['about']> {
	return fc.constantFrom(...questions).map((question) => (what: string) => what === question);
}

/** Anything at all about up to six of the questions. */
export function anyLies(questions: readonly string[]): fc.Arbitrary<readonly Lie[]> {
	const lie = fc.oneof(
		{ weight: 6, arbitrary: fc.record({ about: about(questions), text: mutation }) },
		{ weight: 1, arbitrary: fc.record({ about: about(questions), outcome: outcomes }) },
		{ weight: 1, arbitrary: fc.record({ about: about(questions), text: mutation, outcome: outcomes }) },
		{ weight: 1, arbitrary: fc.record({ about: about(questions), truncated: fc.constant(true) }) },
		{
			weight: 2,
			arbitrary: fc.record({
				about: about(questions),
				file: fc.constantFrom<NonNullable<Lie['file']>[]>('missing', 'refused'),
			}),
		},
	);
	return fc.array(lie, { minLength: 1, maxLength: 6 });
}

/** One answer that is lost, cut or refused: nothing that it does not say may become good news. */
export function oneLoss(questions: readonly string[]): fc.Arbitrary<Lie> {
	return fc.oneof(
		{ weight: 6, arbitrary: fc.record({ about: about(questions), text: loss }) },
		{ weight: 1, arbitrary: fc.record({ about: about(questions), outcome: outcomes }) },
		{ weight: 1, arbitrary: fc.record({ about: about(questions), text: loss, truncated: fc.constant(true) }) },
		{ weight: 1, arbitrary: fc.record({ about: about(questions), file: fc.constant<'refused'>('refused') }) },
	);
}
