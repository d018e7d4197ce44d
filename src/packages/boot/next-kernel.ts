/** Which kernel the next boot will take, where that can be proven from files; otherwise unknown, never the likeliest. */
import { type Fact, known, unknown } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { parseGrubDefault, parseGrubEnvironment, parseGrubMenu, resolveGrubDefault } from './grub.js';
import type { InstalledKernel } from './installed-kernels.js';

const grubFolders = ['/boot/grub', '/boot/grub2'];
/** systemd's Boot Loader Interface: the loader that started this boot. */
const loaderVariable = '/sys/firmware/efi/efivars/LoaderInfo-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f';
/** Proxmox VE then boots from copies on partitions that are not mounted; GRUB's files on the root say nothing. */
const proxmoxCopies = '/etc/kernel/proxmox-boot-uuids';

export async function readNextKernel(host: Host, kernels: readonly InstalledKernel[]): Promise<Fact<string>> {
	const [only, second] = kernels;
	if (only === undefined) return unknown('no kernel is installed');
	if (second === undefined) return known(only.release, `${only.image} is the only kernel`);
	const menu = await readGrubMenu(host);
	if (!menu.known) return menu;
	if (menu.value === undefined) return unknown(`there are ${kernels.length} kernels and no ${grubFolders[0]}/grub.cfg`);
	return readFromGrub(host, menu.value, kernels);
}

interface GrubMenu {
	readonly folder: string;
	readonly file: string;
	/** What grub-mkconfig wrote. */
	readonly configuration: string;
}

/** The menu by which GRUB boots this host; undefined: there is none. Unknown: another loader boots it. */
export async function readGrubMenu(host: Host): Promise<Fact<GrubMenu | undefined>> {
	if ((await host.files.stat(proxmoxCopies)) !== undefined) {
		return unknown(`proxmox-boot-tool boots copies that are not mounted (${proxmoxCopies})`);
	}
	const loader = (await host.files.read(loaderVariable))?.replaceAll('\0', '');
	if (loader?.includes('systemd-boot')) return unknown('systemd-boot chooses among entries that are not read');
	for (const folder of grubFolders) {
		const file = `${folder}/grub.cfg`;
		const configuration = await host.files.read(file);
		if (configuration !== undefined) return known({ folder, file, configuration }, file);
	}
	return known(undefined, grubFolders.join(', '));
}

async function readFromGrub(
	host: Host,
	{ folder, file, configuration }: GrubMenu,
	kernels: readonly InstalledKernel[],
): Promise<Fact<string>> {
	if ((await host.files.stat(`${folder}/custom.cfg`)) !== undefined) {
		return unknown(`${folder}/custom.cfg may change what ${file} says`);
	}
	const lasting = parseGrubDefault(configuration);
	if (lasting === undefined) return unknown(`${file} chooses its default in a way of its own`);
	const environment = parseGrubEnvironment((await host.files.read(`${folder}/grubenv`)) ?? '');
	const selector =
		environment.get('next_entry') ||
		(lasting === 'saved'
			? environment.get('prev_saved_entry') || environment.get('saved_entry') || ''
			: lasting.literal);
	const kernel = resolveGrubDefault(parseGrubMenu(configuration), selector)?.kernel;
	if (kernel === undefined) return unknown(`the default entry of ${file} names no kernel`);
	if (!kernels.some(({ release }) => release === kernel)) {
		return unknown(`the default entry of ${file} names ${kernel}, which is not installed`);
	}
	return known(kernel, file);
}
