/**
 * `stream.mjs ROUNDS BYTES`: the stream of a backup from one process to another, by our pipe and by a shell's, in turn.
 * Prints the seconds of each round as JSON.
 */
import process from 'node:process';
import type { Command } from '../../../src/host/host.js';
import { createLocalHost } from '../../../src/host/local-host.js';

const [rounds = '5', bytes = '1073741824'] = process.argv.slice(2);
const host = createLocalHost({ jobsDirectory: '/nowhere', selfCommand: [] });
const send: Command = { argv: ['head', '-c', bytes, '/dev/zero'] };
// head(1) writes as `zfs send` does: pieces that a pipe takes at once. cat(1) reads them and keeps nothing.
const receive: Command = { argv: ['sh', '-c', 'exec cat > /dev/null'] };
const shell: Command = { argv: ['sh', '-c', `head -c ${bytes} /dev/zero | cat > /dev/null`], timeoutSeconds: 600 };

async function byUs(): Promise<number> {
	return (await host.pipe({ commands: [send, receive] })).seconds;
}

async function byShell(): Promise<number> {
	return (await host.run(shell)).seconds;
}

await byUs();
await byShell();
const ours: number[] = [];
const yardstick: number[] = [];
for (let round = 0; round < Number(rounds); round += 1) {
	if (round % 2 === 0) ours.push(await byUs());
	yardstick.push(await byShell());
	if (round % 2 === 1) ours.push(await byUs());
}
process.stdout.write(JSON.stringify({ ours, yardstick }));
