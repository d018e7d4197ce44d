import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Ended, makeStateFolder, runProgram } from '../e2e/program.js';

const schemaFolder = path.resolve(import.meta.dirname, '../../docs/schema');
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictRequired: false });
addFormats.default(ajv);

/** What is wrong with a document by a published schema; empty: nothing. */
function faults(schema: string, document: unknown): readonly string[] {
	const id = `urn:zfs-lockstep:schema:${schema}:1`;
	const validate =
		ajv.getSchema(id) ??
		ajv.compile(JSON.parse(readFileSync(path.join(schemaFolder, `${schema}.schema.json`), 'utf8')));
	return validate(document) === true ? [] : (validate.errors ?? []).map((one) => `${one.instancePath} ${one.message}`);
}

function expectDocument(schema: string, ended: Ended, code: number): Record<string, unknown> {
	expect(`${ended.code} ${ended.stderr}`).toBe(`${code} `);
	const document: unknown = JSON.parse(ended.stdout);
	expect(faults(schema, document)).toEqual([]);
	return document as Record<string, unknown>;
}

describe('what the program prints as JSON', { timeout: 120_000 }, () => {
	const fresh = makeStateFolder();
	const upgraded = makeStateFolder();
	const degraded = makeStateFolder();
	let events: Ended;
	const on = (folder: string, ...args: string[]) => runProgram([...args, '--json', '--state-dir', folder]);

	beforeAll(async () => {
		// Step 1 only reads: the simulated host is as it was made, and a run is recorded.
		await runProgram(['demo', '--yes', '--until', 'check', '--state-dir', fresh.folder]);
		await runProgram(['demo', '--scenario', 'degraded-pool', '--yes', '--state-dir', degraded.folder]);
		events = await runProgram(['demo', '--yes', '--json', '--state-dir', upgraded.folder]);
	}, 120_000);
	afterAll(() => {
		for (const one of [fresh, upgraded, degraded]) one.remove();
	});

	it('keeps to a schema that is one of those published', () => {
		expect(readdirSync(schemaFolder).sort()).toEqual(
			['check', 'compat', 'explain', 'guard', 'plan', 'report', 'rollback', 'run-event', 'scenarios', 'status'].map(
				(name) => `${name}.schema.json`,
			),
		);
	});

	it.each([
		['ready', 0, () => fresh],
		['blocked', 3, () => degraded],
		['nothing-to-do', 77, () => upgraded],
	] as const)('describes the findings of a host that is %s', async (verdict, code, host) => {
		const document = expectDocument('check', await on(host().folder, 'check'), code);
		expect(document).toMatchObject({ verdict, host: { kind: 'simulated' } });
	});

	it.each([
		['ready', 0, () => fresh],
		['blocked', 3, () => degraded],
		['nothing-to-do', 77, () => upgraded],
	] as const)('describes the plan of a host that is %s', async (verdict, code, host) => {
		expect(expectDocument('plan', await on(host().folder, 'plan'), code)).toMatchObject({ verdict });
	});

	it.each([
		['under way', () => fresh],
		['finished', () => upgraded],
		['not there', () => degraded],
	] as const)('describes the standing of a run that is %s', async (_what, host) => {
		expectDocument('status', await on(host().folder, 'status'), 0);
	});

	it('describes the way back, with each command as arguments and for a shell', async () => {
		const document = expectDocument('rollback', await on(upgraded.folder, 'rollback'), 0);
		expect((document.stages as unknown[]).length).toBeGreaterThan(1);
		expectDocument('rollback', await on(degraded.folder, 'rollback'), 77);
	});

	it('tells a run from its beginning to its end', async () => {
		const document = expectDocument('report', await on(upgraded.folder, 'report'), 0);
		expect((document.steps as { status: string }[]).map((step) => step.status)).toEqual(Array(7).fill('done'));
		expectDocument('report', await runProgram(['report', '--format', 'json', '--state-dir', fresh.folder]), 0);
	});

	it('says every event of a run in a line of its own, the end last', () => {
		const lines = events.stdout.trimEnd().split('\n');
		expect(events.code).toBe(0);
		const wrong = lines.flatMap((line) => faults('run-event', JSON.parse(line)).map((fault) => `${fault}: ${line}`));
		expect(wrong.slice(0, 3)).toEqual([]);
		expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'ended', outcome: { exitCode: 0 } });
	});

	it('lists releases, scenarios and explanations', async () => {
		expectDocument('compat', await runProgram(['compat', '--json']), 0);
		expectDocument('compat', await runProgram(['compat', '2.3', '--json']), 0);
		expectDocument('scenarios', await runProgram(['demo', '--scenario', 'list', '--json']), 0);
		expectDocument('explain', await runProgram(['explain', 'pool.degraded', '--json']), 0);
		expectDocument('explain', await runProgram(['explain', 'pair-abi-2-3-1', '--json']), 0);
	});

	it('says why a guarded command was not run, on a machine without OpenZFS', async () => {
		expectDocument('guard', await runProgram(['guard', '--json', '--', 'false']), 3);
	});

	it('would fail if a field were missing or of another kind', () => {
		expect(faults('status', { schemaVersion: 2, run: null })).not.toEqual([]);
		expect(faults('run-event', { schemaVersion: 1, at: 1, type: 'step', id: 'nonsense', state: {} })).not.toEqual([]);
	});
});
