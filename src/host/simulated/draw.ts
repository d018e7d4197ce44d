/** Random values of the simulated machine: the same for the same seed and the same history. */
import { createHash } from 'node:crypto';
import type { Machine } from './machine.js';

function digest(seed: number, count: number): Buffer {
	return createHash('sha256').update(`${seed}:${count}`).digest();
}

/** A 64-bit guid in decimal. */
export function drawGuid(machine: Machine): readonly [guid: string, machine: Machine] {
	const guid = digest(machine.seed, machine.drawn).readBigUInt64BE() | 1n;
	return [String(guid), { ...machine, drawn: machine.drawn + 1 }];
}

/** A UUID as in /proc/sys/kernel/random/boot_id. */
export function drawUuid(machine: Machine): readonly [uuid: string, machine: Machine] {
	const hex = digest(machine.seed, machine.drawn).toString('hex');
	const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
	return [uuid, { ...machine, drawn: machine.drawn + 1 }];
}

/** A fraction in [0, 1) for each of `count` things. */
export function drawFractions(machine: Machine, count: number): readonly [readonly number[], Machine] {
	const fractions = Array.from({ length: count }, (_, index) => {
		return digest(machine.seed, machine.drawn + index).readUInt32BE() / 2 ** 32;
	});
	return [fractions, { ...machine, drawn: machine.drawn + count }];
}
