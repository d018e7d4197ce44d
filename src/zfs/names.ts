/**
 * Names of pools, datasets, snapshots and bookmarks by OpenZFS's own rules (module/zcommon/zfs_namecheck.c of 2.4.4 and
 * zfs_validate_name of libzfs; the same since 2.0). A name that passes is safe as an argument: it starts with a letter,
 * so it is never an option, and it holds neither quotes, control characters, `%` (a range to `zfs destroy`) nor `,`.
 */
declare const brand: unique symbol;

type Branded<Kind extends string> = string & { readonly [brand]: { readonly [K in Kind]: true } };

/** Filesystem or volume: `tank/data`. */
export type DatasetName = Branded<'dataset'>;
/** A pool; at the same time the name of its root dataset. */
export type PoolName = Branded<'dataset' | 'pool'>;
/** `tank/data@before`. */
export type SnapshotName = Branded<'snapshot'>;
/** `tank/data#before`. */
export type BookmarkName = Branded<'bookmark'>;

/** The text is no name that OpenZFS would take. */
export class InvalidNameError extends Error {
	override readonly name = 'InvalidNameError';
	readonly text: string;

	constructor(kind: string, why: string, text: string) {
		super(`not a ${kind} name: ${why}`);
		this.text = text;
	}
}

/** ZFS_MAX_DATASET_NAME_LEN is 256 with the final NUL; every allowed character is one byte. */
const longestName = 255;
/** pool_namecheck leaves room for `/$ORIGIN@$ORIGIN`. */
const longestPoolName = 239;
/** zfs_max_dataset_nesting: this many slashes are one too many. */
const nestingLimit = 50;
const reservedPoolNames: ReadonlySet<string> = new Set(['mirror', 'raidz', 'draid']);
const component = /^[A-Za-z0-9_.: -]+$/;

/** @throws InvalidNameError */
export function parsePoolName(text: string): PoolName {
	const problem = findPoolNameProblem(text);
	if (problem !== undefined) throw new InvalidNameError('pool', problem, text);
	return text as PoolName;
}

/** @throws InvalidNameError */
export function parseDatasetName(text: string): DatasetName {
	const problem = findDatasetNameProblem(text);
	if (problem !== undefined) throw new InvalidNameError('dataset', problem, text);
	return text as DatasetName;
}

/** @throws InvalidNameError */
export function parseSnapshotName(text: string): SnapshotName {
	const problem = findDelimitedNameProblem(text, '@');
	if (problem !== undefined) throw new InvalidNameError('snapshot', problem, text);
	return text as SnapshotName;
}

/** @throws InvalidNameError */
export function parseBookmarkName(text: string): BookmarkName {
	const problem = findDelimitedNameProblem(text, '#');
	if (problem !== undefined) throw new InvalidNameError('bookmark', problem, text);
	return text as BookmarkName;
}

/** The pool that something lives in. */
export function poolOf(name: DatasetName | SnapshotName | BookmarkName): PoolName {
	return name.split(/[/@#]/, 1)[0] as PoolName;
}

/** The dataset that a snapshot or bookmark belongs to. */
export function datasetOf(name: SnapshotName | BookmarkName): DatasetName {
	return name.split(/[@#]/, 1)[0] as DatasetName;
}

/** What follows the `@` or `#`. */
export function shortNameOf(name: SnapshotName | BookmarkName): string {
	return name.slice(datasetOf(name).length + 1);
}

/**
 * @param short what follows the `@`
 * @throws InvalidNameError
 */
export function snapshotOf(dataset: DatasetName, short: string): SnapshotName {
	return parseSnapshotName(`${dataset}@${short}`);
}

function findPoolNameProblem(text: string): string | undefined {
	if (text.length > longestPoolName) return `longer than ${longestPoolName} characters`;
	if (!/^[A-Za-z]/.test(text)) return 'it must begin with a letter';
	if (reservedPoolNames.has(text)) return 'the name is reserved';
	return findComponentProblem(text);
}

function findDatasetNameProblem(text: string): string | undefined {
	if (text.length > longestName) return `longer than ${longestName} characters`;
	const components = text.split('/');
	if (components.length > nestingLimit) return `nested deeper than ${nestingLimit - 1} levels`;
	return findPoolNameProblem(components[0] ?? '') ?? components.map(findComponentProblem).find(isProblem);
}

function findDelimitedNameProblem(text: string, delimiter: '@' | '#'): string | undefined {
	if (text.length > longestName) return `longer than ${longestName} characters`;
	const [dataset = '', short, ...more] = text.split(delimiter);
	if (short === undefined) return `no ${delimiter} in it`;
	if (more.length > 0) return `more than one ${delimiter} in it`;
	return findDatasetNameProblem(dataset) ?? findComponentProblem(short);
}

function findComponentProblem(text: string): string | undefined {
	if (text === '') return 'a part of it is empty';
	if (text === '.' || text === '..') return `a part of it is ${text}`;
	return component.test(text) ? undefined : 'only letters, digits, space and - _ . : are allowed';
}

function isProblem(problem: string | undefined): problem is string {
	return problem !== undefined;
}
