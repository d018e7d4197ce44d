/**
 * `state-save.mjs FOLDER ROUNDS`: saves the state of a run, and writes and syncs the same bytes, in turn. Prints the
 * milliseconds of each as JSON.
 */
import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import process from 'node:process';
import { openJournal } from '../../../src/journal/state.js';

const [folder = '', rounds = '200'] = process.argv.slice(2);

/** About what a run has recorded before its reboot. */
function stateOf(round: number) {
	const command = {
		id: 'module.dkms-build',
		why: 'Build the module',
		work: { commands: [{ argv: ['dkms', 'build'] }] },
	};
	return {
		round,
		approved: Array.from({ length: 40 }, (_, index) => `step.command-${index}`),
		plan: Array(20).fill(command),
	};
}

const journal = openJournal({
	directory: `${folder}/state`,
	schemaVersion: 1,
	validate: (raw) => raw,
	access: 'write',
	allowVolatile: true,
});
await journal.write(stateOf(0));
const bytes = readFileSync(journal.file);

async function save(round: number): Promise<number> {
	const startedAt = performance.now();
	await journal.write(stateOf(round));
	return performance.now() - startedAt;
}

function writeAndSync(): number {
	const startedAt = performance.now();
	const fd = openSync(`${folder}/bytes`, 'w', 0o600);
	for (let offset = 0; offset < bytes.length; ) offset += writeSync(fd, bytes, offset);
	fsyncSync(fd);
	closeSync(fd);
	return performance.now() - startedAt;
}

const ours: number[] = [];
const yardstick: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
	ours.push(await save(round));
	yardstick.push(writeAndSync());
}
process.stdout.write(JSON.stringify({ ours, yardstick, bytes: bytes.length }));
