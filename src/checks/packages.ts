/** Whether a package transaction may be started, and whether nothing will start one by itself. */
import { findPackageManager } from '../packages/detect.js';
import { parseLibraryName } from '../packages/libraries.js';
import type { Interruption } from '../packages/package-manager.js';
import { count, listSome } from './amounts.js';
import type { Finding } from './finding.js';
import { fine, found } from './kind.js';
import { packageKinds as kinds } from './kinds/packages.js';
import { areToolsAbsent, type CheckInput, type CheckTopic, plannedUpgrade } from './topic.js';

function checkPackages(input: CheckInput): readonly Finding[] {
	const { manager } = input.facts.packages;
	// The planner says that it cannot go on without a manager, or with one that the program does not drive.
	if (!manager.known || findPackageManager(manager.value) === undefined || areToolsAbsent(input)) return [];
	return [
		...judgeTransactions(input),
		...judgeVersions(input),
		...judgeAutomatic(input),
		...judgeHolds(input),
		...judgeLists(input),
		...judgeWayBack(input),
	];
}

function judgeTransactions({ facts }: CheckInput): readonly Finding[] {
	const { interruption, lockHolder } = facts.packages;
	if (!interruption.known || !lockHolder.known) {
		const why = [interruption, lockHolder].flatMap((fact) => (fact.known ? [] : [fact.why]));
		return [
			found(kinds.unreadable, 'blocker', {
				title: 'The state of the package database could not be read',
				detail: `${[...new Set(why)].join('; ')}. ${kinds.unreadable.why}`,
			}),
		];
	}
	const findings = [...judgeInterruption(interruption.value)];
	const holder = lockHolder.value;
	const isOfTransaction = interruption.value.running.some(({ pid }) => pid === holder?.pid);
	if (holder !== undefined && !isOfTransaction) {
		findings.push(
			found(kinds.lockHeld, 'warning', {
				title: 'Somebody holds the lock of the package manager',
				detail: `Process ${holder.pid} (${listSome([holder.command])}) holds ${holder.lock}. ${kinds.lockHeld.why}`,
				remediation: [
					{ text: kinds.lockHeld.action, commands: [['ps', '-p', String(holder.pid), '-o', 'pid,etime,args']] },
				],
			}),
		);
	}
	return findings.length > 0
		? findings
		: [fine(kinds.idle, 'The package manager is idle and its database in order', `Read from ${interruption.source}.`)];
}

function judgeInterruption({
	running,
	incomplete,
	isDatabaseInterrupted,
	unfinished,
}: Interruption): readonly Finding[] {
	// What looks interrupted while a transaction runs is that transaction.
	if (running.length > 0) {
		const isHalfWay = incomplete.length > 0 || isDatabaseInterrupted;
		return [
			found(kinds.transactionRunning, isHalfWay ? 'blocker' : 'warning', {
				title: 'A package transaction is running',
				detail: `${listSome(
					running.map(({ pid, command }) => `${pid} ${command}`),
					3,
				)}. ${kinds.transactionRunning.why}`,
			}),
		];
	}
	if (incomplete.length > 0 || isDatabaseInterrupted) {
		const names = incomplete.map(({ name, status }) => `${name} (${status})`);
		return [
			found(kinds.interrupted, 'blocker', {
				title: 'A package transaction was interrupted',
				detail: `${names.length > 0 ? `Not completely installed: ${listSome(names)}` : 'dpkg has changes that it has not merged'}. ${kinds.interrupted.why}`,
			}),
		];
	}
	if (unfinished === undefined) return [];
	return [
		found(kinds.interrupted, 'warning', {
			title: 'The last package transaction has no end in the log',
			detail: `It was "${listSome([unfinished])}". Every package is complete, so it got through or was mended since.`,
			remediation: [{ text: 'Look at what it did.', commands: [['tail', '-n', '40', '/var/log/apt/history.log']] }],
		}),
	];
}

