import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { makePrivateDirectory } from '../../src/host/private-directory.js';
import { makeScratch } from './scratch.js';

const isRoot = process.geteuid?.() === 0;

describe('a folder of our own', () => {
	it('is made with those above it, for nobody else to look into', () => {
		const folder = path.join(makeScratch(), 'a/b');
		makePrivateDirectory(folder);
		makePrivateDirectory(folder);
		expect(statSync(folder).mode & 0o777).toBe(0o700);
	});

	it('is closed to others when it was open for reading', () => {
		const folder = makeScratch();
		chmodSync(folder, 0o755);
		makePrivateDirectory(folder);
		expect(statSync(folder).mode & 0o777).toBe(0o700);
	});

	it('is refused where it is a link, a file, or open for others to write', () => {
		const folder = makeScratch();
		mkdirSync(path.join(folder, 'real'));
		symlinkSync('real', path.join(folder, 'link'));
		writeFileSync(path.join(folder, 'file'), '');
		mkdirSync(path.join(folder, 'open'));
		chmodSync(path.join(folder, 'open'), 0o777);
		for (const name of ['link', 'file', 'open', 'open/below']) {
			expect(() => makePrivateDirectory(path.join(folder, name))).toThrow(
				expect.objectContaining({ name: 'HostError', kind: 'unsafe' }),
			);
		}
	});

	it.runIf(isRoot)('is refused where it, or one above it, belongs to another user', () => {
		const folder = makeScratch();
		mkdirSync(path.join(folder, 'theirs/ours'), { recursive: true });
		chownSync(path.join(folder, 'theirs'), 65534, 65534);
		for (const name of ['theirs', 'theirs/ours']) {
			expect(() => makePrivateDirectory(path.join(folder, name))).toThrow(expect.objectContaining({ kind: 'unsafe' }));
		}
	});
});
