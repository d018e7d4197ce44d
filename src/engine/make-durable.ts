import { type Host, succeeded } from '../host/host.js';
import { HostError } from '../host/host-error.js';
import { stripControls } from '../host/text.js';

/**
 * What upgrades write to. The file systems are named because sync(1) of everything waits for ever for a pool that is
 * suspended; those that share one are synced once by the kernel.
 */
const places = ['/', '/boot', '/etc', '/usr', '/var'];

/** Seconds; a build leaves hundreds of megabytes to be written. */
const patience = 900;

/**
 * Returns when everything that commands wrote is on the disk. Neither apt, dkms nor update-initramfs sync all of their
 * files, so a power cut right after they ended could take what the record calls done. Throws `HostError` (`io`).
 */
export async function makeDurable(host: Host): Promise<void> {
	const argv = ['sync', '--file-system', '--', ...places] as const;
	// Not `run`: that remembers what it was told, and a sync is no reading.
	const lines = host.stream({ argv: [...argv], timeoutSeconds: patience });
	let next = await lines.next();
	while (next.done !== true) next = await lines.next();
	const result = next.value;
	if (succeeded(result)) return;
	const isMissing = result.outcome.kind === 'not-found';
	const said = isMissing ? 'sync is not installed' : stripControls(result.stderr).trim() || result.outcome.kind;
	throw new HostError('io', '/', `What was written could not be brought to the disk: ${said}.`, [
		'Look for errors of the disk: dmesg | tail -n 50',
		'Mend it, then go on here with: zfs-lockstep',
	]);
}
