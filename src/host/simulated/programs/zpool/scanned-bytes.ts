import type { Scan } from '../../pool.js';
import type { Session } from '../../session.js';

/** Bytes of the pool that a running scan has seen. */
export function scannedBytes(session: Session, total: bigint, { startedAt, endsAt }: Scan): bigint {
	const share = Math.min(1, Math.max(0, (session.now - startedAt) / Math.max(1, endsAt - startedAt)));
	return (total * BigInt(Math.floor(share * 10000))) / 10000n;
}
