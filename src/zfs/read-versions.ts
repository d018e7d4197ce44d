/** The version of the userspace and of the loaded module, as the tools say. */

import { type Fact, known, unknown } from '../facts/fact.js';
import type { Command, CommandResult, Host } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';
import { limits } from './limits.js';
import { diagnose } from './problem.js';
import { InvalidVersionError, parseZfsVersion, type ZfsVersion } from './version.js';

export interface VersionsByTools {
	readonly userspace: Fact<ZfsVersion>;
	/** `undefined` inside a known fact: no module is loaded. */
	readonly loadedModule: Fact<ZfsVersion | undefined>;
}

/** Not `zfs version`, which would load the module and wait ten seconds for it; this works unprivileged too. */
const versionCommand: Command = { argv: ['zfs', '--version'], timeoutSeconds: limits.state };

export async function readVersionsByTools(host: Host): Promise<VersionsByTools> {
	return parseVersions(await host.run(versionCommand));
}

/** Takes the text and the JSON form, `-j`. Exit code 1 is expected without a module: the first line is printed still. */
export function parseVersions(result: CommandResult): VersionsByTools {
	const source = quoteForDisplay(result.command.argv);
	const { userspace, kernel } = splitOutput(result.stdout);
	const why = `${source}: ${diagnose(result).message}`;
	return {
		userspace: toFact(userspace, source, why),
		// libzfs opens /sys/module/zfs/version: ENOENT is the kernel's word that the module is not loaded.
		loadedModule:
			kernel === undefined && /zfs_version_kernel\(\) failed: No such file or directory/.test(result.stderr)
				? known(undefined, source)
				: toFact(kernel, source, why),
	};
}

function splitOutput(stdout: string): {
	readonly userspace?: string | undefined;
	readonly kernel?: string | undefined;
} {
	const userspace = /(?:^|")(zfs-(?!kmod-)[^\s"]+)(?:$|")/m.exec(stdout)?.[1];
	const kernel = /(?:^|")(zfs-kmod-[^\s"]+)(?:$|")/m.exec(stdout)?.[1];
	return { userspace, kernel };
}

function toFact(text: string | undefined, source: string, why: string): Fact<ZfsVersion> {
	if (text === undefined) return unknown(why);
	try {
		return known(parseZfsVersion(text), source);
	} catch (error) {
		if (!(error instanceof InvalidVersionError)) throw error;
		return unknown(`${source}: ${error.message}`);
	}
}
