import { expect, it } from 'vitest';
import { renderFindingsDocument } from './findings-document.js';

it('docs/findings.md says what the program checks', async () => {
	await expect(renderFindingsDocument()).toMatchFileSnapshot('../../docs/findings.md');
});
