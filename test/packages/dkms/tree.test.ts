import { describe, expect, it } from 'vitest';
import { createMemoryStore } from '../../../src/host/simulated/machine-store.js';
import { createSimulatedHost } from '../../../src/host/simulated/simulated-host.js';
import { type DkmsEntry, readDkmsStatus } from '../../../src/packages/dkms/status.js';
import { isBuilt, isInstalled } from '../../../src/packages/dkms/tree.js';

const host = createSimulatedHost({ directory: '/nowhere', scenario: 'happy', store: createMemoryStore() });

async function askDkms(): Promise<readonly DkmsEntry[]> {
	const status = await readDkmsStatus(host);
	if (!status.known || status.value === undefined) throw new Error('dkms did not answer');
	return status.value;
}

async function readTree({ version, kernel }: DkmsEntry): Promise<'added' | 'built' | 'installed'> {
	if (kernel !== undefined && (await isInstalled(host, version, kernel))) return 'installed';
	return kernel !== undefined && (await isBuilt(host, version, kernel)) ? 'built' : 'added';
}

describe("DKMS's tree", () => {
	it('says what dkms status says, whatever was done with the modules', async () => {
		const [first] = await askDkms();
		const { version = '', kernel = '' } = first ?? {};
		const of = ['-m', 'zfs', '-v', version];
		const seen = new Set<string>();
		for (const argv of [
			['dkms', 'status'],
			['dkms', 'uninstall', ...of, '-k', kernel],
			['dkms', 'unbuild', ...of, '-k', kernel],
			['dkms', 'build', ...of, '-k', kernel],
			['dkms', 'install', ...of, '-k', kernel],
		] as const) {
			await host.run({ argv, timeoutSeconds: Number.POSITIVE_INFINITY });
			const entries = await askDkms();
			expect(await Promise.all(entries.map(readTree))).toEqual(entries.map(({ state }) => state));
			for (const { state } of entries) seen.add(state);
		}
		expect([...seen].sort()).toEqual(['built', 'installed']);
	});
});
