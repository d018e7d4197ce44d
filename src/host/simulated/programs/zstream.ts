import type { Program } from '../session.js';
import { decodeStream } from '../stream.js';

/** `zstream dump`: reads a stream to its end and says whether it is whole. */
export const zstream: Program = (session, args) => {
	const [action] = args;
	if (action !== 'dump') {
		session.err('usage: zstream command args ...');
		return 1;
	}
	session.wait(Number(session.stdin.bytes) / 400_000_000);
	const decoded = decodeStream(session.stdin);
	if (decoded === undefined) {
		session.err('Invalid stream (bad magic number)');
		return 1;
	}
	const begins = decoded.records.filter((record) => record.kind === 'begin').length;
	const ends = decoded.records.filter((record) => record.kind === 'end').length;
	if (decoded.isCut || begins !== ends) {
		session.err('Incomplete stream: unexpected end of file');
		return 1;
	}
	session.out(`SUMMARY:\n\tTotal DRR_BEGIN records = ${begins}\n\tTotal DRR_END records = ${ends}`);
	session.out(`\tTotal stream length = ${session.stdin.bytes} (0x${session.stdin.bytes.toString(16)})`);
	return 0;
};
