/** dpkg's triggers: what packages ask for once at the end. */

import { initramfsPath } from '../initramfs.js';
import { rebuildInitramfs } from '../initramfs-update.js';
import { installedKernels } from '../kernels.js';
import type { Session } from '../session.js';
import { exists } from '../tree.js';

export interface Triggers {
	readonly pending: Set<'initramfs-tools' | 'libc-bin'>;
}

export function noTriggers(): Triggers {
	return { pending: new Set() };
}

export function triggerInitramfs({ pending }: Triggers): void {
	pending.add('initramfs-tools');
}

/** The initramfs of the newest kernel only: the others keep what they have (packages.md 2.6). */
export function processTriggers(session: Session, { pending }: Triggers): void {
	if (pending.delete('initramfs-tools')) {
		session.out('Processing triggers for initramfs-tools (0.142+deb12u3) ...');
		const newest = installedKernels(session.machine).find((kernel) => exists(session.machine, initramfsPath(kernel)));
		if (newest !== undefined) rebuildInitramfs(session, newest);
	}
	if (pending.delete('libc-bin')) session.out('Processing triggers for libc-bin (2.36-9+deb12u14) ...');
}
