/** The least program that draws a frame with Ink, with one line on it; stays, as the wizard does. */
import { render, Text } from 'ink';
import { createElement } from 'react';

render(createElement(Text, null, 'Check the versions'), {
	alternateScreen: true,
	interactive: true,
	patchConsole: false,
});
setInterval(() => {}, 60_000);
