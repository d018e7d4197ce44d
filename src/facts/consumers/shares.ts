/** What this host serves to others from ZFS: NFS exports, Samba's shares, iSCSI targets. */
import type { Host } from '../../host/host.js';
import { isTable, readConfig, tablesAt } from './config.js';
import { findMatchingFiles } from './matching-files.js';

export interface Shares {
	/** Paths that `sharenfs` exports (/etc/exports.d/zfs.exports, written by zfs share). */
	readonly nfs: readonly string[];
	/** Names of shares that `sharesmb` made (net usershare). */
	readonly smb: readonly string[];
	/** Zvols that an iSCSI target serves, with the file that says so. */
	readonly iscsi: readonly { readonly zvol: string; readonly file: string }[];
}

const targetFiles = ['/etc/target/saveconfig.json', '/etc/rtslib-fb-target/saveconfig.json'] as const;
const zvol = /^\/dev\/(?:zvol\/|zd\d)/;

/** Undefined: nothing of the kind. @throws ConfigError, HostError */
export async function readShares(host: Host): Promise<Shares | undefined> {
	const [exports, smb, targets, tgt] = await Promise.all([
		host.files.read('/etc/exports.d/zfs.exports'),
		host.files.list('/var/lib/samba/usershares'),
		Promise.all(targetFiles.map((path) => readTargets(host, path))),
		readTgt(host),
	]);
	const nfs = (exports ?? '').split('\n').flatMap((line) => /^(\/\S*)\s/.exec(line)?.[1] ?? []);
	const shares = { nfs: [...new Set(nfs)], smb: smb ?? [], iscsi: [...targets.flat(), ...tgt] };
	return shares.nfs.length + shares.smb.length + shares.iscsi.length === 0 ? undefined : shares;
}

/** LIO: `storage_objects` with the `dev` of each (targetcli(8), saveconfig). */
async function readTargets(host: Host, path: string): Promise<Shares['iscsi']> {
	const config = await readConfig(host, path, 'json');
	if (config === undefined) return [];
	return (tablesAt(config, 'storage_objects') ?? []).flatMap((object) =>
		isTable(object) && typeof object.dev === 'string' && zvol.test(object.dev)
			? [{ zvol: object.dev, file: path }]
			: [],
	);
}

/** tgt: `backing-store /dev/zvol/...` and `direct-store` (targets.conf(5)). */
async function readTgt(host: Host): Promise<Shares['iscsi']> {
	const files = ['/etc/tgt/targets.conf', ...(await findMatchingFiles(host, '/etc/tgt/conf.d/*.conf'))];
	const texts = await Promise.all(files.map((path) => host.files.read(path)));
	return files.flatMap((file, index) =>
		(texts[index] ?? '').split('\n').flatMap((line) => {
			const path = /^\s*<?(?:backing-store|direct-store)\s+"?([^\s">]+)/.exec(line)?.[1];
			return path !== undefined && zvol.test(path) ? [{ zvol: path, file }] : [];
		}),
	);
}
