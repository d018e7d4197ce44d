import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { explainCheck } from '../../src/checks/explain-check.js';
import { findingKinds } from '../../src/checks/run-checks.js';

describe('explaining a finding', () => {
	it('needs no host', () => {
		expect(explainCheck('pool.degraded')).toMatchObject({
			id: 'pool.degraded',
			severity: 'blocker',
			what: 'Reported as blocker if a pool is DEGRADED.',
		});
		expect(explainCheck('POOL.Degraded')?.id).toBe('pool.degraded');
	});

	it('names every severity that it may have, worst first', () => {
		const what = explainCheck('pool.capacity')?.what ?? '';
		expect(what.match(/\b(?:blocker|warning|ok) if/g)).toEqual(['blocker if', 'warning if', 'ok if']);
	});

	it('knows nothing of ids that no check reports', () => {
		expect(explainCheck('pool.purple')).toBeUndefined();
		expect(explainCheck('pair-abi-2-3-1')).toBeUndefined();
	});

	it.each(findingKinds.map((kind) => [kind.id, kind] as const))('is possible for %s', (id, kind) => {
		expect(id).toMatch(/^[a-z]+(?:-[a-z]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*$/);
		for (const text of [kind.title, kind.why, kind.action, kind.source]) expect(text).not.toBe('');
		expect(Object.keys(kind.when).length).toBeGreaterThan(0);
		expect(explainCheck(id)?.action).toBe(kind.action);
	});

	it('covers what the planner and the steps report, by the ids in their sources', () => {
		const root = path.join(import.meta.dirname, '../..');
		const sources = globSync(['src/plan/*.ts', 'steps/5-verify/*.ts'], { cwd: root });
		const ids = sources.flatMap((file) =>
			[...readFileSync(path.join(root, file), 'utf8').matchAll(/'((?:plan|route|verify)\.[a-z-]+)'/g)].map(
				(match) => match[1] ?? '',
			),
		);
		const composed = [
			'appliance',
			'declarative',
			'image',
			'container',
			'chroot',
			'built-in',
			'no-module',
			'nobodys-module',
		];
		const all = [
			...ids,
			...composed.map((kind) => `route.refused-${kind}`),
			'plan.kernel-too-new',
			'plan.kernel-too-old',
		];
		expect(ids.length).toBeGreaterThan(20);
		expect(all.filter((id) => explainCheck(id) === undefined)).toEqual([]);
		expect(explainCheck('smoke-test.raw')?.title).toBe('Real sends and receives work');
		expect(explainCheck('verify.inventory-datasets')?.severity).toBe('blocker');
	});

	it('is never ambiguous', () => {
		const ids = findingKinds.map(({ id }) => id);
		expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
	});
});
