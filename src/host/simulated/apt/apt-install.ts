/** `apt-get install` and its kin, from the question to the last trigger. */
import { archiveUrl, debName, findRecord, isOffered, type PackageRecord } from '../catalog.js';
import type { Session } from '../session.js';
import { appendText, find, listNames, makeFolder, parentPath, putNode } from '../tree.js';
import { TreeError } from '../tree-error.js';
import { makeDeb } from './deb-contents.js';
import { configurePending, remove, unpack } from './dpkg-run.js';
import { orderOperations } from './order.js';
import { installedVersion } from './policy.js';
import type { AptRequest } from './request.js';
import { brokenPackages, installedVersions } from './resolver.js';
import { simulationLines } from './simulation.js';
import {
	changeOf,
	describeTransaction,
	findRefusal,
	inFetchOrder,
	planTransaction,
	sizesOf,
	type Transaction,
	unmetNow,
} from './transaction.js';
import { noTriggers, triggerInitramfs } from './triggers.js';
import { aptSize } from './words.js';

/** Bytes a second from the archive. */
const fetchRate = 4_000_000;

function sayLists(session: Session): void {
	session.wait(0.6);
	session.out('Reading package lists...\nBuilding dependency tree...\nReading state information...');
}

/** A transaction was interrupted: dpkg's journal has entries that are not merged. */
function isDpkgInterrupted(session: Session): boolean {
	return (listNames(session.machine, '/var/lib/dpkg/updates') ?? []).some((name) => /^\d+$/.test(name));
}

/** Waits for dpkg's lock as long as it is told to. @returns false when somebody else still has it */
export function takeLock(session: Session, timeout: number): boolean {
	const lock = session.machine.aptLock;
	if (lock === null || session.now >= lock.until) return true;
	const holder = `It is held by process ${lock.pid} (${lock.process})`;
	const text = `Could not get lock /var/lib/dpkg/lock-frontend. ${holder}`;
	for (let waited = 0; waited < timeout || timeout < 0; waited += 1) {
		session.out(`Waiting for cache lock: ${text}...`);
		session.wait(1);
		if (session.now >= lock.until) return true;
	}
	session.err(`E: ${text}`);
	session.err('N: Be aware that removing the lock file is not a solution and may break your system.');
	session.err(
		'E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), is another process using it?',
	);
	return false;
}

/** install, upgrade, dist-upgrade, remove, purge, `-f install`. */
export function runTransaction(session: Session, request: AptRequest): number {
	if (!request.simulate && !takeLock(session, request.lockTimeout)) return 100;
	if (isDpkgInterrupted(session)) {
		session.err("E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. ");
		return 100;
	}
	sayLists(session);
	if (request.operation.endsWith('upgrade')) session.out('Calculating upgrade...');
	const isBroken = brokenPackages(installedVersions(session.machine)).length > 0;
	if (request.has('f') && isBroken) session.out('Correcting dependencies... Done');
	const planned = planTransaction(session.machine, request);
	if (!planned.ok) {
		if (planned.out.length > 0) session.out(planned.out.join('\n'));
		session.err(planned.err.join('\n'));
		return 100;
	}
	const { transaction, notes } = planned;
	if (notes.length > 0) session.out(notes.join('\n'));
	session.out(describeTransaction(session.machine, transaction, request).join('\n'));
	const refusal = findRefusal(session.machine, transaction, request);
	if (refusal !== undefined) {
		session.err(refusal);
		return 100;
	}
	if (request.simulate) {
		const lines = simulationLines(session.machine, transaction);
		if (lines.length > 0) session.out(lines.join('\n'));
		return 0;
	}
	const { install, reinstall, remove: removed, unfinished } = transaction;
	if (install.size + reinstall.length + removed.length + unfinished.length === 0) return 0;
	if (!request.assumeYes && !request.has('print-uris') && !request.has('d')) {
		// Standard input is /dev/null: nobody answers.
		session.out('Do you want to continue? [Y/n] Abort.');
		return 1;
	}
	return carryOut(session, transaction, request);
}

