/** Kernel modules as files: what modinfo reads, what DKMS builds, what the initramfs holds. */
import { createHash } from 'node:crypto';
import { isAtLeast } from './features.js';
import type { AbiLayout, FileNode } from './machine.js';
import { file } from './node.js';
import { seriesOf } from './zfs-version.js';

export interface ModuleInfo {
	readonly name: string;
	/** The distribution's: `2.3.2-2~bpo12+2`. */
	readonly version: string;
	readonly srcversion: string;
	/** Kernel release that it was built for. */
	readonly kernel: string;
	readonly layout: AbiLayout;
	readonly signer: string | undefined;
}

interface ModuleKind {
	readonly name: string;
	/** As in lsmod. */
	readonly bytes: string;
	readonly depends: readonly string[];
}

/** Source: recordings zfs-2.1.11/lsmod; order of the names as DKMS lists them. */
const separateModules: readonly ModuleKind[] = [
	{ name: 'zavl', bytes: '20480', depends: ['spl'] },
	{ name: 'znvpair', bytes: '118784', depends: ['spl'] },
	{ name: 'zunicode', bytes: '335872', depends: [] },
	{ name: 'zcommon', bytes: '110592', depends: ['spl', 'znvpair'] },
	{
		name: 'zfs',
		bytes: '4018176',
		depends: ['spl', 'icp', 'zavl', 'znvpair', 'zcommon', 'zlua', 'zzstd', 'zunicode'],
	},
	{ name: 'icp', bytes: '327680', depends: ['spl', 'zcommon'] },
	{ name: 'zlua', bytes: '192512', depends: [] },
	{ name: 'spl', bytes: '122880', depends: [] },
	{ name: 'zzstd', bytes: '589824', depends: ['spl'] },
];

/** Source: recordings zfs-2.3.2/lsmod. Since 2.2 everything but spl is in zfs. */
const mergedModules: readonly ModuleKind[] = [
	{ name: 'zfs', bytes: '5902336', depends: ['spl'] },
	{ name: 'spl', bytes: '143360', depends: [] },
];

/** The modules of a version. */
export function moduleKinds(version: string): readonly ModuleKind[] {
	return isAtLeast(seriesOf(version), [2, 2]) ? mergedModules : separateModules;
}

const header = '\x7fELF simulated kernel module';

/** Known ones are the recordings'; others are made from the version. */
function srcversionOf(name: string, version: string): string {
	if (name === 'zfs' && version === '2.1.11-1+deb12u1') return '3BC7D33C1FA8C190BAB6722';
	if (name === 'zfs' && version === '2.3.2-2~bpo12+2') return 'A955C79D4F11DB309BB8F3C';
	return createHash('sha256').update(`${name}-${version}`).digest('hex').slice(0, 23).toUpperCase();
}

export function moduleFile(
	{ name, bytes }: ModuleKind,
	built: Pick<ModuleInfo, 'version' | 'kernel' | 'layout' | 'signer'> & { readonly at: number },
): FileNode {
	const fields = [
		header,
		`name=${name}`,
		`version=${built.version}`,
		`srcversion=${srcversionOf(name, built.version)}`,
		`kernel=${built.kernel}`,
		`layout=${built.layout}`,
		...(built.signer === undefined ? [] : [`signer=${built.signer}`]),
	];
	return file(`${fields.join('\n')}\n`, { mtime: Math.floor(built.at), bytes: BigInt(bytes) });
}

/** Undefined when the file is no module. */
export function parseModuleFile(text: string): ModuleInfo | undefined {
	const [first, ...lines] = text.split('\n');
	if (first !== header) return undefined;
	const fields = new Map(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
	const get = (name: string) => fields.get(name) ?? '';
	return {
		name: get('name'),
		version: get('version'),
		srcversion: get('srcversion'),
		kernel: get('kernel'),
		layout: get('layout') === 'shifted' ? 'shifted' : 'ordinary',
		signer: fields.get('signer'),
	};
}

/** Where DKMS puts them, below /lib/modules/KERNEL. */
export const moduleFolder = 'updates/dkms';
/** Where packages put them: one of its own, and the kernel's. */
export const packageModuleFolder = 'extra/zfs';
export const kernelModuleFolder = 'zfs';

/** In the order in which depmod prefers them. */
export function modulePlaces(kernel: string, name: string): readonly string[] {
	return [moduleFolder, packageModuleFolder, kernelModuleFolder].map(
		(folder) => `lib/modules/${kernel}/${folder}/${name}.ko`,
	);
}

/** Everything that `modinfo` prints, in its order. */
export function describeModule(info: ModuleInfo, path: string): readonly (readonly [field: string, value: string])[] {
	const kind = moduleKinds(info.version).find(({ name }) => name === info.name);
	const isMerged = isAtLeast(seriesOf(info.version), [2, 2]);
	const isZfs = info.name === 'zfs';
	const aliases = isMerged && isZfs ? ['zzstd', 'zcommon', 'zunicode', 'znvpair', 'zlua', 'icp', 'zavl'] : [];
	const licenses = isMerged && isZfs ? ['CDDL', 'Dual BSD/GPL', 'Dual MIT/GPL'] : isZfs ? ['CDDL'] : ['GPL'];
	return [
		['filename', path],
		['version', info.version],
		...licenses.map((license) => ['license', license] as const),
		['author', 'OpenZFS'],
		['description', isZfs ? 'ZFS' : info.name],
		...aliases.map((alias) => ['alias', alias] as const),
		...(isZfs
			? ([
					['alias', 'devname:zfs'],
					['alias', 'char-major-10-249'],
				] as const)
			: []),
		['srcversion', info.srcversion],
		['depends', (kind?.depends ?? []).join(',')],
		['retpoline', 'Y'],
		['name', info.name],
		['vermagic', `${info.kernel} SMP preempt mod_unload modversions `],
		...(info.signer === undefined ? [] : ([['signer', info.signer]] as const)),
	];
}
