/** apt and dpkg: Debian, Ubuntu, Proxmox VE. */
import { known } from '../../facts/fact.js';
import { askHost } from '../ask.js';
import type { PackageManager } from '../package-manager.js';
import { markCommand, readAutomatic, readHolds } from './holds.js';
import { isOpenzfsPackage, readInstalledPackages } from './installed-packages.js';
import { planRecovery, readInterruption } from './interruption.js';
import { readLockHolder } from './locks.js';
import { readOffers } from './offers.js';
import { readSimulation } from './simulation.js';
import {
	downloadCommand,
	printUrisCommand,
	quietEnvironment,
	simulateCommand,
	transactionCommand,
} from './transaction.js';
import { readTransactionSize } from './transaction-size.js';

export const apt: PackageManager = {
	name: 'apt',
	async readInstalledSet(host) {
		const all = await readInstalledPackages(host);
		return all.known ? known(all.value.filter(isOpenzfsPackage), all.source) : all;
	},
	readOffers,
	simulate: (host, change) => askHost(host, simulateCommand(change), readSimulation),
	readTransactionSize: (host, change) => askHost(host, printUrisCommand(change), readTransactionSize),
	transactionCommand,
	downloadCommand,
	refreshCommand: () => ({ argv: ['apt-get', '--quiet=1', 'update'], env: quietEnvironment, timeoutSeconds: 600 }),
	readHolds,
	holdCommand: (names) => markCommand('hold', names),
	unholdCommand: (names) => markCommand('unhold', names),
	readAutomatic,
	markAutomaticCommand: (names) => markCommand('auto', names),
	readLockHolder,
	readInterruption,
	planRecovery,
};
