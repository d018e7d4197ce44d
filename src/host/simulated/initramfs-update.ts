/** update-initramfs at work. */
import { buildInitramfs, initramfsPath } from './initramfs.js';
import type { Session } from './session.js';
import { exists, find, putNode, removeNode, textOf } from './tree.js';
import { TreeError } from './tree-error.js';

/** Seconds for one image on an ordinary host. */
const seconds = 22;

/** Makes the image of a kernel anew. @returns the exit code */
export function rebuildInitramfs(session: Session, kernel: string): 0 | 1 {
	if (/^update_initramfs=no$/m.test(textOf(session.machine, '/etc/initramfs-tools/update-initramfs.conf') ?? '')) {
		session.out('update-initramfs: Not updating initramfs.');
		return 0;
	}
	const image = initramfsPath(kernel);
	session.out(`update-initramfs: Generating ${image}`);
	session.wait(seconds);
	try {
		// It is written beside the old one and renamed: for a moment both need room.
		const built = find(buildInitramfs({ ...session.machine, files: withoutImage(session, image) }, kernel), image).node;
		if (built === undefined) return 1;
		session.change(putNode(session.machine, `${image}.new`, built));
		// `sync -f` follows the rename (initramfs-tools 0.142).
		session.change(putNode(removeNode(session.machine, `${image}.new`), image, built), true);
		return 0;
	} catch (error) {
		if (!(error instanceof TreeError)) throw error;
		if (exists(session.machine, `${image}.new`)) session.change(removeNode(session.machine, `${image}.new`));
		session.err(`cpio: write error: ${error.message}`);
		session.err(`update-initramfs: failed for ${image} with 1.`);
		return 1;
	}
}

function withoutImage({ machine }: Session, image: string) {
	return Object.fromEntries(Object.entries(machine.files).filter(([path]) => path !== image));
}