function carryOut(session: Session, transaction: Transaction, request: AptRequest): number {
	const { archiveBytes, growthBytes } = sizesOf(session.machine, transaction);
	const records = inFetchOrder(recordsOf(session, transaction));
	const toFetch = records.filter((record) => !isAtHand(session, record, transaction, request));
	const fetchBytes = toFetch.reduce((sum, record) => sum + record.size, 0);
	const need =
		fetchBytes === archiveBytes
			? aptSize(archiveBytes)
			: `${fetchBytes === 0 ? '0 B' : aptSize(fetchBytes)}/${aptSize(archiveBytes)}`;
	session.out(`Need to get ${need} of archives.`);
	const growth = aptSize(growthBytes);
	session.out(
		growthBytes < 0
			? `After this operation, ${growth} disk space will be freed.`
			: `After this operation, ${growth} of additional disk space will be used.`,
	);
	if (request.has('print-uris')) {
		for (const record of toFetch)
			session.out(`'${urlOf(record)}' ${debName(record)} ${record.size} MD5Sum:${record.md5}`);
		return 0;
	}
	const fetched = fetchAll(session, toFetch, request.archivesDirectory);
	if (fetched !== 0) return fetched;
	if (request.has('d')) {
		session.out('Download complete and in download only mode');
		return 0;
	}
	return runDpkg(session, transaction, request);
}

function recordsOf(session: Session, { install, reinstall }: Transaction): readonly PackageRecord[] {
	const again = reinstall.map((name) => [name, installedVersion(session.machine, name) ?? ''] as const);
	return [...install, ...again].flatMap(([name, version]) => findRecord(name, version) ?? []);
}

function isAtHand(session: Session, record: PackageRecord, transaction: Transaction, request: AptRequest): boolean {
	if (transaction.files.has(record.name)) return true;
	const node = find(session.machine, `${request.archivesDirectory}/${debName(record)}`).node;
	return node?.kind === 'file' && node.sha256 === record.sha256;
}

function urlOf(record: PackageRecord): string {
	const pool = `${archiveUrl}/pool/${record.component}/${record.source.charAt(0)}/${record.source}`;
	return `${pool}/${debName(record)}`.replaceAll('~', '%7e').replaceAll('+', '%2b');
}

/** @returns 0, or apt's exit code when something could not be had or put down */
export function fetchAll(session: Session, records: readonly PackageRecord[], folder: string): 0 | 100 {
	const started = session.seconds;
	let bytes = 0;
	for (const [index, record] of records.entries()) {
		const what = `${archiveUrl} ${record.suite}/${record.component} amd64 ${record.name} ${record.architecture} ${record.version}`;
		if (session.machine.archive.isUnreachable || !isOffered(session.machine, record)) {
			session.wait(2);
			session.out(`Err:${index + 1} ${what}`);
			session.out("  Temporary failure resolving 'deb.debian.org'");
			session.err(`E: Failed to fetch ${urlOf(record)}  Temporary failure resolving 'deb.debian.org'`);
			session.err('E: Unable to fetch some archives, maybe run apt-get update or try with --fix-missing?');
			return 100;
		}
		session.out(`Get:${index + 1} ${what} [${aptSize(record.size)}]`);
		session.wait(0.2 + record.size / fetchRate);
		try {
			const place = makeFolder(session.machine, folder);
			session.change(putNode(place, `${folder}/${debName(record)}`, makeDeb(place, record)));
		} catch (error) {
			if (!(error instanceof TreeError)) throw error;
			session.err(`E: Write error - write (28: ${error.message})`);
			session.err(`E: You don't have enough free space in ${folder}/.`);
			return 100;
		}
		bytes += record.size;
	}
	const seconds = Math.max(1, Math.round(session.seconds - started));
	if (bytes > 0) session.out(`Fetched ${aptSize(bytes)} in ${seconds}s (${aptSize(bytes / seconds)}/s)`);
	return 0;
}

