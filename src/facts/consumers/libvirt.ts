/** libvirt's storage pools of type zfs, and guests on zvols (formatstorage(5) and formatdomain of libvirt.org). */
import type { Host } from '../../host/host.js';
import { findMatchingFiles } from './matching-files.js';

interface LibvirtGuest {
	readonly name: string;
	readonly isRunning: boolean;
	readonly zvols: readonly string[];
}

export interface Libvirt {
	/** Storage pools of type zfs, with the dataset that each works in where it says so. */
	readonly pools: readonly { readonly name: string; readonly dataset: string | undefined }[];
	/** Guests that have a zvol among their disks. */
	readonly guests: readonly LibvirtGuest[];
}

/** @throws HostError */
export async function readLibvirt(host: Host): Promise<Libvirt | undefined> {
	const [poolFiles, guestFiles, runningFiles] = await Promise.all([
		findMatchingFiles(host, '/etc/libvirt/storage/*.xml'),
		findMatchingFiles(host, '/etc/libvirt/*/*.xml'),
		// A guest has a file here while it runs.
		findMatchingFiles(host, '/run/libvirt/*/*.xml'),
	]);
	const pools = (await readTexts(host, poolFiles)).filter(({ text }) => /<pool\b[^>]*\stype=(['"])zfs\1/.test(text));
	const running = new Map((await readTexts(host, runningFiles)).map((each) => [nameIn(each), each.text]));
	const defined = new Map(
		(await readTexts(host, guestFiles))
			.filter(({ text }) => /<domain\b/.test(text))
			.map((each) => [nameIn(each), each.text]),
	);
	const guests = [...new Map([...defined, ...running])].flatMap(([name, text]) => {
		const zvols = [...text.matchAll(/<source\b[^>]*\sdev=(['"])(\/dev\/(?:zvol\/.*?|zd\d+))\1/g)];
		if (zvols.length === 0) return [];
		return [{ name, isRunning: running.has(name), zvols: zvols.map(([, , path = '']) => path) }];
	});
	if (pools.length === 0 && guests.length === 0) return undefined;
	return {
		pools: pools.map((each) => ({ name: nameIn(each), dataset: /<source>\s*<name>([^<]+)</.exec(each.text)?.[1] })),
		guests,
	};
}

interface XmlFile {
	readonly path: string;
	/** Without comments. */
	readonly text: string;
}

async function readTexts(host: Host, paths: readonly string[]): Promise<readonly XmlFile[]> {
	return Promise.all(
		paths.map(async (path) => ({
			path,
			text: ((await host.files.read(path)) ?? '').replaceAll(/<!--.*?-->/gs, ''),
		})),
	);
}

function nameIn({ path, text }: XmlFile): string {
	return /<name>([^<]+)<\/name>/.exec(text)?.[1] ?? path.slice(path.lastIndexOf('/') + 1).replace(/\.xml$/, '');
}
