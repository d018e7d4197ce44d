import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyPatches, difference } from '../../../src/host/simulated/patch.js';

const leaf = fc.oneof(fc.string({ maxLength: 4 }), fc.integer(), fc.boolean(), fc.constant(null));
const { state } = fc.letrec<{ state: unknown }>((tie) => ({
	state: fc.oneof(
		{ weight: 2, arbitrary: leaf },
		{
			weight: 3,
			arbitrary: fc.dictionary(fc.constantFrom('a', 'b', '/etc', '/etc/hostid', ''), tie('state'), { maxKeys: 4 }),
		},
	),
}));

describe('what a command changes on the simulated machine', () => {
	it('makes of the state before it exactly the state after it, and leaves the one before as it was', () => {
		fc.assert(
			fc.property(state, state, (before, after) => {
				const kept = structuredClone(before);
				expect(applyPatches(before, difference(before, after))).toEqual(after);
				expect(before).toEqual(kept);
			}),
		);
	});

	it('leaves out what has lost its place meanwhile', () => {
		const patches = difference({ log: { text: 'one' } }, { log: { text: 'one, two' } });
		expect(applyPatches({ log: { text: 'zero, one' } }, patches)).toEqual({ log: { text: 'zero, one, two' } });
		expect(applyPatches({} as object, patches)).toEqual({});
	});
});