function judgeVersions({ facts }: CheckInput): readonly Finding[] {
	const { installed } = facts.packages;
	if (!installed.known) return [];
	// Libraries of an older name stay behind where another package still needs them.
	const leading = installed.value.filter(({ name }) => parseLibraryName(name) === undefined);
	const versions = new Map(leading.map(({ version }) => [version, leading.filter((each) => each.version === version)]));
	if (versions.size <= 1) return [];
	const described = [...versions].map(([version, at]) => `${version}: ${listSome(at.map(({ name }) => name))}`);
	return [
		found(kinds.mixedVersions, 'warning', {
			title: `The OpenZFS packages are of ${versions.size} versions`,
			detail: `${described.join('; ')}. ${kinds.mixedVersions.why}`,
		}),
	];
}

function judgeAutomatic({ facts }: CheckInput): readonly Finding[] {
	const { automaticUpgrades } = facts.packages;
	if (!automaticUpgrades.known) {
		return [
			found(kinds.automaticUpgrades, 'warning', {
				title: 'Whether packages upgrade themselves could not be read',
				detail: `${automaticUpgrades.why}. ${kinds.automaticUpgrades.why}`,
			}),
		];
	}
	const { isEnabled, rebootsAt } = automaticUpgrades.value;
	if (!isEnabled) return [];
	if (rebootsAt !== undefined) {
		return [
			found(kinds.automaticReboot, 'warning', {
				title: 'The host may reboot by itself after unattended upgrades',
				detail: `Unattended upgrades are on and reboot at: ${rebootsAt}. ${kinds.automaticReboot.why}`,
			}),
		];
	}
	return [
		found(kinds.automaticUpgrades, 'notice', {
			title: 'Unattended upgrades are on',
			detail: kinds.automaticUpgrades.why,
		}),
	];
}

/** Holds of the OpenZFS packages are the planner's to tell. */
function judgeHolds({ facts }: CheckInput): readonly Finding[] {
	const { kernelPackages, holds } = facts.packages;
	if (!kernelPackages.known || !holds.known) return [];
	const held = kernelPackages.value.map(({ name }) => name).filter((name) => holds.value.includes(name));
	if (held.length === 0) return [];
	return [
		found(kinds.kernelHeld, 'notice', {
			title: `${count(held.length, 'kernel package')} on hold: ${listSome(held)}`,
			detail: kinds.kernelHeld.why,
		}),
	];
}

const week = 7 * 24 * 60 * 60;

function judgeLists({ facts }: CheckInput): readonly Finding[] {
	const { packageListsReadAt } = facts.surroundings;
	if (!packageListsReadAt.known || packageListsReadAt.value === undefined) {
		return [
			found(kinds.listsOld, 'notice', {
				title: 'How old the lists of what is on offer are cannot be told',
				detail: `${packageListsReadAt.known ? 'There are none' : packageListsReadAt.why}. ${kinds.listsOld.why}`,
			}),
		];
	}
	const days = Math.floor((facts.takenAt - packageListsReadAt.value) / (24 * 60 * 60));
	if (facts.takenAt - packageListsReadAt.value <= week) return [];
	return [
		found(kinds.listsOld, 'notice', {
			title: `The lists of what is on offer are ${days} days old`,
			detail: kinds.listsOld.why,
		}),
	];
}

function judgeWayBack(input: CheckInput): readonly Finding[] {
	const { installed, offers } = input.facts.packages;
	if (plannedUpgrade(input) === undefined || !installed.known || !offers.known) return [];
	const gone = installed.value.filter(({ name, version }) => {
		const versions = offers.value.get(name)?.versions ?? [];
		return !versions.some((offered) => offered.version === version && offered.suites.length > 0);
	});
	const [first] = gone;
	if (first === undefined) return [];
	return [
		found(kinds.oldVersionGone, 'notice', {
			title: `The archives do not carry the installed version any more: ${first.version}`,
			detail: `${listSome(gone.map(({ name }) => name))}. ${kinds.oldVersionGone.why}`,
			remediation: [{ text: kinds.oldVersionGone.action, commands: [['apt-cache', 'policy', first.name]] }],
		}),
	];
}

export const packagesTopic: CheckTopic = { check: checkPackages, kinds: Object.values(kinds) };
