import { mount } from '../../../../src/host/simulated/dataset-changes.js';
import { addPool } from '../../../../src/host/simulated/pool-create.js';
import { type MachineShell, openShell } from '../machine-shell.js';

/** Folder of recordings, and the scenario whose tools and module have that version. */
export const versions = [
	['zfs-2.1.11', 'happy'],
	['zfs-2.3.2', 'nothing-to-do'],
] as const;

/** The pool that the recordings were taken on: a mirror of two files with some datasets. */
export function openFixturePool(scenario: string): MachineShell {
	const shell = openShell(scenario);
	const do_ = (command: string, input?: string) => {
		const { code, err } = shell.run(command, input);
		if (code !== 0) throw new Error(`${command}: ${err}`);
	};
	const [old, recent] = [
		[2, 1],
		[2, 3],
	] as const;
	const pool = { disks: ['vdb', 'vdc'], sizeBytes: 512n * 1024n ** 2n, series: scenario === 'happy' ? old : recent };
	shell.machine = mount(addPool(shell.machine, 'fx', pool), 'fx');
	do_('zfs create fx/data');
	do_('zfs create -V 16M fx/vol');
	do_('zfs create -o encryption=on -o keyformat=passphrase fx/enc', 'correct horse\ncorrect horse\n');
	do_('dd if=/dev/urandom of=/fx/data/file bs=1M count=24 status=none');
	do_('dd if=/dev/urandom of=/fx/enc/file bs=1K count=200 status=none');
	do_('zfs snapshot fx/data@a');
	do_('zfs snapshot fx/enc@a');
	do_('dd if=/dev/urandom of=/fx/data/more bs=1K count=380 status=none');
	do_('zfs snapshot fx/data@b');
	return shell;
}
