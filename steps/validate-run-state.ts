import { type RunState, runStateSchemaVersion } from './run-state.js';
import { stepIds } from './step.js';
import { commandShape, findWrongEvidence, flag, oneOf, poolNames, record } from './validate-evidence.js';

/** The recorded state is not one that this program wrote; the message says which part is wrong. */
class InvalidRunStateError extends Error {
	override readonly name = 'InvalidRunStateError';

	constructor(problem: string) {
		super(`The recorded run is not valid: ${problem}.`);
	}
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, where: string): Fields {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new InvalidRunStateError(`${where} is not an object`);
	}
	return value as Fields;
}

function expectText(fields: Fields, key: string, where: string): void {
	if (typeof fields[key] !== 'string') {
		throw new InvalidRunStateError(`${where}.${key} is not a text`);
	}
}

function expectNumber(fields: Fields, key: string, where: string): void {
	if (typeof fields[key] !== 'number' || !Number.isFinite(fields[key])) {
		throw new InvalidRunStateError(`${where}.${key} is not a number`);
	}
}

function expectTexts(fields: Fields, key: string, where: string): void {
	const value = fields[key];
	if (!Array.isArray(value) || !value.every((item) => typeof item === 'string')) {
		throw new InvalidRunStateError(`${where}.${key} is not a list of texts`);
	}
}

/** Fields of each status, so that a state that cannot be is not accepted. */
const stepFields: Readonly<Record<string, { readonly texts: readonly string[]; readonly numbers: readonly string[] }>> =
	{
		pending: { texts: [], numbers: [] },
		running: { texts: [], numbers: ['since', 'attempts'] },
		waiting: { texts: ['waitingFor', 'text'], numbers: ['since', 'attempts'] },
		done: { texts: ['evidence'], numbers: ['at'] },
		skipped: { texts: ['why'], numbers: ['at'] },
		failed: { texts: [], numbers: ['at', 'attempts'] },
	};

function checkStep(value: unknown, where: string): void {
	const step = fieldsOf(value, where);
	const expected = typeof step.status === 'string' ? stepFields[step.status] : undefined;
	if (expected === undefined) {
		throw new InvalidRunStateError(`${where}.status is unknown`);
	}
	for (const key of expected.texts) {
		expectText(step, key, where);
	}
	for (const key of expected.numbers) {
		expectNumber(step, key, where);
	}
	if (step.status === 'waiting' && !oneOf('reboot', 'administrator')(step.waitingFor)) {
		throw new InvalidRunStateError(`${where}.waitingFor is nobody`);
	}
	if (step.status === 'failed') {
		const failure = fieldsOf(step.failure, `${where}.failure`);
		expectText(failure, 'what', `${where}.failure`);
		expectText(failure, 'why', `${where}.failure`);
		expectTexts(failure, 'todo', `${where}.failure`);
		if (failure.lines !== undefined) {
			expectTexts(failure, 'lines', `${where}.failure`);
		}
		if (!flag(step.rollbackNeeded)) {
			throw new InvalidRunStateError(`${where}.rollbackNeeded is neither true nor false`);
		}
	}
}

const planTexts = [
	'route',
	'reason',
	'targetVersion',
	'targetUpstream',
	'fromVersion',
	'fromUpstream',
	'bootKernel',
	'source',
	'modulePackage',
	'initramfsTool',
];
const planLists = ['kernels', 'packages', 'packagesNew', 'packagesRemoved', 'kernelPackages'];

const planWords = record({
	route: oneOf('dkms-ahead', 'module-package', 'kernel-package', 'one-transaction', 'refuse'),
	initramfsTool: oneOf('initramfs-tools', 'dracut', 'none'),
	isRootOnZfs: flag,
});

function checkPlan(value: unknown): void {
	if (value === null) {
		return;
	}
	const plan = fieldsOf(value, 'plan');
	for (const key of planTexts) {
		expectText(plan, key, 'plan');
	}
	for (const key of planLists) {
		expectTexts(plan, key, 'plan');
	}
	if (!planWords(plan)) {
		throw new InvalidRunStateError('plan.route, plan.initramfsTool or plan.isRootOnZfs is not one of its values');
	}
}

function checkIntent(value: unknown): void {
	if (value === null) {
		return;
	}
	const intent = fieldsOf(value, 'intent');
	expectNumber(intent, 'at', 'intent');
	expectText(intent, 'bootId', 'intent');
	if (intent.jobId !== null) {
		expectText(intent, 'jobId', 'intent');
	}
	if (!commandShape(intent.command)) {
		throw new InvalidRunStateError('intent.command is not a command');
	}
}

/** The state as it came from disk, checked. Throws InvalidRunStateError. */
export function validateRunState(raw: unknown): RunState {
	const state = fieldsOf(raw, 'the file');
	if (state.tool !== 'zfs-lockstep') {
		throw new InvalidRunStateError('another program wrote it');
	}
	if (state.schemaVersion !== runStateSchemaVersion) {
		throw new InvalidRunStateError(`its schema version is ${String(state.schemaVersion)}`);
	}
	if (typeof state.id !== 'string' || !/^\d{8}-\d{6}$/.test(state.id)) {
		throw new InvalidRunStateError('id is not a run id');
	}
	expectNumber(state, 'startedAt', 'the file');
	if (state.endedAt !== null) {
		expectNumber(state, 'endedAt', 'the file');
	}
	const host = fieldsOf(state.host, 'host');
	for (const key of ['kind', 'hostname', 'machineId']) {
		expectText(host, key, 'host');
	}
	const from = fieldsOf(state.from, 'from');
	for (const key of ['userspace', 'module', 'kernel']) {
		expectText(from, key, 'from');
	}
	checkPlan(state.plan);
	for (const key of ['pools', 'ignoredChecks', 'approved']) {
		expectTexts(state, key, 'the file');
	}
	if (!poolNames(state.pools)) {
		throw new InvalidRunStateError('pools holds something that is no name of a pool');
	}
	const steps = fieldsOf(state.steps, 'steps');
	for (const id of stepIds) {
		checkStep(steps[id], `steps.${id}`);
	}
	checkIntent(state.intent);
	const wrong = findWrongEvidence(fieldsOf(state.evidence, 'evidence'), state.id);
	if (wrong !== undefined) {
		throw new InvalidRunStateError(`evidence.${wrong} is not what this version records there`);
	}
	return raw as RunState;
}
