/** The native dataset properties, in the order of `zfs get all`. */
import type { Series } from './zfs-version.js';

export interface PropertyRule {
	readonly name: string;
	/** `computed`: nobody sets it. `inherited` goes down to children, `own` does not. */
	readonly kind: 'computed' | 'inherited' | 'own' | 'once';
	/** f filesystem, v volume, s snapshot, b bookmark. */
	readonly appliesTo: string;
	readonly format: 'text' | 'bytes' | 'count' | 'ratio' | 'date' | 'limit';
	/** As `-p` prints it. */
	readonly defaultValue: string;
	/** First series of the default in the third column, where it changed. */
	readonly newer?: { readonly since: Series; readonly defaultValue: string };
	/** Both halves must be of this series for it to show. */
	readonly since?: Series;
	/** Column title of `zfs list`, where it is not the name in capitals. */
	readonly title?: string;
}

type Row = readonly [
	name: string,
	kind: PropertyRule['kind'],
	appliesTo: string,
	format: PropertyRule['format'],
	defaultValue: string,
	more?: Pick<PropertyRule, 'newer' | 'since' | 'title'>,
];

/** Source: recordings zfs-2.1.11, zfs-2.3.2 and mismatch (`zfs get all`), zfs_prop.c. */
const rows: readonly Row[] = [
	['type', 'computed', 'fvsb', 'text', '-'],
	['creation', 'computed', 'fvsb', 'date', '-'],
	['used', 'computed', 'fvs', 'bytes', '-'],
	['available', 'computed', 'fv', 'bytes', '-', { title: 'AVAIL' }],
	['referenced', 'computed', 'fvsb', 'bytes', '-', { title: 'REFER' }],
	['compressratio', 'computed', 'fvs', 'ratio', '-', { title: 'RATIO' }],
	['mounted', 'computed', 'f', 'text', '-'],
	['origin', 'computed', 'fv', 'text', '-'],
	['quota', 'own', 'f', 'bytes', '0'],
	['reservation', 'own', 'fv', 'bytes', '0', { title: 'RESERV' }],
	['volsize', 'own', 'v', 'bytes', '-'],
	['volblocksize', 'once', 'v', 'bytes', '8192', { newer: { since: [2, 2], defaultValue: '16384' } }],
	['recordsize', 'inherited', 'f', 'bytes', '131072', { title: 'RECSIZE' }],
	['mountpoint', 'inherited', 'f', 'text', '-'],
	['sharenfs', 'inherited', 'f', 'text', 'off'],
	['checksum', 'inherited', 'fv', 'text', 'on'],
	[
		'compression',
		'inherited',
		'fv',
		'text',
		'off',
		{ title: 'COMPRESS', newer: { since: [2, 2], defaultValue: 'on' } },
	],
	['atime', 'inherited', 'f', 'text', 'on'],
	['devices', 'inherited', 'f', 'text', 'on'],
	['exec', 'inherited', 'f', 'text', 'on'],
	['setuid', 'inherited', 'f', 'text', 'on'],
	['readonly', 'inherited', 'fv', 'text', 'off', { title: 'RDONLY' }],
	['zoned', 'inherited', 'f', 'text', 'off'],
	['snapdir', 'inherited', 'f', 'text', 'hidden'],
	['aclmode', 'inherited', 'f', 'text', 'discard'],
	['aclinherit', 'inherited', 'f', 'text', 'restricted'],
	['createtxg', 'computed', 'fvsb', 'text', '-'],
	['canmount', 'own', 'f', 'text', 'on'],
	['xattr', 'inherited', 'f', 'text', 'on'],
	['copies', 'inherited', 'fv', 'text', '1'],
	['version', 'computed', 'fs', 'text', '5'],
	['utf8only', 'computed', 'fs', 'text', 'off'],
	['normalization', 'computed', 'fs', 'text', 'none'],
	['casesensitivity', 'computed', 'fs', 'text', 'sensitive', { title: 'CASE' }],
	['vscan', 'inherited', 'f', 'text', 'off'],
	['nbmand', 'inherited', 'f', 'text', 'off'],
	['sharesmb', 'inherited', 'f', 'text', 'off'],
	['refquota', 'own', 'f', 'bytes', '0', { title: 'REFQUOTA' }],
	['refreservation', 'own', 'fv', 'bytes', '0', { title: 'REFRESERV' }],
	['guid', 'computed', 'fvsb', 'text', '-'],
	['primarycache', 'inherited', 'fv', 'text', 'all'],
	['secondarycache', 'inherited', 'fv', 'text', 'all'],
	['usedbysnapshots', 'computed', 'fv', 'bytes', '-', { title: 'USEDSNAP' }],
	['usedbydataset', 'computed', 'fv', 'bytes', '-', { title: 'USEDDS' }],
	['usedbychildren', 'computed', 'fv', 'bytes', '-', { title: 'USEDCHILD' }],
	['usedbyrefreservation', 'computed', 'fv', 'bytes', '-', { title: 'USEDREFRESERV' }],
	['defer_destroy', 'computed', 's', 'text', '-'],
	['userrefs', 'computed', 's', 'text', '-'],
	['logbias', 'inherited', 'fv', 'text', 'latency'],
	['objsetid', 'computed', 'fvs', 'text', '-'],
	['dedup', 'inherited', 'fv', 'text', 'off'],
	['mlslabel', 'inherited', 'f', 'text', 'none'],
	['sync', 'inherited', 'fv', 'text', 'standard'],
	['dnodesize', 'inherited', 'f', 'text', 'legacy'],
	['refcompressratio', 'computed', 'fvs', 'ratio', '-', { title: 'REFRATIO' }],
	['written', 'computed', 'fvs', 'count', '-'],
	['clones', 'computed', 's', 'text', '-'],
	['logicalused', 'computed', 'fv', 'bytes', '-', { title: 'LUSED' }],
	['logicalreferenced', 'computed', 'fvs', 'bytes', '-', { title: 'LREFER' }],
	['volmode', 'inherited', 'fv', 'text', 'default'],
	['filesystem_limit', 'own', 'f', 'limit', 'none', { title: 'FSLIMIT' }],
	['snapshot_limit', 'own', 'fv', 'limit', 'none', { title: 'SSLIMIT' }],
	['filesystem_count', 'own', 'f', 'limit', 'none', { title: 'FSCOUNT' }],
	['snapshot_count', 'own', 'fv', 'limit', 'none', { title: 'SSCOUNT' }],
	['snapdev', 'inherited', 'fv', 'text', 'hidden'],
	['acltype', 'inherited', 'f', 'text', 'off'],
	['context', 'own', 'fv', 'text', 'none'],
	['fscontext', 'own', 'fv', 'text', 'none'],
	['defcontext', 'own', 'fv', 'text', 'none'],
	['rootcontext', 'own', 'fv', 'text', 'none'],
	['relatime', 'inherited', 'f', 'text', 'off', { newer: { since: [2, 2], defaultValue: 'on' } }],
	['redundant_metadata', 'inherited', 'fv', 'text', 'all', { title: 'REDUND_MD' }],
	['overlay', 'inherited', 'f', 'text', 'on'],
	['encryption', 'once', 'fvs', 'text', 'off'],
	['keylocation', 'own', 'fv', 'text', 'none'],
	['keyformat', 'once', 'fv', 'text', 'none'],
	['pbkdf2iters', 'once', 'fv', 'text', '0'],
	['encryptionroot', 'computed', 'fvs', 'text', '-', { title: 'ENCROOT' }],
	['keystatus', 'computed', 'fvs', 'text', '-'],
	['receive_resume_token', 'computed', 'fv', 'text', '-'],
	['special_small_blocks', 'inherited', 'f', 'text', '0'],
	['snapshots_changed', 'computed', 'fv', 'date', '-', { since: [2, 2] }],
	['prefetch', 'inherited', 'fv', 'text', 'all', { since: [2, 2] }],
	['direct', 'inherited', 'f', 'text', 'standard', { since: [2, 3] }],
	['longname', 'inherited', 'f', 'text', 'off', { since: [2, 3] }],
];

