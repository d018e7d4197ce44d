import type { Fact } from '../../facts/fact.js';
import { known } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { excerpt } from '../../host/text.js';
import { askHost, requireSuccess, UnexpectedOutputError } from '../ask.js';
import type { OfferedVersion, PackageOffer } from '../package-manager.js';

/** `apt-cache policy` for the names. apt leaves out names that it does not know. */
export function readOffers(host: Host, names: readonly string[]): Promise<Fact<ReadonlyMap<string, PackageOffer>>> {
	// Without a name apt-cache prints the archives instead.
	if (names.length === 0) return Promise.resolve(known(new Map(), 'no package was asked for'));
	return askHost(host, { argv: ['apt-cache', 'policy', ...names] }, (result) => {
		const offers = parsePolicy(requireSuccess(result));
		return new Map(offers.map((offer) => [offer.name, offer]));
	});
}

/**
 * Reads what `apt-cache policy NAME...` prints.
 * @throws UnexpectedOutputError
 */
export function parsePolicy(text: string): readonly PackageOffer[] {
	const blocks = text.split(/^(?=\S)/m).filter((block) => block.trim() !== '');
	return blocks.map((block) => {
		const [heading = '', installed = '', candidate = '', table = '', ...rows] = block.replace(/\n$/, '').split('\n');
		const name = /^(\S+):$/.exec(heading)?.[1];
		const fields = [field(installed, 'Installed'), field(candidate, 'Candidate')] as const;
		if (name === undefined || fields[0] === undefined || fields[1] === undefined || table.trim() !== 'Version table:') {
			throw new UnexpectedOutputError(`not a policy block: ${excerpt(block)}`);
		}
		const [present, best] = fields.map((value) => (value === '(none)' ? undefined : value));
		return { name, installed: present, candidate: best, versions: parseVersionTable(rows) };
	});
}

function field(line: string, label: string): string | undefined {
	return new RegExp(`^  ${label}: (\\S+)$`).exec(line)?.[1];
}

function parseVersionTable(rows: readonly string[]): readonly OfferedVersion[] {
	const versions: { version: string; priority: number; suites: string[] }[] = [];
	for (const row of rows) {
		const version = /^ (?:\*\*\*| {3}) (\S+) (-?\d+)$/.exec(row);
		const source = /^ {8,} *(-?\d+) (.+)$/.exec(row)?.[2];
		const last = versions.at(-1);
		if (version !== null) {
			versions.push({ version: version[1] ?? '', priority: Number(version[2]), suites: [] });
		} else if (source !== undefined && last !== undefined) {
			// `/var/lib/dpkg/status` is the installed copy, not an archive.
			const suite = /^\S+ (\S+) \S+ Packages$/.exec(source)?.[1];
			if (suite !== undefined) last.suites.push(suite);
		} else if (!/^ +\(phased \d+%\)$/.test(row)) {
			throw new UnexpectedOutputError(`not a version row: ${excerpt(row)}`);
		}
	}
	return versions;
}
