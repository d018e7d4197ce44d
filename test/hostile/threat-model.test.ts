import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.join(import.meta.dirname, '../..');
const page = readFileSync(path.join(root, 'docs/threat-model.md'), 'utf8');
const named = [...page.matchAll(/`(?<file>test\/[^`]+)` > (?<name>[^;|\n]+)/g)].map(({ groups }) => ({
	file: groups?.file ?? '',
	name: groups?.name?.trim() ?? '',
}));
const campaigns = [...page.matchAll(/campaign `([a-z-]+)`/g)].map((match) => match[1] ?? '');

describe('the threat model', () => {
	it('names a test for every threat that something is done about', () => {
		const rows = page.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| could'));
		expect(rows.length).toBeGreaterThan(15);
		const without = rows.filter((row) => !/`test\/|campaign `/.test(row));
		expect(
			without.every((row) => / nothing: /.test(row)),
			without.join('\n'),
		).toBe(true);
	});

	it.each(named)('names tests that exist: $file > $name', ({ file, name }) => {
		const source = path.join(root, file);
		expect(existsSync(source), file).toBe(true);
		const literals = readFileSync(source, 'utf8').matchAll(/(['"`])((?:(?!\1).)*)\1/g);
		expect([...literals].some((match) => match[2]?.includes(name))).toBe(true);
	});

	it.each([...new Set(campaigns)])('names a campaign that exists: %s', (name) => {
		const list = readFileSync(path.join(root, 'test/campaigns/campaigns.ts'), 'utf8');
		expect(list).toMatch(new RegExp(`^\\t'?${name}'?: \\(\\) =>`, 'm'));
	});
});