export const propertyRules: readonly PropertyRule[] = rows.map(
	([name, kind, appliesTo, format, defaultValue, more]) => ({ name, kind, appliesTo, format, defaultValue, ...more }),
);

const shortNames: Readonly<Record<string, string>> = {
	avail: 'available',
	refer: 'referenced',
	ratio: 'compressratio',
	reserv: 'reservation',
	volblock: 'volblocksize',
	recsize: 'recordsize',
	compress: 'compression',
	rdonly: 'readonly',
	refreserv: 'refreservation',
	usedsnap: 'usedbysnapshots',
	usedds: 'usedbydataset',
	usedchild: 'usedbychildren',
	usedrefreserv: 'usedbyrefreservation',
	refratio: 'refcompressratio',
	lused: 'logicalused',
	lrefer: 'logicalreferenced',
	encroot: 'encryptionroot',
};

const byName = new Map(propertyRules.map((rule) => [rule.name, rule]));

/** By its name or the short one. */
export function findRule(name: string): PropertyRule | undefined {
	return byName.get(shortNames[name] ?? name);
}

/** `user:property`, which may hold anything. */
export function isUserProperty(name: string): boolean {
	return /^[a-z0-9:_.-]*:[a-z0-9:_.-]*$/.test(name) && name.length < 256;
}
