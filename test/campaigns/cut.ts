/** Ends the program, or the whole host, at a moment. */

import type { Machine } from '../../src/host/simulated/machine.js';
import { cutPower } from '../../src/host/simulated/simulated-host.js';
import { chance, mixSeed } from './chance.js';
import { afterPowerCut } from './disk/lossy-disk.js';
import { booted, type World } from './world.js';

/** A power cut with this share of what was not synced lost; `kill`: only the program ends, and the host goes on. */
export type Cut = 0 | 0.1 | 1 | 'kill';

export const cuts: readonly Cut[] = [0, 0.1, 1, 'kill'];

export function describeCut(cut: Cut): string {
	return cut === 'kill' ? 'killed' : `power cut, ${cut * 100} % of unsynced data lost`;
}

/** The world as the next sitting finds it: up. */
export function cutAt({ machine, disk }: World, cut: Cut, seed: number): World {
	if (cut === 'kill') return { machine: bootedOnce(machine, 'kill', () => machine), disk };
	const draw = chance(seed);
	return { machine: cutMachine(machine, cut), disk: afterPowerCut(disk, () => draw() < cut) };
}

function cutMachine(machine: Machine, cut: 0 | 0.1 | 1): Machine {
	const loses = Object.keys(machine.unsynced).length > 0;
	if (cut !== 0.1 || !loses) return bootedOnce(machine, loses ? String(cut) : 'power', () => cutPower(machine, cut));
	// Which files are lost is drawn by the machine itself, from a counter: once for each state that it was in.
	const drawn = { ...machine, drawn: machine.drawn + (mixSeed(machine.seed, machine.clock * 1000) % 9973) };
	return bootedOnce(machine, 'some', () => cutPower(drawn, cut));
}

/** Many moments share a machine: most operations only read it. */
const machines = new WeakMap<Machine, Map<string, Machine>>();

function bootedOnce(machine: Machine, how: string, cut: () => Machine): Machine {
	const known = machines.get(machine) ?? new Map<string, Machine>();
	const up = known.get(how) ?? booted(cut());
	machines.set(machine, known.set(how, up));
	return up;
}
