import { candidateOf, installedVersion, versionsOf } from '../apt/policy.js';
import { parseRelations } from '../apt/relations.js';
import { parseAptRequest } from '../apt/request.js';
import { archiveUrl, debName, findSuite, offeredRecords, type PackageRecord, suites } from '../catalog.js';
import type { Program, Session } from '../session.js';

export const aptCache: Program = (session, args) => {
	session.wait(0.4);
	const request = parseAptRequest(args);
	if (typeof request === 'string') {
		session.err(request);
		return 100;
	}
	const { operation, targets } = request;
	switch (operation) {
		case 'policy':
			return targets.length === 0 ? archivePolicy(session) : packagePolicy(session, targets, request);
		case 'madison':
			return madison(session, targets);
		case 'show':
			return show(session, targets);
		case 'depends':
			return depends(session, targets);
		default:
			session.err(`E: Invalid operation ${operation}`);
			return 100;
	}
};

type PolicyOptions = Parameters<typeof versionsOf>[2];

/** apt leaves out names that it does not know. */
function packagePolicy(session: Session, names: readonly string[], options: PolicyOptions): number {
	for (const name of names) {
		const versions = versionsOf(session.machine, name, options);
		if (versions.length === 0) continue;
		const installed = installedVersion(session.machine, name);
		const candidate = candidateOf(session.machine, name, options);
		session.out(
			`${name}:\n  Installed: ${installed ?? '(none)'}\n  Candidate: ${candidate ?? '(none)'}\n  Version table:`,
		);
		for (const { version, priority, record, isOffered } of versions) {
			const isInstalled = version === installed;
			session.out(` ${isInstalled ? '***' : '   '} ${version} ${priority}`);
			if (isOffered && record !== undefined) {
				const suite = findSuite(record.suite);
				session.out(
					`        ${String(suite?.priority ?? 500).padStart(3)} ${archiveUrl} ${record.suite}/${record.component} amd64 Packages`,
				);
			}
			if (isInstalled) session.out('        100 /var/lib/dpkg/status');
		}
	}
	return 0;
}

function archivePolicy(session: Session): number {
	session.out('Package files:\n 100 /var/lib/dpkg/status\n     release a=now');
	for (const { name, priority, archive } of suites) {
		if (!session.machine.archive.suites.includes(name)) continue;
		session.out(` ${priority} ${archiveUrl} ${name}/contrib amd64 Packages`);
		session.out(`     release o=Debian,a=${archive},n=${name},l=Debian,c=contrib,b=amd64\n     origin deb.debian.org`);
	}
	session.out('Pinned packages:');
	return 0;
}

function newestFirst(session: Session, name: string): readonly PackageRecord[] {
	const offered = offeredRecords(session.machine, name);
	return versionsOf(session.machine, name).flatMap(({ version }) =>
		offered.filter((record) => record.version === version),
	);
}

function madison(session: Session, names: readonly string[]): number {
	const records = names.flatMap((name) => newestFirst(session, name));
	for (const { name, version, suite, component } of records) {
		session.out(`${name.padStart(10)} | ${version.padStart(10)} | ${archiveUrl} ${suite}/${component} amd64 Packages`);
	}
	return 0;
}

function show(session: Session, names: readonly string[]): number {
	const records = names.flatMap((name) => newestFirst(session, name));
	if (records.length === 0) {
		session.err('E: No packages found');
		return 100;
	}
	for (const record of records) session.out(`${describe(record).join('\n')}\n`);
	return 0;
}

function describe(record: PackageRecord): readonly string[] {
	const field = (title: string, value: string) => (value === '' ? [] : [`${title}: ${value}`]);
	return [
		`Package: ${record.name}`,
		`Architecture: ${record.architecture}`,
		`Version: ${record.version}`,
		...(record.isMultiArchSame ? ['Multi-Arch: same'] : []),
		'Priority: optional',
		`Section: ${record.section}`,
		...(record.source === record.name ? [] : [`Source: ${record.source}`]),
		'Maintainer: Debian ZFS on Linux maintainers <pkg-zfsonlinux-devel@alioth-lists.debian.net>',
		`Installed-Size: ${record.installedSize}`,
		...field('Provides', record.provides),
		...field('Pre-Depends', record.preDepends),
		...field('Depends', record.depends),
		...field('Recommends', record.recommends),
		...field('Suggests', record.suggests),
		...field('Conflicts', record.conflicts),
		...field('Breaks', record.breaks),
		...field('Replaces', record.replaces),
		`Filename: pool/${record.component}/${record.source.charAt(0)}/${record.source}/${debName(record)}`,
		`Size: ${record.size}`,
		`MD5sum: ${record.md5}`,
		`SHA256: ${record.sha256}`,
		`Description: ${record.description}`,
	];
}

function depends(session: Session, names: readonly string[]): number {
	for (const name of names) {
		const candidate = candidateOf(session.machine, name);
		const record = newestFirst(session, name).find(({ version }) => version === candidate);
		if (record === undefined) {
			session.err('E: No packages found');
			return 100;
		}
		session.out(name);
		for (const [title, text] of [
			['PreDepends', record.preDepends],
			['Depends', record.depends],
			['Conflicts', record.conflicts],
			['Breaks', record.breaks],
			['Recommends', record.recommends],
			['Suggests', record.suggests],
		] as const) {
			for (const group of parseRelations(text)) {
				for (const [index, relation] of group.entries()) {
					session.out(` ${index < group.length - 1 ? '|' : ' '}${title}: ${relation.name}`);
				}
			}
		}
	}
	return 0;
}