function runDpkg(session: Session, transaction: Transaction, request: AptRequest): number {
	const { install, reinstall, remove: removed, named } = transaction;
	writeHistory(session, beginStanza(session, transaction, request));
	session.out('Preconfiguring packages ...');
	session.wait(1);
	const coming = new Map([
		...install,
		...reinstall.map((name) => [name, installedVersion(session.machine, name) ?? ''] as const),
	]);
	const triggers = noTriggers();
	const isMany = coming.size > 1;
	session.out('(Reading database ... 38874 files and directories currently installed.)');
	let index = 0;
	for (const operation of orderOperations(session.machine, coming, removed)) {
		if (operation.kind === 'remove') {
			if (!remove(session, operation.name)) {
				session.err('Processing was halted because there were too many errors.');
				session.err('E: Sub-process /usr/bin/dpkg returned an error code (1)');
				writeHistory(
					session,
					`Error: Sub-process /usr/bin/dpkg returned an error code (1)\nEnd-Date: ${historyTime(session)}\n`,
				);
				return 100;
			}
			if (operation.name === 'zfs-initramfs') triggerInitramfs(triggers);
			continue;
		}
		const record = findRecord(operation.name, operation.version);
		if (record === undefined) continue;
		if (changeOf(session.machine, operation.name, operation.version) === 'downgraded') {
			const from = installedVersion(session.machine, operation.name);
			session.err(`dpkg: warning: downgrading ${operation.name} from ${from} to ${operation.version}`);
		}
		const isFirstGroup = isMany && installedVersion(session.machine, operation.name) !== undefined;
		unpack(session, record, isFirstGroup ? `${index}-${debName(record)}` : debName(record), !named.has(operation.name));
		if (operation.name === 'zfs-initramfs') triggerInitramfs(triggers);
		index += 1;
	}
	const failed = configurePending(session, triggers);
	if (failed.length > 0)
		session.err(`Errors were encountered while processing:\n${failed.map((name) => ` ${name}`).join('\n')}`);
	const error = failed.length > 0 ? 'Error: Sub-process /usr/bin/dpkg returned an error code (1)\n' : '';
	writeHistory(session, `${error}End-Date: ${historyTime(session)}\n`);
	if (failed.length === 0) return 0;
	session.err('E: Sub-process /usr/bin/dpkg returned an error code (1)');
	return 100;
}

const historyFile = '/var/log/apt/history.log';

function historyTime({ now }: Session): string {
	return new Date(Math.floor(now) * 1000).toISOString().slice(0, 19).replace('T', '  ');
}

/** apt's record; without an End-Date it was killed. */
function beginStanza(session: Session, { install, remove: removed }: Transaction, request: AptRequest): string {
	const list = (change: 'new' | 'upgraded' | 'downgraded') =>
		[...install].flatMap(([name, version]) => {
			if (changeOf(session.machine, name, version) !== change) return [];
			const old = installedVersion(session.machine, name);
			return [`${name}:amd64 (${old === undefined ? version : `${old}, ${version}`})`];
		});
	const line = (title: string, items: readonly string[]) =>
		items.length === 0 ? [] : [`${title}: ${items.join(', ')}`];
	const gone = removed.map((name) => `${name}:amd64 (${installedVersion(session.machine, name) ?? ''})`);
	return `${[
		'',
		`Start-Date: ${historyTime(session)}`,
		`Commandline: apt-get ${request.operation} ${request.targets.join(' ')}`,
		...line('Install', list('new')),
		...line('Upgrade', list('upgraded')),
		...line('Downgrade', list('downgraded')),
		...line('Remove', gone),
	].join('\n')}\n`;
}

function writeHistory(session: Session, text: string): void {
	const place = makeFolder(session.machine, parentPath(historyFile));
	session.change(appendText(place, historyFile, text), true);
}

/** `apt-get check`: says nothing of packages that merely wait for their configuration. */
export function runCheck(session: Session): number {
	if (isDpkgInterrupted(session)) {
		session.err("E: dpkg was interrupted, you must manually run 'dpkg --configure -a' to correct the problem. ");
		return 100;
	}
	sayLists(session);
	const { out, err } = unmetNow(session.machine, 'installed');
	if (out.length <= 2) return 0;
	session.out(out.join('\n'));
	session.err(err.join('\n'));
	return 100;
}
