import { expect, it } from 'vitest';
import { renderAdvisoriesDocument } from './advisories-document.js';

it('docs/advisories.md says what the program knows', async () => {
	await expect(renderAdvisoriesDocument()).toMatchFileSnapshot('../../docs/advisories.md');
});
