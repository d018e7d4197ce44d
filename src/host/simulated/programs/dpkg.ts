/** dpkg, dpkg-query and dpkg-deb. */
import { contentsOf, hasContents, readDeb } from '../apt/deb-contents.js';
import { configurePending, remove, unpack } from '../apt/dpkg-run.js';
import { installedVersion } from '../apt/policy.js';
import { matchesVersion } from '../apt/relations.js';
import { brokenPackages, installedVersions } from '../apt/resolver.js';
import { noTriggers, triggerInitramfs } from '../apt/triggers.js';
import { debName, dpkgName, findRecord, type PackageRecord } from '../catalog.js';
import { packArchive } from '../initramfs.js';
import type { Machine, Node, Package } from '../machine.js';
import { nodeBytes } from '../node.js';
import { hasOption, optionValue, parseOptions } from '../options.js';
import { type Program, type Session, textData } from '../session.js';
import { textOf } from '../tree.js';
import { upstreamOf } from '../zfs-version.js';

const wantLetters = { install: 'i', hold: 'h', deinstall: 'r' } as const;
const stateLetters = {
	installed: 'i',
	unpacked: 'U',
	'half-configured': 'F',
	'half-installed': 'H',
	'config-files': 'c',
} as const;

/** `ii `, `hi `, `iHR`. */
function abbreviate({ want, state, reinstallRequired }: Package): string {
	return `${wantLetters[want]}${stateLetters[state]}${reinstallRequired === true ? 'R' : ' '}`;
}

function matchesAny(name: string, patterns: readonly string[]): boolean {
	if (patterns.length === 0) return true;
	return patterns.some((pattern) => {
		const source = pattern
			.replace(/[.+^${}()|[\]\\]/g, '\\$&')
			.replaceAll('*', '.*')
			.replaceAll('?', '.');
		return new RegExp(`^${source}$`).test(name);
	});
}

function listed(machine: Machine, patterns: readonly string[]): readonly (readonly [string, Package])[] {
	return Object.entries(machine.packages)
		.filter(([name]) => matchesAny(name, patterns))
		.sort(([one], [other]) => (one < other ? -1 : 1));
}

const queryOptions = {
	short: 'Wf:SLlps',
	long: {
		show: 'W',
		'showformat=': 'f',
		search: 'S',
		listfiles: 'L',
		list: 'l',
		status: 's',
		'admindir=': 'admindir',
	},
} as const;

export const dpkgQuery: Program = (session, args) => {
	const parsed = parseOptions(args, queryOptions);
	session.wait(0.05);
	if (parsed.problem !== undefined) {
		session.err(`dpkg-query: error: unknown option --${parsed.problem.option}`);
		return 2;
	}
	if (hasOption(parsed, 'S')) return search(session, parsed.operands);
	if (hasOption(parsed, 'L')) return listFiles(session, parsed.operands);
	if (hasOption(parsed, 'l')) return list(session, parsed.operands);
	if (hasOption(parsed, 's')) return status(session, parsed.operands);
	if (!hasOption(parsed, 'W')) {
		session.err('dpkg-query: error: need an action option');
		return 2;
	}
	// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own fields
	const format = optionValue(parsed, 'f') ?? '${binary:Package}\t${Version}\n';
	const found = listed(session.machine, parsed.operands);
	const text = found.map(([name, installed]) => formatPackage(format, name, installed)).join('');
	if (text !== '') session.write(textData(text));
	const missing = parsed.operands.filter((pattern) => !found.some(([name]) => matchesAny(name, [pattern])));
	for (const pattern of missing) session.err(`dpkg-query: no packages found matching ${pattern}`);
	return missing.length > 0 ? 1 : 0;
};

function formatPackage(format: string, name: string, installed: Package): string {
	const record = findRecord(name, installed.version);
	const fields: Readonly<Record<string, string>> = {
		Package: name,
		'binary:Package': dpkgName(name, installed.version),
		Version: installed.version,
		Architecture: record?.architecture ?? 'amd64',
		Status: `${installed.want} ${installed.reinstallRequired === true ? 'reinstreq' : 'ok'} ${installed.state}`,
		'db:Status-Abbrev': abbreviate(installed),
		'db:Status-Status': installed.state,
		'db:Status-Want': installed.want,
		'source:Package': record?.source ?? name,
		'source:Version': installed.version,
		'source:Upstream-Version': upstreamOf(installed.version),
		'Installed-Size': String(record?.installedSize ?? ''),
		'binary:Summary': record?.description ?? '',
		Depends: record?.depends ?? '',
		Section: record?.section ?? '',
	};
	return format
		.replaceAll('\\n', '\n')
		.replaceAll('\\t', '\t')
		.replace(/\$\{([^};]+)(?:;(-?\d+))?\}/g, (_, field: string, width: string | undefined) => {
			const value = fields[field] ?? '';
			const count = Number(width ?? 0);
			return count < 0 ? value.padEnd(-count) : value.padStart(count);
		});
}

