import { expect, it } from 'vitest';
import { campaign } from './hands.js';

/** A part of `npm run campaign -- hands`: a record that says more than the host shows. */
it('does again what a host that was put back does not show, whatever the record says', async () => {
	const said: string[] = [];
	const operands = ['the host as it was after module, the record as after'];
	const flags = { route: undefined, index: undefined, stride: undefined };
	const isClean = await campaign.run({ seed: 1, count: undefined, operands, flags, say: (line) => said.push(line) });
	expect([isClean, said]).toEqual([true, [expect.stringMatching(/^5 cases, 0 failures/)]]);
}, 600_000);
