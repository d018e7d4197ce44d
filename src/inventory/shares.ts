import { type Fact, known, unknown } from '../facts/fact.js';
import { type Host, succeeded } from '../host/host.js';
import { toTable } from './rows.js';

/** Kind, path and clients of what is shared: NFS as the kernel exports it, and Samba's usershares. */
export async function readShareTable(host: Host): Promise<Fact<string>> {
	const exports = await host.run({ argv: ['exportfs', '-v'] });
	// Without the NFS server nothing is exported.
	if (exports.outcome.kind !== 'not-found' && !succeeded(exports)) return unknown('exportfs -v failed');
	const configured = (await host.files.read('/etc/exports.d/zfs.exports')) ?? '';
	const usershares = (await host.files.list('/var/lib/samba/usershares')) ?? [];
	return known(
		toTable([
			...parseExports(exports.stdout).map(({ path, client }) => ['nfs', path, client]),
			...configured
				.split('\n')
				.filter((line) => line !== '' && !line.startsWith('#'))
				.map((line) => ['zfs.exports', ...line.split(/\s+/, 2)]),
			...usershares.map((name) => ['smb', name]),
		]),
		'exportfs -v, /etc/exports.d/zfs.exports, /var/lib/samba/usershares',
	);
}

/** A path that is longer than 14 characters has its client on the next line (exportfs.c, dump). */
export function parseExports(output: string): readonly { readonly path: string; readonly client: string }[] {
	return [...output.matchAll(/^(?<path>\/.*?)\s+(?<client>\S+\(\S*\))$/gm)].map(({ groups }) => ({
		path: groups?.path ?? '',
		client: groups?.client ?? '',
	}));
}
