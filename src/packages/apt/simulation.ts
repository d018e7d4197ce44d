/** What `apt-get --simulate` says that it would do. Exit code 0 also stands for a transaction that removes the tools. */
import { excerpt } from '../../host/text.js';
import { type ExitedResult, printableLines, UnexpectedOutputError } from '../ask.js';
import { compareDebianVersions } from '../debian-version.js';
import type { PackageChange, Simulation, Transaction } from '../package-manager.js';

/**
 * Reads a simulated install, upgrade or removal.
 * @throws UnexpectedOutputError when the lines do not add up to apt's own summary
 */
export function readSimulation({ code, stdout, stderr }: ExitedResult): Simulation {
	if (code !== 0) return { kind: 'impossible', reasons: explainRefusal(stdout, stderr) };
	const lines = stdout.split('\n');
	const summary = findSummary(lines);
	if (summary === undefined) throw new UnexpectedOutputError('no summary line in the simulation');
	const installs = lines.map(parseInstall).filter((change) => change !== undefined);
	const remove = lines.map(parseRemoval).filter((change) => change !== undefined);
	if (installs.length !== summary.installs || remove.length !== summary.removals) {
		throw new UnexpectedOutputError(
			`the simulation lists ${installs.length} installs and ${remove.length} removals, its summary says ${summary.installs} and ${summary.removals}`,
		);
	}
	const configured = lines.map((line) => /^Conf (\S+) /.exec(line)?.[1]).filter((name) => name !== undefined);
	const unpacked = new Set(installs.map(({ name }) => name));
	return {
		kind: 'possible',
		transaction: {
			...sortByDirection(installs),
			remove,
			configureOnly: configured.filter((name) => !unpacked.has(name)),
			heldChanged: readNames(lines, 'The following held packages will be changed:'),
		},
	};
}

/** `Inst NAME [OLD] (NEW ORIGIN... [ARCH]) [...]`; `[OLD]` is absent for a new package. */
function parseInstall(line: string): PackageChange | undefined {
	if (!line.startsWith('Inst ')) return undefined;
	const [, name, from, to, origin] = /^Inst (\S+)(?: \[(\S+)\])? \((\S+) (?:(.*) )?\[\S+\]\)/.exec(line) ?? [];
	if (name === undefined || to === undefined) throw unreadable(line);
	return { name, to, ...(from === undefined ? {} : { from }), ...(origin === undefined ? {} : { origin }) };
}

/** `Remv NAME [OLD] [...]`, or `Purg`. */
function parseRemoval(line: string): PackageChange | undefined {
	if (!/^(?:Remv|Purg) /.test(line)) return undefined;
	const [, name, from] = /^\S+ (\S+)(?: \[(\S+)\])?/.exec(line) ?? [];
	if (name === undefined) throw unreadable(line);
	return { name, ...(from === undefined ? {} : { from }) };
}

function sortByDirection(
	installs: readonly PackageChange[],
): Pick<Transaction, 'install' | 'upgrade' | 'downgrade' | 'reinstall'> {
	const inOrder = (wanted: number) =>
		installs.filter(
			({ from, to }) => from !== undefined && to !== undefined && Math.sign(compareDebianVersions(to, from)) === wanted,
		);
	return {
		install: installs.filter(({ from }) => from === undefined),
		upgrade: inOrder(1),
		downgrade: inOrder(-1),
		reinstall: inOrder(0),
	};
}

/** `8 upgraded, 2 newly installed, 1 reinstalled, 3 downgraded, 2 to remove and 7 not upgraded.` */
function findSummary(lines: readonly string[]): { installs: number; removals: number } | undefined {
	const line = lines.find((each) => /^\d+ upgraded, .*to remove and \d+ not upgraded\.$/.test(each));
	if (line === undefined) return undefined;
	const count = (what: string) => Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0);
	return {
		installs: count('upgraded') + count('newly installed') + count('reinstalled') + count('downgraded'),
		removals: count('to remove'),
	};
}

/** Names in the indented lines below a heading. */
function readNames(lines: readonly string[], heading: string): readonly string[] {
	const start = lines.indexOf(heading);
	if (start === -1) return [];
	const rest = lines.slice(start + 1);
	const end = rest.findIndex((line) => !line.startsWith(' '));
	return rest
		.slice(0, end === -1 ? undefined : end)
		.join(' ')
		.replace(/\([^)]*\)/g, '')
		.split(' ')
		.filter((name) => name !== '');
}

/** apt's own words: what depends on what, then its `E:` lines. */
function explainRefusal(stdout: string, stderr: string): readonly string[] {
	const heading = 'The following packages have unmet dependencies:';
	const lines = stdout.split('\n');
	const start = lines.indexOf(heading);
	const unmet = start === -1 ? [] : lines.slice(start + 1).filter((line) => line.startsWith(' '));
	return [...printableLines(unmet.join('\n')), ...printableLines(stderr).filter((line) => !line.startsWith('N: '))];
}

function unreadable(line: string): UnexpectedOutputError {
	return new UnexpectedOutputError(`not a line of a simulation: ${excerpt(line)}`);
}
