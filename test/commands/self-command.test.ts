import { mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { selfCommand } from '../../src/commands/self-command.js';

it('starts the bundle again by its real path, so that a link which is moved meanwhile does not matter', () => {
	const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-self-')));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	const cli = path.join(folder, 'cli.js');
	const link = path.join(folder, 'zfs-lockstep');
	writeFileSync(cli, '');
	symlinkSync(cli, link);
	expect(selfCommand({ isStandalone: false, execPath: '/opt/node', script: link })).toEqual(['/opt/node', cli]);
});

it('starts the standalone executable again by itself, whatever its runtime puts in the place of a script', () => {
	for (const script of ['/$bunfs/root/zfs-lockstep', 'zfs-lockstep', '/usr/bin/zfs-lockstep', undefined]) {
		expect(selfCommand({ isStandalone: true, execPath: '/usr/bin/zfs-lockstep', script })).toEqual([
			'/usr/bin/zfs-lockstep',
		]);
	}
});
