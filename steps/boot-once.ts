import type { Remediation } from '../src/checks/finding.js';
import type { Host } from '../src/host/host.js';
import { parseGrubMenu, selectorOfKernel } from '../src/packages/boot/grub.js';
import { advise, rebootNow } from './5-verify/advice.js';

/** GRUB's commands have a 2 in their names where its folder has. */
const grubPlaces = [
	['/boot/grub/grub.cfg', 'grub-reboot'],
	['/boot/grub2/grub.cfg', 'grub2-reboot'],
] as const;

/** How to boot a kernel once, without changing the boot loader's default. */
export async function adviseBootOnce(host: Host, kernel: string): Promise<Remediation> {
	for (const [file, program] of grubPlaces) {
		const menu = await host.files.read(file);
		const selector = menu === undefined ? undefined : selectorOfKernel(parseGrubMenu(menu), kernel);
		if (selector !== undefined) return advise(`Boot kernel ${kernel} once.`, [program, selector], rebootNow);
	}
	return advise(`Choose kernel ${kernel} in the boot menu, on the console, after this.`, rebootNow);
}
