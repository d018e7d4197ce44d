import { expect, it } from 'vitest';
import { renderConsumersDocument } from './consumers-document.js';

it('docs/consumers.md says what the checks do', async () => {
	await expect(renderConsumersDocument()).toMatchFileSnapshot('../../../docs/consumers.md');
});
