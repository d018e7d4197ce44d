/** What happens to a host between two sittings that is no crash: somebody's hand, or a backup that was put back. */
import { execute } from '../../../src/host/simulated/execute.js';
import type { Machine } from '../../../src/host/simulated/machine.js';
import { happenAll } from '../../../src/host/simulated/timeline.js';
import type { StepId } from '../../../steps/step.js';
import { stepIds } from '../../../steps/step.js';
import type { Recording } from '../record.js';
import type { World } from '../world.js';

export interface HandCase {
	readonly name: string;
	readonly world: World;
	/** Broken promises that are not the program's: what they are about is gone for good, or nobody can know of it. */
	readonly excused?: RegExp;
}

/** An inventory of before the reboot and packages that are not installed any more cannot be had again. */
const keptFiles = /^\(b\) backup is done, but the kept .* is absent|^\(g\)/;

/** Commands of somebody at the console; their failures are his own. */
const hands: Readonly<Record<string, { readonly commands: readonly string[]; readonly excused?: RegExp }>> = {
	'takes the new module out of DKMS': { commands: ['dkms remove -m zfs -v 2.3.2 --all'] },
	'puts the old module back': {
		commands: ['dkms install --force -m zfs -v 2.1.11 -k 6.1.0-56-amd64', 'update-initramfs -u -k 6.1.0-56-amd64'],
	},
	'removes the modules of the kernel that boots': {
		commands: ['rm -rf /lib/modules/6.1.0-56-amd64/updates', 'update-initramfs -u -k 6.1.0-56-amd64'],
	},
	'removes the initramfs of the other kernel': { commands: ['rm -f /boot/initrd.img-6.1.0-50-amd64'] },
	'removes the event daemon': { commands: ['apt-get -y remove zfs-zed'] },
	'removes the tools': { commands: ['apt-get -y remove zfsutils-linux'] },
	'throws the kept packages away': { commands: ['rm -rf RUN/packages'], excused: keptFiles },
	'throws the inventory away': { commands: ['rm -rf RUN/inventory-before'], excused: keptFiles },
	'destroys the snapshots of the run': {
		commands: ['zfs release -r HOLD tank@HOLD', 'zfs destroy -r tank@HOLD'],
	},
	'releases the holds of packages': { commands: ['apt-mark unhold zfsutils-linux zfs-dkms'], excused: /^\(f\)/ },
	reboots: { commands: ['systemctl reboot'] },
};

function typeIn(machine: Machine, line: string, run: string): Machine {
	const text = line.replaceAll('RUN', `/var/lib/zfs-lockstep/runs/${run}`).replaceAll('HOLD', `zfs-lockstep-${run}`);
	const [program = '', ...args] = text.split(' ');
	const { events, seconds } = execute(machine, [program, ...args]);
	const after = happenAll(machine, events);
	return { ...after, clock: machine.clock + seconds };
}

/** The first moment at which each step was recorded as done. */
function endsOfSteps({ moments }: Recording): ReadonlyMap<StepId, World> {
	const ends = new Map<StepId, World>();
	for (const { world, written } of moments) {
		for (const id of stepIds) {
			if (written?.steps[id].status === 'done' && !ends.has(id) && world.machine.power === 'on') ends.set(id, world);
		}
	}
	return ends;
}

/** Each hand after each step; and each end of a step with the record of each other one. */
export function* handCases(recording: Recording): Generator<HandCase> {
	const ends = [...endsOfSteps(recording)].filter(([id]) => id !== 'smoke-test');
	for (const [step, world] of ends) {
		for (const [name, { commands, excused }] of Object.entries(hands)) {
			const machine = commands.reduce((one, line) => typeIn(one, line, recording.state.id), world.machine);
			yield { name: `after ${step} somebody ${name}`, world: { ...world, machine }, ...(excused ? { excused } : {}) };
		}
	}
	const all = [['nothing', recording.before] as const, ...ends];
	for (const [hostAt, { machine }] of all) {
		for (const [recordAt, { disk }] of all) {
			if (hostAt === recordAt || recordAt === 'nothing') continue;
			// It boots another time than it did then, and what is drawn is another.
			const other = { ...machine, drawn: machine.drawn + 1000 };
			yield {
				name: `the host as it was after ${hostAt}, the record as after ${recordAt}`,
				world: { machine: other, disk },
				// Holds that no record tells of could be the administrator's, and what is installed is taken for the old.
				...(recordAt === 'check' ? { excused: /^\([fg]\)/ } : {}),
				...(recordAt === 'userspace' ? { excused: keptFiles } : {}),
			};
		}
	}
}