/** Which package a path belongs to, as its package spelt it. */
function ownerOf(machine: Machine, path: string): string | undefined {
	for (const [name, installed] of Object.entries(machine.packages)) {
		if (installed.state === 'config-files') continue;
		const record = findRecord(name, installed.version);
		if (record !== undefined && ownsPath(machine, record, path)) return dpkgName(name, installed.version);
	}
	return undefined;
}

function ownsPath(machine: Machine, record: PackageRecord, path: string): boolean {
	const kernel = /^linux-(?:image|headers)-(\d\S*-amd64)$/.exec(record.name)?.[1];
	if (kernel !== undefined) {
		const isImage = record.name.startsWith('linux-image-');
		return isImage
			? path.startsWith(`/lib/modules/${kernel}/kernel/`) || path === `/boot/vmlinuz-${kernel}`
			: path.startsWith(`/usr/src/linux-headers-${kernel}/`) || path === `/usr/src/linux-headers-${kernel}`;
	}
	return hasContents(record) && Object.keys(contentsOf(machine, record)).includes(path.slice(1));
}

function search(session: Session, paths: readonly string[]): number {
	let code = 0;
	for (const path of paths) {
		const owner = ownerOf(session.machine, path);
		if (owner !== undefined) session.out(`${owner}: ${path}`);
		else {
			session.err(`dpkg-query: no path found matching pattern ${path}`);
			code = 1;
		}
	}
	return code;
}

function listFiles(session: Session, names: readonly string[]): number {
	let code = 0;
	for (const name of names) {
		const record = findRecord(name, installedVersion(session.machine, name) ?? '');
		if (record === undefined) {
			session.err(`dpkg-query: package '${name}' is not installed`);
			code = 1;
		} else
			session.out(['/.', ...Object.keys(contentsOf(session.machine, record)).map((path) => `/${path}`)].join('\n'));
	}
	return code;
}

function list(session: Session, patterns: readonly string[]): number {
	const found = listed(session.machine, patterns);
	if (found.length === 0) {
		for (const pattern of patterns) session.err(`dpkg-query: no packages found matching ${pattern}`);
		return 1;
	}
	const rows = found.map(([name, installed]) => ({
		flags: abbreviate(installed),
		name: dpkgName(name, installed.version),
		version: installed.version,
		architecture: findRecord(name, installed.version)?.architecture ?? 'amd64',
		text: findRecord(name, installed.version)?.description ?? '',
	}));
	const width = Math.max(14, ...rows.map((row) => row.name.length));
	const versionWidth = Math.max(12, ...rows.map((row) => row.version.length));
	const textWidth = Math.max(33, ...rows.map((row) => row.text.length));
	session.out('Desired=Unknown/Install/Remove/Purge/Hold');
	session.out('| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend');
	session.out('|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)');
	session.out(`||/ ${'Name'.padEnd(width)} ${'Version'.padEnd(versionWidth)} Architecture Description`);
	session.out(`+++-${'='.repeat(width)}-${'='.repeat(versionWidth)}-============-${'='.repeat(textWidth)}`);
	for (const row of rows) {
		session.out(
			`${row.flags} ${row.name.padEnd(width)} ${row.version.padEnd(versionWidth)} ${row.architecture.padEnd(12)} ${row.text}`,
		);
	}
	return 0;
}

function status(session: Session, names: readonly string[]): number {
	let code = 0;
	for (const name of names) {
		const installed = session.machine.packages[name];
		if (installed === undefined) {
			session.err(`dpkg-query: package '${name}' is not installed and no information is available`);
			code = 1;
			continue;
		}
		const ok = installed.reinstallRequired === true ? 'reinstreq' : 'ok';
		session.out(
			`Package: ${name}\nStatus: ${installed.want} ${ok} ${installed.state}\nVersion: ${installed.version}\n`,
		);
	}
	return code;
}

