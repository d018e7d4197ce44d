import { fstatSync, writeSync } from 'node:fs';
import { errorCode } from './host-error.js';

/** How long a reader of a descriptor that does not block is left to read. */
const pauseMilliseconds = 5;

/**
 * Writes text whole to a descriptor of this program, without `process.stdout`: making that stream takes longer than
 * everything else that `--version` does. A reader that went away (`| head`) ends this program with exit code 0, for it
 * is no fault of ours; a terminal that was closed swallows the text, for its SIGHUP says what is to be done. Throws the
 * error of write(2) otherwise.
 */
export function writeText(descriptor: number, text: string): void {
	const bytes = Buffer.from(text, 'utf8');
	for (let offset = 0; offset < bytes.length; ) {
		try {
			offset += writeSync(descriptor, bytes, offset);
		} catch (error) {
			const code = errorCode(error);
			if (code === 'EPIPE') process.exit(0);
			if (code === 'EIO' && fstatSync(descriptor).isCharacterDevice()) return;
			// Whoever made the pipe may have made it so that a full one refuses instead of waiting.
			if (code !== 'EAGAIN') throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pauseMilliseconds);
		}
	}
}
