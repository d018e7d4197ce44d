import { expect } from 'vitest';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';

const s = scenario('build-fails');

// as gcc and make say it when the kernel is too new
const compileError = [
	'/var/lib/dkms/zfs/2.3.2/build/module/os/linux/zfs/zvol_os.c:1243:20: error: too few arguments to function ‘blk_alloc_disk’',
	'make[3]: *** [scripts/Makefile.build:250: module/os/linux/zfs/zvol_os.o] Error 1',
	'make: *** [Makefile:916: all] Error 2',
].join('\n');

s.part('a failing build stops the run with the line that says why, and nothing of the host has changed', async () => {
	await s.mustRun('cat > /etc/lab/build-fail', 0, { input: `${compileError}\n` });
	const { stdout, stderr } = await s.mustRun(`zfs-lockstep run --yes --target ${newVersion}`, 1);
	expect(stdout + stderr).toContain('too few arguments to function');
	const { old } = guest.versions;
	const versions = await s.versions('after the failed build');
	expect(versions).toMatchObject({ userspace: old, loaded: old, onDisk: old, inInitramfs: old });
	// still on hold by the run, and none of them changed
	expect(versions.packages.split(/(?:hi)? +/).filter((name) => name !== '' && !name.endsWith(`=${old}`))).toEqual([]);
	await s.expectDataUnharmed();
});

s.part('status says that the module step failed, and what to do', async () => {
	const status = JSON.parse((await s.mustRun('zfs-lockstep status --json')).stdout);
	expect(status.step).toMatchObject({ id: 'module', state: 'failed' });
	expect(status.next).not.toBe('');
});

s.part('with the cause mended the same command goes on to the reboot', async () => {
	await s.run('rm /etc/lab/build-fail');
	await s.mustRun('zfs-lockstep run --yes', 4);
	expect(await s.versions('before the reboot')).toMatchObject({
		loaded: guest.versions.old,
		onDisk: guest.versions.new,
		inInitramfs: guest.versions.new,
	});
});
