import { fetchAll, runCheck, runTransaction, takeLock } from '../apt/apt-install.js';
import { candidateOf, versionsOf } from '../apt/policy.js';
import { type AptRequest, parseAptRequest } from '../apt/request.js';
import { installedVersions, unneeded } from '../apt/resolver.js';
import { archiveUrl, debName, suites } from '../catalog.js';
import type { Program, Session } from '../session.js';
import { exists, listNames, removeNode } from '../tree.js';

export const aptGet: Program = (session, args) => {
	const request = parseAptRequest(args);
	session.wait(0.1);
	if (typeof request === 'string') {
		session.err(request);
		return 100;
	}
	if (request.has('v')) {
		session.out('apt 2.6.2 (amd64)');
		return 0;
	}
	switch (request.operation) {
		case 'install':
		case 'remove':
		case 'purge':
		case 'upgrade':
		case 'dist-upgrade':
			return runTransaction(session, request);
		case 'autoremove':
			return autoremove(session, request);
		case 'update':
			return update(session, request);
		case 'download':
			return download(session, request);
		case 'check':
			return runCheck(session);
		case 'clean':
			return clean(session, request);
		default:
			session.err(`E: Invalid operation ${request.operation}`);
			return 100;
	}
};

function autoremove(session: Session, request: AptRequest): number {
	const targets = unneeded(session.machine, installedVersions(session.machine));
	return runTransaction(session, { ...request, operation: 'remove', targets });
}

function update(session: Session, request: AptRequest): number {
	if (!takeLock(session, request.lockTimeout)) return 100;
	for (const [index, suite] of suites.entries()) {
		if (!session.machine.archive.suites.includes(suite.name)) continue;
		session.wait(1);
		if (session.machine.archive.isUnreachable) {
			session.out(
				`Err:${index + 1} ${archiveUrl} ${suite.name} InRelease\n  Temporary failure resolving 'deb.debian.org'`,
			);
		} else session.out(`Hit:${index + 1} ${archiveUrl} ${suite.name} InRelease`);
	}
	session.out('Reading package lists...');
	if (session.machine.archive.isUnreachable) {
		session.err('W: Some index files failed to download. They have been ignored, or old ones used instead.');
	}
	return 0;
}

/** Into the working directory, by the archive's own name. */
function download(session: Session, request: AptRequest): number {
	const records = [];
	for (const target of request.targets) {
		const [name = '', version] = target.split('=');
		const versions = versionsOf(session.machine, name, request);
		if (versions.length === 0) {
			session.err(`E: Unable to locate package ${name}`);
			return 100;
		}
		const wanted = version ?? candidateOf(session.machine, name, request);
		const found = versions.find((one) => one.version === wanted);
		if (found === undefined) {
			session.err(`E: Version '${version}' for '${name}' was not found`);
			return 100;
		}
		if (!found.isOffered || found.record === undefined) {
			session.err(`E: Can't find a source to download version '${wanted}' of '${name}:amd64'`);
			return 100;
		}
		records.push(found.record);
	}
	const missing = records.filter((record) => !exists(session.machine, `${session.cwd}/${debName(record)}`));
	return fetchAll(session, missing, session.cwd);
}

function clean(session: Session, request: AptRequest): number {
	if (!takeLock(session, request.lockTimeout)) return 100;
	const names = (listNames(session.machine, request.archivesDirectory) ?? []).filter((name) => name.endsWith('.deb'));
	session.change(
		names.reduce((machine, name) => removeNode(machine, `${request.archivesDirectory}/${name}`), session.machine),
	);
	return 0;
}
