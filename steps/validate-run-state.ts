import { type RunState, runStateSchemaVersion } from './run-state.js';
import { stepIds } from './step.js';

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
	if (step.status === 'failed') {
		const failure = fieldsOf(step.failure, `${where}.failure`);
		expectText(failure, 'what', `${where}.failure`);
		expectText(failure, 'why', `${where}.failure`);
		expectTexts(failure, 'todo', `${where}.failure`);
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
}

function checkIntent(value: unknown): void {
	if (value === null) {
		return;
	}
	const intent = fieldsOf(value, 'intent');
	expectNumber(intent, 'at', 'intent');
	expectText(intent, 'bootId', 'intent');
	const command = fieldsOf(intent.command, 'intent.command');
	expectText(command, 'id', 'intent.command');
	const work = fieldsOf(command.work, 'intent.command.work');
	if (!Array.isArray(work.commands) || work.commands.length === 0) {
		throw new InvalidRunStateError('intent.command.work.commands is empty');
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
	const steps = fieldsOf(state.steps, 'steps');
	for (const id of stepIds) {
		checkStep(steps[id], `steps.${id}`);
	}
	checkIntent(state.intent);
	fieldsOf(state.evidence, 'evidence');
	return raw as RunState;
}
