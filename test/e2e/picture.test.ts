import { readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { expect, it } from 'vitest';
import { writeDurably } from '../../src/host/durable-write.js';
import { makeStateFolder } from './program.js';
import { agreeUntil, openDemo } from './walk.js';

const file = path.resolve(import.meta.dirname, '../../docs/wizard.svg');

/** The wizard before the first command that changes the module, as a person sees it. */
async function takePicture(): Promise<string> {
	const { folder, remove } = makeStateFolder();
	const terminal = openDemo(folder);
	try {
		await agreeUntil(terminal, 'Build and install the OpenZFS');
		return terminal.picture('The wizard of zfs-lockstep asks before it builds the kernel module');
	} finally {
		terminal.signal('SIGKILL');
		await terminal.ended();
		remove();
	}
}

it('is pictured in the README as it looks on a real terminal', { timeout: 180_000 }, async () => {
	const picture = await takePicture();
	// `npm run picture`
	if (process.env.ZFS_LOCKSTEP_PICTURE === 'write') writeDurably(file, picture, { mode: 0o644 });
	const kept = readFileSync(file, 'utf8');
	for (const svg of [picture, kept]) {
		expect(svg).toContain('Upgrade the kernel module');
		expect(svg).toContain('way back');
		expect(svg).not.toContain(path.dirname(file));
	}
	expect(kept.match(/viewBox="[^"]*"/)?.[0]).toBe(picture.match(/viewBox="[^"]*"/)?.[0]);
});
