import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/host/foreground.js';
import type { Pipeline } from '../../src/host/host.js';
import { shellText } from '../../src/plan/shell-text.js';
import { parsePoolName } from '../../src/zfs/names.js';
import { ownSnapshot } from '../../src/zfs/owned.js';
import { createSnapshots, destroySnapshot } from '../../src/zfs/snapshot-commands.js';

const runId = '20261122-213000';

/** What a shell makes of the text: `zfs` is a function that prints its arguments, one a line. */
async function readBack(work: Pipeline): Promise<readonly string[]> {
	const script = `zfs() { printf '%s\\n' "$@"; }; ${shellText(work)}`;
	const { stdout } = await runCommand({ argv: ['sh', '-c', script] });
	return stdout.split('\n').slice(0, -1);
}

describe('a command on a pool with an awkward name', () => {
	it.each([
		['spaces', 'my tank'],
		['colons', 'tank:a:b'],
		['dashes and dots', 'tank-.-x_'],
		['200 characters', 't'.repeat(200)],
	])('means to a shell exactly what is run: %s', async (_what, name) => {
		const snapshot = ownSnapshot(parsePoolName(name), runId);
		for (const command of [
			createSnapshots([snapshot], { recursive: true }),
			destroySnapshot(snapshot, { recursive: true }),
		]) {
			expect(await readBack({ commands: [command] })).toEqual(command.argv.slice(1));
		}
	});

	it.each(["a'b", 'a"b', 'a b  c', '$(reboot)', '`reboot`', '-rf', 'a;b', 'a\\b', '*', '~', 'ä', 'x'.repeat(255)])(
		'quotes %s so that nothing of it is carried out',
		async (argument) => {
			expect(await readBack({ commands: [{ argv: ['zfs', 'list', '--', argument] }] })).toEqual([
				'list',
				'--',
				argument,
			]);
		},
	);

	it('keeps pipes and files apart from names that look like them', () => {
		const work: Pipeline = {
			commands: [{ argv: ['zfs', 'send', 'a | b@c > d'] }, { argv: ['cat'] }],
			outputFile: '/backup/a file.zfs',
		};
		expect(shellText(work)).toBe("zfs send 'a | b@c > d' | cat > '/backup/a file.zfs'");
	});
});
