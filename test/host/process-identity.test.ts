import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { identifyProcess, identifySelf, isAlive } from '../../src/host/process-identity.js';
import { makeScratch, waitUntil } from './scratch.js';

describe('the identity of a process', () => {
	it('holds while it lives and no longer', async () => {
		const child = spawn('sleep', ['1000']);
		await once(child, 'spawn');
		const identity = identifyProcess(child.pid ?? 0);
		expect(identity && isAlive(identity)).toBe(true);
		child.kill('SIGKILL');
		await waitUntil(() => identity !== undefined && !isAlive(identity));
	});

	it('is not that of a later process with the same pid', () => {
		const self = identifySelf();
		expect(isAlive(self)).toBe(true);
		expect(isAlive({ ...self, startTime: `${self.startTime}0` })).toBe(false);
		expect(isAlive({ ...self, bootId: 'of an earlier boot' })).toBe(false);
	});

	it('can be read whatever the program is called', async () => {
		const program = path.join(makeScratch(), 'a) S 1 (b');
		copyFileSync('/bin/sleep', program);
		const child = spawn(program, ['1000']);
		await once(child, 'spawn');
		expect(identifyProcess(child.pid ?? 0)?.startTime).toMatch(/^\d+$/);
		child.kill('SIGKILL');
	});

	it('is not given to a zombie', async () => {
		const parent = spawn('sh', ['-c', 'sh -c "echo \\$\\$" & exec sleep 1000'], {
			stdio: ['ignore', 'pipe', 'ignore'],
		});
		const [text] = await once(parent.stdout, 'data');
		await waitUntil(() => identifyProcess(Number(text)) === undefined);
		parent.kill('SIGKILL');
	});
});
