/**
 * Stage 4, in the emulated guest itself: GRUB is installed by grub-install, the guest boots by it, gets its pools and
 * data, and is frozen while it runs. Scenarios start from there in seconds.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cached, contentKey, labFolder, machinesFolder } from '../cache.ts';
import { run, say } from '../host.ts';
import { Machine } from '../machine/machine.ts';
import { makeProgramDisk } from '../machine/program-disk.ts';
import type { MachineShape } from '../machine/qemu.ts';
import { rootLabel } from './recipe.ts';
import type { Root } from './root.ts';

const shape: MachineShape = { memoryMiB: 1536, processors: 1, poolDisks: 4 };

/** @returns folder of the frozen guest, for `Machine.thaw` */
export async function furnishGuest(root: Root, disk: string): Promise<string> {
	const sources = ['machine/machine.ts', 'machine/qemu.ts', 'image/furnish.ts'].map((name) =>
		path.join(labFolder, name),
	);
	// a frozen machine can only be thawed by the QEMU that froze it
	const qemu = await run('qemu-system-x86_64', ['--version']);
	return cached('guest', contentKey([disk, root.versions, qemu], sources), async (unfinished) => {
		mkdirSync(unfinished, { recursive: true });
		const folder = path.join(machinesFolder, 'furnish');
		const programDisk = await makeProgramDisk({ kind: 'none' });
		const machine = await Machine.create(folder, shape, path.join(disk, 'disk.raw'), programDisk);
		try {
			await firstBoot(machine, disk);
			await bootByGrub(machine);
			say('guest: making pools and data');
			writeFileSync(
				path.join(unfinished, 'make-data.log'),
				await machine.mustExec('/usr/local/lib/lab/make-data 2>&1'),
			);
			say(`guest: boots with its pools in ${(await machine.reboot()).toFixed(0)} s`);
			await machine.mustExec(
				'umount /opt/zfs-lockstep; systemctl is-system-running --wait; sync; echo 3 > /proc/sys/vm/drop_caches',
			);
			say('guest: freezing');
			await machine.freezeTo(unfinished);
		} finally {
			await machine.remove();
		}
	});
}

async function firstBoot(machine: Machine, disk: string): Promise<void> {
	say('guest: first boot, installing GRUB');
	await machine.powerOn({
		kernel: {
			image: path.join(disk, 'vmlinuz'),
			initrd: path.join(disk, 'initrd.img'),
			commandLine: `root=LABEL=${rootLabel} ro console=ttyS0 quiet mitigations=off norandmaps`,
		},
	});
	say(`guest: up after ${(await machine.waitUntilUp()).toFixed(0)} s`);
	await machine.mustExec('grub-install /dev/vda && update-grub');
	await machine.shutDown();
}

async function bootByGrub(machine: Machine): Promise<void> {
	await machine.powerOn();
	say(`guest: up by GRUB after ${(await machine.waitUntilUp()).toFixed(0)} s`);
	// zpool create gives up when udev is still busy with the boot and is slow to name a new partition
	await machine.mustExec('systemctl is-system-running --wait; modprobe zfs && udevadm settle');
}
