import { stripControls } from '../../host/text.js';

/**
 * Foreign text on one row: no control characters, no line breaks, no tabs. The engine has stripped it before; this is
 * the last door in front of the terminal.
 */
export function cleanText(text: string): string {
	return stripControls(text).replaceAll('\t', '    ').replaceAll('\n', ' ');
}
