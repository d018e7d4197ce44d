import { HostError } from './host-error.js';
import { spawnReader } from './spawn-reader.js';

/**
 * Takes the exclusive flock(2) of an open file for this process; false when somebody else has it. Node cannot call
 * flock(2), but the lock belongs to the open file description, which a child shares: flock(1) takes it on our
 * descriptor and ends, and the kernel gives it back when the last copy of the descriptor is closed. So it ends with
 * this process, whatever ends it, and no other child has it (Node opens everything close-on-exec).
 * Throws `HostError` (`cannot-start`).
 */
export async function takeFileLock(fd: number): Promise<boolean> {
	const inChild = 3;
	const child = spawnReader({ argv: ['flock', '-x', '-n', String(inChild)], extraDescriptors: [fd] });
	const ended = await child.ended;
	child.abandon();
	if (ended.kind === 'exited' && ended.code === 0) return true;
	// flock(1): "if the lock cannot be immediately acquired" it is 1.
	if (ended.kind === 'exited' && ended.code === 1) return false;
	const how = ended.kind === 'exited' ? `it ended with ${ended.code}` : ended.kind;
	throw new HostError('cannot-start', 'flock', `Cannot lock: flock(1) is needed (${how}).`, [
		'Install it; it is part of util-linux: command -v flock',
	]);
}
