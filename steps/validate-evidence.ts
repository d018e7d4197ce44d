/** The shapes of what a recorded run holds: a file that a hand has edited must be refused, not trip over later. */

import { meansFor } from '../src/jobs/hold-means.js';
import type { HeldJob } from '../src/jobs/job.js';
import { parseDatasetName, parsePoolName } from '../src/zfs/names.js';
import { claimDataset, claimSnapshot } from '../src/zfs/owned.js';
import type { Evidence } from './run-state.js';

/** True for a value of the shape. */
type Shape = (value: unknown) => boolean;

const text: Shape = (value) => typeof value === 'string';
export const flag: Shape = (value) => typeof value === 'boolean';
const number: Shape = (value) => typeof value === 'number' && Number.isFinite(value);
const listOf =
	(shape: Shape): Shape =>
	(value) =>
		Array.isArray(value) && value.every(shape);
const texts = listOf(text);
export const oneOf =
	(...words: readonly string[]): Shape =>
	(value) =>
		typeof value === 'string' && words.includes(value);

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const record =
	(fields: Readonly<Record<string, Shape>>): Shape =>
	(value) =>
		isRecord(value) && Object.entries(fields).every(([name, shape]) => shape(value[name]));

const recordOfTexts: Shape = (value) => isRecord(value) && Object.values(value).every(text);

const absolutePath: Shape = (value) => typeof value === 'string' && value.startsWith('/');

/** A job on hold with all that giving it back needs. */
const heldJob: Shape = (value) => {
	if (!record({ kind: text, name: text, detail: recordOfTexts })(value)) return false;
	const held = value as HeldJob;
	const { path, stored, original } = held.detail;
	if (![path, stored, original].every((place) => place === undefined || absolutePath(place))) return false;
	try {
		meansFor(held).undo(held);
		meansFor(held).describe(held);
		return true;
	} catch {
		return false;
	}
};

/** A text that the parser takes. */
const named =
	(parse: (name: string) => unknown): Shape =>
	(value) => {
		if (typeof value !== 'string') return false;
		try {
			parse(value);
			return true;
		} catch {
			return false;
		}
	};

export const poolNames = listOf(named(parsePoolName));

/** By key of `Evidence`; each may be absent. What a run may destroy must carry its mark. */
const evidenceShapes = (runId: string): Readonly<Record<keyof Evidence, Shape>> => ({
	snapshots: listOf(record({ name: named((name) => claimSnapshot(name, runId)), guid: text, holdTag: text })),
	replicas: listOf(named(parseDatasetName)),
	checkpoints: poolNames,
	chosenBackups: listOf(record({ pool: text, destination: text })),
	backups: listOf(record({ pool: text, destination: text, bytes: text })),
	savedPackages: listOf(record({ name: text, version: text, file: absolutePath, sha256: text })),
	hostFiles: absolutePath,
	inventory: absolutePath,
	heldPackages: record({ ours: texts, administrators: texts }),
	heldJobs: listOf(heldJob),
	moduleSource: record({ directory: absolutePath, kernels: texts }),
	bootIdBeforeReboot: text,
	rebootRequestedAt: number,
	bootIdAfterReboot: text,
	initramfsRebuilt: texts,
	scratch: listOf(named((name) => claimDataset(name, runId))),
	rollbackBootId: text,
	smokeTest: record({ passed: number, failed: number, skipped: number }),
});

/** A recorded command, as far as whoever takes it up again relies on it. */
export const commandShape: Shape = record({
	id: text,
	why: text,
	effect: oneOf('nothing', 'host'),
	mode: oneOf('foreground', 'detached'),
	work: record({
		commands: (value) =>
			Array.isArray(value) &&
			value.length > 0 &&
			value.every(record({ argv: (argv) => texts(argv) && hasItems(argv) })),
	}),
});

function hasItems(value: unknown): boolean {
	return Array.isArray(value) && value.length > 0;
}

/** The first key of the evidence whose value is not of its shape; a key that is not known counts as well. */
export function findWrongEvidence(evidence: Readonly<Record<string, unknown>>, runId: string): string | undefined {
	const shapes: Readonly<Record<string, Shape>> = evidenceShapes(runId);
	return Object.entries(evidence).find(([name, value]) => {
		const shape = Object.hasOwn(shapes, name) ? shapes[name] : undefined;
		return shape === undefined || !shape(value);
	})?.[0];
}