export const dpkg: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'iaClsSLrP',
		long: {
			install: 'i',
			unpack: 'unpack',
			configure: 'configure',
			pending: 'a',
			audit: 'C',
			list: 'l',
			status: 's',
			search: 'S',
			listfiles: 'L',
			'print-architecture': 'print-architecture',
			'compare-versions': 'compare-versions',
			'get-selections': 'get-selections',
			'force-confdef': 'force',
			'force-confold': 'force',
			'force-confnew': 'force',
			'force-breaks': 'force-breaks',
			'force-depends': 'force-breaks',
			'force-remove-reinstreq': 'force-remove-reinstreq',
			remove: 'r',
			version: 'version',
		},
	});
	session.wait(0.1);
	if (parsed.problem !== undefined) {
		session.err(`dpkg: error: unknown option --${parsed.problem.option}`);
		return 2;
	}
	const { operands } = parsed;
	if (hasOption(parsed, 'l')) return list(session, operands);
	if (hasOption(parsed, 's')) return status(session, operands);
	if (hasOption(parsed, 'S')) return search(session, operands);
	if (hasOption(parsed, 'L')) return listFiles(session, operands);
	if (hasOption(parsed, 'C')) return audit(session);
	if (hasOption(parsed, 'configure')) return configure(session);
	if (hasOption(parsed, 'r')) {
		return removeAll(session, operands, {
			ignoresDependencies: hasOption(parsed, 'force-breaks'),
			takesHalf: hasOption(parsed, 'force-remove-reinstreq'),
		});
	}
	if (hasOption(parsed, 'i') || hasOption(parsed, 'unpack')) return install(session, operands, hasOption(parsed, 'i'));
	if (hasOption(parsed, 'compare-versions')) return compare(operands);
	if (hasOption(parsed, 'print-architecture')) session.out('amd64');
	else if (hasOption(parsed, 'version'))
		session.out("Debian 'dpkg' package management program version 1.21.23 (amd64).");
	else if (hasOption(parsed, 'get-selections')) {
		for (const [name, installed] of listed(session.machine, operands)) {
			session.out(`${dpkgName(name, installed.version).padEnd(48)}${installed.want}`);
		}
	} else {
		session.err('dpkg: error: need an action option');
		return 2;
	}
	return 0;
};

function refuseLocked(session: Session): boolean {
	const lock = session.machine.aptLock;
	if (lock === null || session.now >= lock.until) return false;
	session.err(`dpkg: error: dpkg frontend lock was locked by ${lock.process} process with pid ${lock.pid}`);
	session.err(
		'Note: removing the lock file is always wrong, can damage the locked area\nand the entire system. See <https://wiki.debian.org/Teams/Dpkg/FAQ#db-lock>.',
	);
	return true;
}

function configure(session: Session): number {
	if (refuseLocked(session)) return 2;
	const failed = configurePending(session, noTriggers());
	if (failed.length === 0) return 0;
	session.err(`Errors were encountered while processing:\n${failed.map((name) => ` ${name}`).join('\n')}`);
	return 1;
}

interface RemoveOptions {
	readonly ignoresDependencies: boolean;
	readonly takesHalf: boolean;
}

/** Words and codes as measured with dpkg 1.21. */
function removeAll(session: Session, names: readonly string[], options: RemoveOptions): number {
	if (refuseLocked(session)) return 2;
	const failed: string[] = [];
	for (const name of names) {
		const versions = installedVersions(session.machine);
		if (!versions.delete(name)) {
			session.err(`dpkg: warning: ignoring request to remove ${name} which isn't installed`);
			continue;
		}
		const needy = brokenPackages(versions).filter(
			({ kind, relations }) => kind === 'Depends' && relations[0]?.name === name,
		);
		if (needy.length > 0) {
			const how = options.ignoresDependencies ? 'but removing anyway as you requested' : 'prevent removal';
			session.err(
				`dpkg: ${name}: dependency problems, ${how}:\n ${needy.map((one) => one.name).join(', ')} depend on it.`,
			);
		}
		const isRefused = needy.length > 0 && !options.ignoresDependencies;
		if (isRefused || !remove(session, name, options.takesHalf)) failed.push(name);
	}
	if (failed.length === 0) return 0;
	session.err(`Errors were encountered while processing:\n${failed.map((name) => ` ${name}`).join('\n')}`);
	return 1;
}

/** Knows no dependencies beforehand: a module alone is unpacked, its old one deleted, and then it does not fit. */
function install(session: Session, files: readonly string[], configures: boolean): number {
	if (refuseLocked(session)) return 2;
	const triggers = noTriggers();
	for (const path of files) {
		const record = readDeb(textOf(session.machine, path) ?? '');
		if (record === undefined) {
			session.err(`dpkg: error: cannot access archive '${path}': No such file or directory`);
			return 2;
		}
		unpack(session, record, debName(record), false);
		if (/^zfs-(?:dkms|initramfs)$/.test(record.name)) triggerInitramfs(triggers);
	}
	if (!configures) return 0;
	const failed = configurePending(session, triggers);
	if (failed.length === 0) return 0;
	session.err(`Errors were encountered while processing:\n${failed.map((name) => ` ${name}`).join('\n')}`);
	return 1;
}

