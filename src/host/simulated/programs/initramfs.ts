/** update-initramfs, lsinitramfs, unmkinitramfs. */
import { extractArchive, initramfsPath, unpackArchive } from '../initramfs.js';
import { rebuildInitramfs } from '../initramfs-update.js';
import { installedKernels } from '../kernels.js';
import { hasOption, optionValues, parseOptions } from '../options.js';
import type { Program, Session } from '../session.js';
import { exists, removeNode, textOf } from '../tree.js';
import { TreeError } from '../tree-error.js';

export const updateInitramfs: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'k:cudvb:hts' });
	session.wait(0.3);
	if (parsed.problem !== undefined) {
		session.err(`update-initramfs: illegal option -- ${parsed.problem.option}`);
		return 1;
	}
	const modes = ['c', 'u', 'd'].filter((mode) => hasOption(parsed, mode));
	if (modes.length !== 1) {
		session.err('E: You must specify at least one of -c, -u, or -d.');
		return 1;
	}
	const [mode] = modes;
	const named = optionValues(parsed, 'k');
	const withImage = installedKernels(session.machine).filter((kernel) =>
		exists(session.machine, initramfsPath(kernel)),
	);
	const kernels = named.includes('all') ? withImage : named.length > 0 ? named : withImage.slice(0, 1);
	for (const kernel of kernels) {
		const code = mode === 'd' ? removeImage(session, kernel) : makeImage(session, kernel);
		if (code !== 0) return code;
	}
	return 0;
};

/** `-u` of a kernel by name makes an image that is not there, as `-c` does (initramfs-tools 0.142, update-initramfs). */
function makeImage(session: Session, kernel: string): number {
	if (!exists(session.machine, `/lib/modules/${kernel}`)) {
		session.err(`W: missing /lib/modules/${kernel}\nW: Ensure all necessary drivers are built into the linux image!`);
	}
	return rebuildInitramfs(session, kernel);
}

function removeImage(session: Session, kernel: string): number {
	session.out(`update-initramfs: Deleting ${initramfsPath(kernel)}`);
	if (exists(session.machine, initramfsPath(kernel)))
		session.change(removeNode(session.machine, initramfsPath(kernel)));
	return 0;
}

export const lsinitramfs: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'lh' });
	session.wait(1.5);
	let code = 0;
	for (const path of parsed.operands) {
		const archive = unpackArchive(textOf(session.machine, path) ?? '');
		if (archive === undefined) {
			session.err(`Specified file could not be read.`);
			code = 1;
			continue;
		}
		session.out(['.', ...Object.keys(archive)].join('\n'));
	}
	return code;
};

export const unmkinitramfs: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'v' });
	session.wait(2);
	const [image = '', target] = parsed.operands;
	if (target === undefined) {
		session.err('Usage: unmkinitramfs [-v] INITRAMFS-FILE DIRECTORY');
		return 2;
	}
	const archive = unpackArchive(textOf(session.machine, image) ?? '');
	if (archive === undefined) {
		session.err(`cpio: premature end of archive`);
		return 1;
	}
	try {
		session.change(extractArchive(session.machine, archive, target));
		return 0;
	} catch (error) {
		if (!(error instanceof TreeError)) throw error;
		session.err(`cpio: write error: ${error.message}`);
		return 1;
	}
};
