import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { runCommand } from '../../src/host/foreground.js';
import { succeeded } from '../../src/host/host.js';

/** A folder of the test's own, removed when it ends. */
export function makeScratch(): string {
	const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-test-')));
	onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
	return folder;
}

/**
 * Mounts a small tmpfs on `folder`, unmounted when the test ends; false where the machine does not let us.
 * @param options as for mount(8), such as `size=64k`.
 */
export async function mountTmpfs(folder: string, options: string): Promise<boolean> {
	const mounted = await runCommand({ argv: ['mount', '-t', 'tmpfs', '-o', options, 'tmpfs', folder] });
	if (!succeeded(mounted)) return false;
	onTestFinished(async () => {
		await runCommand({ argv: ['umount', '--lazy', folder] });
	});
	return true;
}

/** Waits until `condition` holds; the test's own time limit ends it otherwise. */
export async function waitUntil(condition: () => boolean | Promise<boolean>): Promise<void> {
	while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
}
