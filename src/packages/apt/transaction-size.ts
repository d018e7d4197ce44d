import { excerpt } from '../../host/text.js';
import { type ExitedResult, requireSuccess, UnexpectedOutputError } from '../ask.js';
import type { TransactionSize } from '../package-manager.js';

/**
 * Reads what `apt-get --print-uris` prints: a line for each file that is not in the cache yet.
 * @throws UnexpectedOutputError
 */
export function readTransactionSize(result: ExitedResult): TransactionSize {
	const lines = requireSuccess(result).split('\n');
	const files = lines
		.filter((line) => line.startsWith("'"))
		.map((line) => {
			const [, name, bytes] = /^'[^']*' (\S+) (\d+)(?: |$)/.exec(line) ?? [];
			if (name === undefined || bytes === undefined) {
				throw new UnexpectedOutputError(`not a line of files: ${excerpt(line)}`);
			}
			return { name, bytes: BigInt(bytes) };
		});
	return { files, diskBytes: lines.map(parseDiskLine).find((bytes) => bytes !== undefined) };
}

/** apt counts in thousands: `1,091 kB`, `0 B`. */
const units = new Map([
	['', 1],
	['k', 1e3],
	['M', 1e6],
	['G', 1e9],
]);

/** `After this operation, 122 kB disk space will be freed.` or `..., 1091 kB of additional disk space will be used.` */
function parseDiskLine(line: string): bigint | undefined {
	const [, amount, prefix, end] =
		/^After this operation, ([\d.,]+) (k|M|G|)B (?:of additional )?disk space will be (used|freed)\.$/.exec(line) ?? [];
	const unit = prefix === undefined ? undefined : units.get(prefix);
	if (amount === undefined || unit === undefined) return undefined;
	const bytes = BigInt(Math.round(Number(amount.replaceAll(',', '')) * unit));
	return end === 'freed' ? -bytes : bytes;
}
