import type { Command } from '../host/host.js';
import { limits } from './limits.js';

/** A `zfs` command that changes something and ends by itself. */
export function changeZfs(...words: readonly string[]): Command {
	return { argv: ['zfs', ...words], timeoutSeconds: limits.change };
}
