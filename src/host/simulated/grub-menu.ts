/** GRUB's menu as its own tools write it. */
import { rootUuid } from './kernel-files.js';
import { installedKernels } from './kernels.js';
import type { Machine } from './machine.js';
import { writeText } from './tree.js';

/** A variable of GRUB's own language. */
const nextEntry = '$' + '{next_entry}';

/** grub.cfg as grub-mkconfig writes it, newest kernel first. */
export function grubMenu(releases: readonly string[]): string {
	const [newest = ''] = releases;
	const entry = (title: string, id: string, release: string, options: string) => [
		`menuentry '${title}' --class debian --class gnu-linux $menuentry_id_option '${id}' {`,
		`\tlinux\t/boot/vmlinuz-${release} root=UUID=${rootUuid} ro ${options}`,
		`\tinitrd\t/boot/initrd.img-${release}`,
		'}',
	];
	const lines = [
		'### BEGIN /etc/grub.d/00_header ###',
		'if [ -s $prefix/grubenv ]; then',
		'  load_env',
		'fi',
		`if [ "${nextEntry}" ] ; then`,
		`   set default="${nextEntry}"`,
		'   set next_entry=',
		'   save_env next_entry',
		'   set boot_once=true',
		'else',
		'   set default="0"',
		'fi',
		'### END /etc/grub.d/00_header ###',
		'### BEGIN /etc/grub.d/10_linux ###',
		...entry('Debian GNU/Linux', `gnulinux-simple-${rootUuid}`, newest, 'quiet'),
		`submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-${rootUuid}' {`,
		...releases.flatMap((release) => [
			...entry(`Debian GNU/Linux, with Linux ${release}`, `gnulinux-${release}-advanced-${rootUuid}`, release, 'quiet'),
			...entry(
				`Debian GNU/Linux, with Linux ${release} (recovery mode)`,
				`gnulinux-${release}-recovery-${rootUuid}`,
				release,
				'single',
			),
		]),
		'}',
		'### END /etc/grub.d/10_linux ###',
		'',
	];
	return lines.join('\n');
}

/** update-grub: the menu of the kernels that are installed now. @throws TreeError */
export function writeGrubMenu(machine: Machine): Machine {
	return writeText(machine, '/boot/grub/grub.cfg', grubMenu(installedKernels(machine)), 0o444);
}
