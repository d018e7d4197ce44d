import type { Host } from '../../host/host.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../../packages/ask.js';
import type { Fact } from '../fact.js';
import { answer } from '../read-text.js';

/** Seconds; none of these programs asks a daemon. */
const limit = 10;

/**
 * What a program says of its own version: the first `1.2.3` of its output, with what follows it.
 * Unknown where the program is not there.
 */
export async function readProgramVersion(host: Host, argv: readonly [string, ...string[]]): Promise<Fact<string>> {
	const fact = await answer(argv[0], () =>
		askHost(host, { argv, timeoutSeconds: limit }, (result) => {
			const version = /\bv?(\d+\.\d+(?:\.\d+)?[A-Za-z0-9.+~-]*)/.exec(requireSuccess(result))?.[1];
			if (version === undefined) throw new UnexpectedOutputError('no version in its output');
			return version;
		}),
	);
	return fact.known ? fact.value : fact;
}
