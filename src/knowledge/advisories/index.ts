import type { Advisory } from '../advisory.js';
import { BLOCK_CLONING } from './block-cloning.js';
import { CONTAINERS } from './containers.js';
import { DATA_SAFETY } from './data-safety.js';
import { PAIR_FAULTS } from './pairs.js';
import { SEND_RECEIVE } from './send-receive.js';
import { STABILITY } from './stability.js';
import { STORAGE_SYSTEMS } from './storage-systems.js';

/** Everything that this program knows to go wrong, in the order in which it is listed. */
export const ADVISORIES: readonly Advisory[] = [
	...PAIR_FAULTS,
	...DATA_SAFETY,
	...BLOCK_CLONING,
	...SEND_RECEIVE,
	...STABILITY,
	...CONTAINERS,
	...STORAGE_SYSTEMS,
];
