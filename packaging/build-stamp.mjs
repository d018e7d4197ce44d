/**
 * Tells whether `dist/` was made from the sources as they are now. The stamp lists every file that went into the build
 * with its SHA-256: times would lie after a checkout, and a folder walk would miss a changed dependency.
 * Imports nothing but Node: the bootstrap reads it before anything is installed.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const stampFile = 'node_modules/.cache/zfs-lockstep/build.json';

function digest(root, file) {
	return createHash('sha256')
		.update(readFileSync(path.join(root, file)))
		.digest('hex');
}

/** @param {string} root the project's folder */
export function isBuildCurrent(root) {
	try {
		const { inputs, outputs } = JSON.parse(readFileSync(path.join(root, stampFile), 'utf8'));
		const isWhole = outputs.every((file) => existsSync(path.join(root, file)));
		return isWhole && Object.entries(inputs).every(([file, known]) => digest(root, file) === known);
	} catch {
		// No stamp, a torn one, or a source that is gone: build.
		return false;
	}
}

/**
 * @param {string} root the project's folder
 * @param {readonly string[]} inputs files that went into the build, relative to root
 * @param {readonly string[]} outputs files that it made, relative to root
 */
export function writeBuildStamp(root, inputs, outputs) {
	const digests = Object.fromEntries(inputs.map((file) => [file, digest(root, file)]));
	mkdirSync(path.join(root, path.dirname(stampFile)), { recursive: true });
	writeFileSync(path.join(root, stampFile), JSON.stringify({ inputs: digests, outputs }));
}
