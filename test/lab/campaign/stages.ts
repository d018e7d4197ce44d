/**
 * Machines frozen at the points of an upgrade from which campaigns begin: one whole upgrade without a disturbance, made
 * once for a guest and a program. Each case starts there in seconds.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cached, contentKey, machinesFolder } from '../cache.ts';
import { say } from '../host.ts';
import type { Guest } from '../image/build.ts';
import { upstreamVersion } from '../image/zfs-objects.ts';
import { Machine } from '../machine/machine.ts';

export type Stage = 'start' | 'before-reboot' | 'after-reboot' | 'before-smoke-test' | 'finished';

export interface Stages {
	/** Folder that `Machine.thaw` starts from. */
	frozenAt(stage: Stage): string;
	/** Fingerprint of the data from before anything was done. */
	readonly data: string;
}

const fingerprintFile = 'fingerprint.txt';

export async function freezeStages(guest: Guest, programDisk: string): Promise<Stages> {
	const key = contentKey([guest.frozen, path.basename(programDisk)], [import.meta.filename]);
	const folder = await cached('stages', key, (unfinished) => walk(guest, programDisk, unfinished));
	return {
		frozenAt: (stage) => (stage === 'start' ? guest.frozen : path.join(folder, stage)),
		data: readFileSync(path.join(folder, fingerprintFile), 'utf8'),
	};
}

async function walk(guest: Guest, programDisk: string, folder: string): Promise<void> {
	mkdirSync(folder, { recursive: true });
	const machineFolder = path.join(machinesFolder, 'stages');
	let machine = await Machine.thaw(guest.frozen, machineFolder, programDisk);
	const freeze = async (stage: Stage): Promise<void> => {
		const frozen = path.join(folder, stage);
		await machine.mustExec('sync; umount /opt/zfs-lockstep');
		await machine.freezeTo(frozen);
		say(`frozen: ${stage}`);
		if (stage !== 'finished') machine = await Machine.thaw(frozen, machineFolder, programDisk);
	};
	try {
		writeFileSync(path.join(folder, fingerprintFile), await machine.mustExec('/usr/local/lib/lab/fingerprint'));
		await expectExit(machine, `zfs-lockstep run --yes --target ${upstreamVersion(guest.versions.new)}`, 4);
		await freeze('before-reboot');
		say(`rebooted in ${(await machine.reboot()).toFixed(0)} s`);
		await machine.mustExec('systemctl is-system-running --wait');
		await freeze('after-reboot');
		await expectExit(machine, 'zfs-lockstep run --yes --until userspace', 0);
		await freeze('before-smoke-test');
		await expectExit(machine, 'zfs-lockstep run --yes', 0);
		await freeze('finished');
	} finally {
		await machine.remove();
	}
}

async function expectExit(machine: Machine, command: string, exitCode: number): Promise<void> {
	const result = await machine.exec(command, { timeoutSeconds: 5400 });
	say(`${command}: exit ${result.exitCode} after ${result.seconds.toFixed(0)} s`);
	if (result.exitCode !== exitCode) throw new Error(`${command}\n${result.stdout}\n${result.stderr}`);
}
