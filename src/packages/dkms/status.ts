/** What DKMS has in its tree, per kernel. Formats from dkms's sources, tags 2.8.1 to 3.2.2. */

import { type Fact, known } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { excerpt } from '../../host/text.js';
import { readResult, requireSuccess, UnexpectedOutputError } from '../ask.js';

export interface DkmsEntry {
	readonly module: string;
	readonly version: string;
	/** Absent while the source is only added, or its folder is gone (`broken`). */
	readonly kernel: string | undefined;
	readonly architecture: string | undefined;
	readonly state: 'added' | 'built' | 'installed' | 'broken';
	/** What DKMS says beside the state: that what is installed is not what it built, or has gone. */
	readonly warning: string | undefined;
}

/** It compares every module of every kernel: ten seconds on a slow host, so it is worth being asked the same way. */
export const dkmsStatusCommand = { argv: ['dkms', 'status', '-m', 'zfs'], timeoutSeconds: 300 } as const;

/** Undefined inside a known fact: there is no DKMS. */
export async function readDkmsStatus(host: Host): Promise<Fact<readonly DkmsEntry[] | undefined>> {
	const result = await host.run(dkmsStatusCommand);
	if (result.outcome.kind === 'not-found') return known(undefined, 'dkms is not installed');
	return readResult(result, (exited) => parseDkmsStatus(requireSuccess(exited)));
}

/** Since 2.8.7 `module/version, kernel, arch: state`, before with commas throughout; `installed-weak` keeps the commas. */
const form =
	/^(?<module>[^,/: ]+)(?:\/|, )(?<version>[^,: ]+)(?:, (?<kernel>[^,: ]+), (?<architecture>[^,: ]+))?: (?<state>added|built|installed|broken)(?<rest>.*)$/;

/** @throws UnexpectedOutputError */
export function parseDkmsStatus(text: string): readonly DkmsEntry[] {
	return text
		.split('\n')
		.filter((line) => line.trim() !== '')
		.map((line) => {
			const groups = form.exec(line)?.groups;
			if (groups === undefined) throw new UnexpectedOutputError(`not a status line: ${excerpt(line)}`);
			const { module = '', version = '', kernel, architecture, rest = '' } = groups;
			return {
				module,
				version,
				kernel,
				architecture,
				state: groups.state as DkmsEntry['state'],
				warning: findWarning(rest),
			};
		});
}

/**
 * ` (WARNING! Diff between built and installed module!)` until 3.0, ` (Differences between built and installed modules)`,
 * ` (Built modules are missing in the kernel modules folder)`, ` (Original modules exist)`, `-weak from KERNEL`.
 * That an original module exists is no warning: the kernel's own is set aside.
 */
function findWarning(rest: string): string | undefined {
	const weak = /^-weak from (\S+)/.exec(rest)?.[1];
	const notes = [...rest.matchAll(/\(([^)]*)\)/g)]
		.map((match) => (match[1] ?? '').replace(/^WARNING! /, '').trim())
		.filter((note) => !/^original modules? exists?\.?$/i.test(note));
	const all = [...(weak === undefined ? [] : [`linked from the module built for ${weak}`]), ...notes];
	return all.length === 0 ? undefined : all.join('; ');
}
