/**
 * A transaction that was killed, and the way out of it, as it was found by killing real ones at every stage.
 * `apt-get check` says "fine" over half-configured packages and `dpkg --audit` exits with 0 whatever it lists, so the
 * status table decides. `apt-get -f install` without the whole set is never used: after a kill during unpacking it
 * removed zfs-initramfs and python3-pyzfs. The same full set again is right, but then apt refuses it ("Unmet
 * dependencies") unless, on the way forward, the old libraries are named for removal, or, on the way back, it may mend
 * (measured with apt 2.6.2 after `kill -9` in the prerm of zfs-dkms). On the way back the new libraries go before that:
 * of one that is half unpacked apt says that it "needs to be reinstalled" and finds no archive, and where it finds one
 * dpkg refuses to remove it (measured with apt 2.6.2 and dpkg 1.21).
 */
import { type Fact, known } from '../../facts/fact.js';
import type { Command, Host } from '../../host/host.js';
import { isLaterSoname, parseLibraryName } from '../libraries.js';
import type { Interruption, RecoveryStep, SetChange } from '../package-manager.js';
import { findUnfinished, parseHistory } from './history.js';
import { isOpenzfsPackage, readInstalledPackages, statusCommand } from './installed-packages.js';
import { readTransactionProcesses } from './processes.js';
import { keepConfiguration, quietEnvironment, transactionCommand } from './transaction.js';

const updatesFolder = '/var/lib/dpkg/updates';
const historyFile = '/var/log/apt/history.log';

export async function readInterruption(host: Host): Promise<Fact<Interruption>> {
	const packages = await readInstalledPackages(host);
	if (!packages.known) return packages;
	const running = await readTransactionProcesses(host);
	if (!running.known) return running;
	const updates = (await host.files.list(updatesFolder)) ?? [];
	const unfinished = findUnfinished(parseHistory((await host.files.read(historyFile)) ?? ''));
	return known(
		{
			incomplete: packages.value.filter(({ isComplete }) => !isComplete),
			libraries: packages.value
				.filter((each) => isOpenzfsPackage(each) && parseLibraryName(each.name) !== undefined)
				.map(({ name }) => name),
			// dpkg's journal of status changes that are not merged yet; other names in there are its temporary files.
			isDatabaseInterrupted: updates.some((name) => /^\d+$/.test(name)),
			running: running.value,
			unfinished: unfinished && (unfinished.commandLine ?? unfinished.startDate),
		},
		`${statusCommand.argv[0]}, ${updatesFolder}, ${historyFile}`,
	);
}

export function planRecovery(interruption: Interruption, repeat: SetChange): readonly RecoveryStep[] {
	const { running, incomplete, isDatabaseInterrupted } = interruption;
	const steps: RecoveryStep[] = [];
	if (running.length > 0) {
		steps.push({
			kind: 'wait',
			why: 'Parts of the transaction are still at work; anything started beside them fails.',
			pids: running.map(({ pid }) => pid),
		});
	}
	if (incomplete.length > 0 || isDatabaseInterrupted) {
		steps.push({
			kind: 'run',
			why: 'Finishes what was unpacked.',
			command: configureCommand(),
			// It fails while a package needs reinstallation (`iHR`); the next step reinstalls it.
			mayFail: true,
		});
	}
	const inTheWay = librariesInTheWay(interruption, repeat);
	const [first, ...others] = inTheWay;
	if (repeat.direction === 'back' && first !== undefined) {
		steps.push({
			kind: 'run',
			why: 'Takes the new libraries away, whole or half: apt does not, and nothing works while both are there.',
			command: removeCommand([first, ...others]),
			mayFail: true,
		});
	}
	const change = completeChange(interruption, repeat, repeat.direction === 'forward' ? inTheWay : []);
	steps.push({
		kind: 'run',
		why: 'The whole set again: it takes up whatever was left, package by package.',
		command: transactionCommand(change),
		mayFail: false,
		change,
	});
	return steps;
}

/** Libraries that are there and that the change replaces by another SONAME. */
function librariesInTheWay({ libraries }: Interruption, repeat: SetChange): readonly string[] {
	const arriving = namesIn(repeat);
	return libraries.filter((name) =>
		arriving.some((other) =>
			repeat.direction === 'forward' ? isLaterSoname(other, name) : isLaterSoname(name, other),
		),
	);
}

/** The change, told about what the interruption left in its way. */
function completeChange({ incomplete }: Interruption, repeat: SetChange, replaced: readonly string[]): SetChange {
	return {
		...repeat,
		remove: [...new Set([...(repeat.remove ?? []), ...replaced])],
		// A package that was to be replaced is still at its old version, perhaps with half of its files (`iFR`, `iHR`):
		// forward it gets the new one anyway, back it must be installed again, which apt can only do from a file.
		...(repeat.direction === 'back' && incomplete.length > 0 && repeat.from.kind === 'files' ? { repair: true } : {}),
	};
}

/** Names of the packages that a change brings; a package file's name begins with it. */
function namesIn({ from }: SetChange): readonly string[] {
	if (from.kind === 'archive') return from.packages.map(({ name }) => name);
	return from.files.map((file) => file.split('/').at(-1)?.split('_')[0] ?? '');
}

/** A package that is not there is passed over. */
function removeCommand(names: readonly [string, ...string[]]): Command {
	return {
		argv: ['dpkg', '--force-depends', '--force-remove-reinstreq', '--remove', '--', ...names],
		env: quietEnvironment,
	};
}

function configureCommand() {
	return {
		argv: ['dpkg', ...keepConfiguration, '--configure', '--pending'],
		env: quietEnvironment,
	} as const;
}
