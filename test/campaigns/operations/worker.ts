/** One of several who share a campaign's work: in a thread of its own, because a disk is mounted for a whole thread. */
import { parentPort, workerData } from 'node:worker_threads';
import '../resolve-sources.ts';

const { runOperations } = await import('./campaign.js');
parentPort?.postMessage(await runOperations(workerData));
