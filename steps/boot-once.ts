import type { Remediation } from '../src/checks/finding.js';
import { type Fact, known, unknown } from '../src/facts/fact.js';
import { guarded } from '../src/facts/read-text.js';
import type { Host } from '../src/host/host.js';
import { parseGrubMenu, selectorOfKernel } from '../src/packages/boot/grub.js';
import { readGrubMenu } from '../src/packages/boot/next-kernel.js';
import { advise, rebootNow } from './5-verify/advice.js';

/** The command by which GRUB starts a kernel at the next boot only; undefined: its menu has no entry for that kernel. */
export async function readBootOnce(host: Host, kernel: string): Promise<Fact<readonly string[] | undefined>> {
	const menu = await guarded('the boot menu', () => readGrubMenu(host));
	if (!menu.known) return menu;
	if (menu.value === undefined) return unknown('GRUB has no menu on this host');
	const { folder, file, configuration } = menu.value;
	const selector = selectorOfKernel(parseGrubMenu(configuration), kernel);
	// GRUB's commands have a 2 in their names where its folder has.
	const program = folder.endsWith('grub2') ? 'grub2-reboot' : 'grub-reboot';
	return known(selector === undefined ? undefined : [program, selector], file);
}

/** How to boot a kernel once, without changing the boot loader's default. */
export async function adviseBootOnce(host: Host, kernel: string): Promise<Remediation> {
	const once = await readBootOnce(host, kernel);
	return once.known && once.value !== undefined
		? advise(`Boot kernel ${kernel} once.`, once.value, rebootNow)
		: advise(`Choose kernel ${kernel} in the boot menu, on the console, after this.`, rebootNow);
}
