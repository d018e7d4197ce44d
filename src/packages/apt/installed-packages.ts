/** Installed packages as dpkg knows them. dpkg's exit codes say little; the status table says everything. */

import type { Fact } from '../../facts/fact.js';
import type { Command, Host } from '../../host/host.js';
import { excerpt } from '../../host/text.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../ask.js';
import type { InstalledPackage } from '../package-manager.js';

export const statusCommand: Command = {
	argv: [
		'dpkg-query',
		'--show',
		// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own fields
		'--showformat=${Package}\\t${Architecture}\\t${Version}\\t${db:Status-Abbrev}\\t${source:Package}\\n',
	],
};

/** Every package of which files are on the host, half-installed ones included. */
export function readInstalledPackages(host: Host): Promise<Fact<readonly InstalledPackage[]>> {
	return askHost(host, statusCommand, (result) => parseStatusTable(requireSuccess(result)));
}

/** Source packages that OpenZFS's tools and modules are built from: Debian's and its children's, and OpenZFS's own. */
const openzfsSources = ['zfs-linux', 'openzfs-linux'];

export function isOpenzfsPackage(installed: InstalledPackage): boolean {
	return openzfsSources.includes(installed.source);
}

/**
 * The table that `statusCommand` prints. Packages that are not there (`un`) or left only configuration (`rc`) are
 * left out.
 * @throws UnexpectedOutputError
 */
export function parseStatusTable(text: string): readonly InstalledPackage[] {
	return text
		.split('\n')
		.filter((line) => line !== '')
		.map(parseStatusLine)
		.filter((each) => each !== undefined);
}

function parseStatusLine(line: string): InstalledPackage | undefined {
	const [name, architecture, version, abbreviation, source, ...rest] = line.split('\t');
	// dpkg-query(1), db:Status-Abbrev: what is wanted, what is, and `R` or a blank.
	const [, wanted, state, error = ' '] = /^([uihrp])([ncHUFWti])([R ]?)$/.exec(abbreviation ?? '') ?? [];
	if (!name || wanted === undefined || state === undefined || source === undefined || rest.length > 0) {
		throw new UnexpectedOutputError(`not a package status line: ${excerpt(line)}`);
	}
	if (state === 'n' || state === 'c') return undefined;
	return {
		name,
		architecture: architecture ?? '',
		version: version ?? '',
		source,
		status: `${wanted}${state}${error}`.trim(),
		isHeld: wanted === 'h',
		// Pending triggers (`W`, `t`) leave a package usable but its transaction unfinished.
		isComplete: state === 'i' && error === ' ',
	};
}
