import type { CommandResult } from '../../host/host.js';
import { formatDuration } from './quantities.js';

/** How a process ended, in words; nothing is judged here. */
export function endingText({ outcome }: Pick<CommandResult, 'outcome'>): string {
	switch (outcome.kind) {
		case 'exited':
			return `exit ${outcome.code}`;
		case 'signalled':
			return `killed by ${outcome.signal}`;
		case 'timed-out':
			return `stopped after ${formatDuration(outcome.seconds)} without an end`;
		case 'not-found':
			return 'no such program';
		case 'lost':
			return 'exit status lost';
	}
}
