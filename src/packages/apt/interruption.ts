/**
 * A transaction that was killed, and the way out of it, as it was found by killing real ones at every stage.
 * `apt-get check` says "fine" over half-configured packages and `dpkg --audit` exits with 0 whatever it lists, so the
 * status table decides. `apt-get -f install` is never used: after a kill during unpacking it removed zfs-initramfs.
 */
import { type Fact, known } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import type { Interruption, RecoveryStep, SetChange } from '../package-manager.js';
import { findUnfinished, parseHistory } from './history.js';
import { readInstalledPackages, statusCommand } from './installed-packages.js';
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
	steps.push({
		kind: 'run',
		why: 'The same complete transaction again: it takes up whatever was left, package by package.',
		command: transactionCommand(repeat),
		mayFail: false,
	});
	return steps;
}

function configureCommand() {
	return {
		argv: ['dpkg', ...keepConfiguration, '--configure', '--pending'],
		env: quietEnvironment,
	} as const;
}
