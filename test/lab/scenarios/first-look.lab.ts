import { expect } from 'vitest';
import { guest, newVersion, scenario } from '../scenario/scenario.ts';

const s = scenario('first-look');

s.part('check reads every fact of a real host, finds nothing in the way and changes nothing', async () => {
	const { stdout } = await s.mustRun(`zfs-lockstep check --target ${newVersion} --json`);
	const document = JSON.parse(stdout);
	expect(document).toMatchObject({
		schemaVersion: 1,
		route: { name: 'dkms-ahead', target: guest.versions.new },
		summary: { blocker: 0 },
		verdict: 'ready',
		versions: {
			userspace: { value: guest.versions.old },
			loadedModule: { value: guest.versions.old },
			afterNextBoot: { module: { value: guest.versions.old } },
		},
	});
	for (const kernel of document.versions.kernels) {
		expect(kernel).toMatchObject({
			moduleOnDisk: { value: guest.versions.old },
			moduleInInitramfs: { value: guest.versions.old },
		});
	}
	await s.mustRun('test ! -e /var/lib/zfs-lockstep/state.json');
});

s.part('guard lets a command through while both halves match, with its own exit code', async () => {
	const { exitCode, stdout } = await s.run("zfs-lockstep guard -- sh -c 'echo replicating; exit 7'");
	expect({ exitCode, stdout: stdout.trim() }).toEqual({ exitCode: 7, stdout: 'replicating' });
});

s.part('the smoke test sends and receives real streams of every kind and leaves nothing behind', async () => {
	const { stdout } = await s.mustRun('zfs-lockstep smoke-test --yes --pool tank');
	expect(stdout).toContain('0 failed');
	const left = await s.mustRun('zfs list -H -o name -t all | grep zfs-lockstep || true');
	expect(left.stdout).toBe('');
	await s.expectDataUnharmed();
});