function compare([one = '', operator = '', other = '']: readonly string[]): number {
	const signs: Readonly<Record<string, string>> = { lt: '<<', le: '<=', eq: '=', ge: '>=', gt: '>>' };
	if (operator === 'ne') return one === other ? 1 : 0;
	return matchesVersion({ name: '', operator: signs[operator] ?? operator, version: other }, one) ? 0 : 1;
}

/** Source: recordings kill-3 and kill-5 (`dpkg --audit`). Exit code 0 whatever it lists. */
function audit(session: Session): number {
	const sections = [
		{
			states: ['half-installed'],
			text: 'The following packages are in a mess due to serious problems during\ninstallation.  They must be reinstalled for them (and any packages\nthat depend on them) to function properly:',
		},
		{
			states: ['unpacked'],
			text: 'The following packages have been unpacked but not yet configured.\nThey must be configured using dpkg --configure or the configure\nmenu option in dselect for them to work:',
		},
		{
			states: ['half-configured'],
			text: 'The following packages are only half configured, probably due to problems\nconfiguring them the first time.  The configuration should be retried using\ndpkg --configure <package> or the configure menu option in dselect:',
		},
	];
	for (const { states, text } of sections) {
		const found = listed(session.machine, []).filter(([, { state }]) => states.includes(state));
		if (found.length === 0) continue;
		const lines = found.map(([name, { version }]) => {
			return ` ${dpkgName(name, version).padEnd(20)} ${(findRecord(name, version)?.description ?? '').slice(0, 57)}`;
		});
		session.out(`${text}\n${lines.join('\n')}\n`);
	}
	return 0;
}

const debOptions = {
	short: 'IfcxXe',
	long: {
		info: 'I',
		field: 'f',
		contents: 'c',
		extract: 'x',
		'fsys-tarfile': 'fsys-tarfile',
		show: 'W',
	},
} as const;

export const dpkgDeb: Program = (session, args) => {
	const parsed = parseOptions(args, debOptions);
	session.wait(0.2);
	if (parsed.problem !== undefined) {
		session.err(`dpkg-deb: error: unknown option --${parsed.problem.option}`);
		return 2;
	}
	const [path = '', ...fields] = parsed.operands;
	const text = textOf(session.machine, path);
	if (text === undefined) {
		session.err(`dpkg-deb: error: failed to read archive '${path}': No such file or directory`);
		return 2;
	}
	const record = readDeb(text);
	if (record === undefined) {
		session.err(`dpkg-deb: error: '${path}' is not a Debian format archive`);
		return 2;
	}
	if (hasOption(parsed, 'f')) return printFields(session, record, fields);
	if (hasOption(parsed, 'W')) {
		session.out(`${record.name}\t${record.version}`);
		return 0;
	}
	if (hasOption(parsed, 'I')) {
		session.out(` new Debian package, version 2.0.\n size ${record.size} bytes: control archive=2048 bytes.`);
		for (const [field, value] of controlFields(record)) session.out(` ${field}: ${value}`);
		return 0;
	}
	const contents = contentsOf(session.machine, record);
	if (hasOption(parsed, 'c')) {
		session.out(
			['drwxr-xr-x root/root         0 2025-06-27 17:41 ./', ...Object.entries(contents).map(contentLine)].join('\n'),
		);
		return 0;
	}
	if (hasOption(parsed, 'fsys-tarfile')) {
		const bytes = Object.values(contents).reduce((sum, node) => sum + nodeBytes(node), 0n);
		session.write({ text: packArchive(contents), bytes });
		return 0;
	}
	session.err('dpkg-deb: error: need an action option');
	return 2;
};

function contentLine([path, node]: readonly [string, Node]): string {
	const isFolder = node.kind === 'directory';
	const size = isFolder ? 0n : nodeBytes(node);
	const mode = isFolder ? 'drwxr-xr-x' : (node.mode & 0o111) !== 0 ? '-rwxr-xr-x' : '-rw-r--r--';
	return `${mode} root/root ${String(size).padStart(9)} 2025-06-27 17:41 ./${path}${isFolder ? '/' : ''}`;
}

function controlFields(record: PackageRecord): readonly (readonly [string, string])[] {
	return [
		['Package', record.name],
		['Source', record.source],
		['Version', record.version],
		['Architecture', record.architecture],
		['Installed-Size', String(record.installedSize)],
		['Depends', record.depends],
		['Breaks', record.breaks],
		['Section', record.section],
		['Description', record.description],
	];
}

/** Without names all fields; with one its bare value. */
function printFields(session: Session, record: PackageRecord, names: readonly string[]): number {
	const all = controlFields(record).filter(([, value]) => value !== '');
	const wanted = names.length === 0 ? all : all.filter(([field]) => names.includes(field));
	for (const [field, value] of wanted) session.out(names.length === 1 ? value : `${field}: ${value}`);
	return 0;
}
