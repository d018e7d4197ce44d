import { afterEach, describe, expect, it } from 'vitest';
import { makeStateFolder, runProgram } from './program.js';

const folders: (() => void)[] = [];
function stateFolder(): string {
	const { folder, remove } = makeStateFolder();
	folders.push(remove);
	return folder;
}
afterEach(() => {
	for (const remove of folders.splice(0)) remove();
});

/** Wrapped rows as one text: what is looked for may be broken anywhere. */
function flat(text: string): string {
	return text.replace(/\s+/g, ' ');
}

describe('the demonstration without a screen', { timeout: 120_000 }, () => {
	it('upgrades, reboots by itself and ends with seven steps done', async () => {
		const folder = stateFolder();
		const ended = await runProgram(['demo', '--yes', '--state-dir', folder]);
		expect(ended.code, ended.stderr).toBe(0);
		expect(ended.stdout).toContain('SIMULATED HOST - nothing here is real');
		expect(ended.stderr).toContain('goes down and boots again');
		const report = await runProgram(['report', '--state-dir', folder]);
		expect(report.stdout.match(/^[1-7] \S+ +done:/gm)).toHaveLength(7);
	});

	it.each<[scenario: string, code: number, decisive: readonly string[]]>([
		['degraded-pool', 3, ['pool.degraded: Pool tank is degraded', 'zpool status']],
		[
			'dkms-build-fails',
			1,
			[
				'could not be built for kernel 6.1.0-56-amd64',
				"zpl_file.c:412:9: error: implicit declaration of function 'iov_iter_get_pages2'",
				'the old module is still installed for every kernel',
				'/var/lib/dkms/zfs/2.3.2/build/make.log',
			],
		],
		['module-missing-from-initramfs', 6, ['the initramfs holds no zfs module', 'Do not reboot.']],
		['wrong-kernel', 1, ['The host booted kernel 6.1.0-50-amd64, not 6.1.0-56-amd64', 'grub-reboot']],
		['abi-break', 6, ['zfs send -I', 'zfs send -R', 'Invalid argument', 'The way back from here']],
		['encrypted', 1, ['The key of "tank/secure" is not loaded', 'zfs load-key tank/secure']],
		['no-space', 3, ['space.enough: Not enough space on /']],
		['nothing-to-do', 77, ['2.3.2-2~bpo12+2 is installed and loaded']],
		['pool-missing-after-reboot', 1, ['Pool "backup" is not imported', 'do not force an import']],
		['suspended-pool', 3, ['pool.suspended: Pool backup is suspended']],
		['no-zfs-module', 3, ['versions.module-not-loaded: The zfs module is not loaded']],
		['no-network', 1, ["Temporary failure resolving 'deb.debian.org'", 'Nothing of OpenZFS was changed yet']],
		['held-jobs', 0, ['kernel module and userspace are in lockstep']],
		['abi-mismatch', 3, ['versions.abi-break: One half is 2.3.1 and the other is not']],
	])('%s ends with %i and says why', async (scenario, code, decisive) => {
		const ended = await runProgram(['demo', '--scenario', scenario, '--yes', '--state-dir', stateFolder()]);
		const said = flat(ended.stdout);
		expect(ended.code, said.slice(-2000) + ended.stderr).toBe(code);
		for (const words of decisive) expect(said).toContain(words);
	});

	it('waits for another package manager, says who it is, gives up with 75, and goes on when it is done', async () => {
		const args = ['demo', '--scenario', 'apt-locked', '--yes', '--until', 'check', '--state-dir', stateFolder()];
		const first = await runProgram(args);
		expect(first.code, first.stdout.slice(-2000) + first.stderr).toBe(75);
		expect(flat(first.stdout)).toMatch(/Waiting for another package manager to finish: .*unattended-upgr/);
		const second = await runProgram(args);
		expect(second.code, second.stdout.slice(-2000)).toBe(0);
	});
});
