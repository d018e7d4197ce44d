/** GRUB's generated configuration and its environment block: which entry boots next, and with which kernel. */

/** One entry or submenu, in the order of the file. */
export interface GrubEntry {
	readonly title: string;
	readonly id: string | undefined;
	/** Release of the kernel that a `linux` line names; undefined: none, or a submenu. */
	readonly kernel: string | undefined;
	/** Entries of a submenu; undefined: not a submenu. */
	readonly entries: readonly GrubEntry[] | undefined;
	/** Stands in an `if`: whether it is in the menu is decided at boot. */
	readonly isConditional: boolean;
}

interface OpenEntry {
	title: string;
	id: string | undefined;
	kernel: string | undefined;
	entries: OpenEntry[] | undefined;
	isConditional: boolean;
}

/** Reads the menu out of grub.cfg as grub-mkconfig writes it. */
export function parseGrubMenu(text: string): readonly GrubEntry[] {
	const root: OpenEntry[] = [];
	const open: (OpenEntry | 'other')[] = [];
	let conditions = 0;
	for (const line of text.split('\n').map((each) => each.trim())) {
		const [, kind, quoted = '', rest = ''] = /^(menuentry|submenu) ('(?:[^']|'\\'')*'|"[^"]*")(.*)\{$/.exec(line) ?? [];
		const current = open.at(-1);
		if (kind !== undefined) {
			const entry: OpenEntry = {
				title: unquote(quoted),
				id: readId(rest),
				kernel: undefined,
				entries: kind === 'submenu' ? [] : undefined,
				isConditional: conditions > 0,
			};
			const parent = current === undefined || current === 'other' ? root : current.entries;
			parent?.push(entry);
			open.push(entry);
		} else if (/\{$/.test(line) && !/\$\{$/.test(line)) {
			open.push('other');
		} else if (line === '}') {
			open.pop();
		} else if (/^if\b(?!.*\bfi$)/.test(line)) {
			conditions += 1;
		} else if (line === 'fi') {
			conditions -= 1;
		} else if (current !== undefined && current !== 'other') {
			current.kernel ??= readKernel(line);
		}
	}
	return root;
}

/** `linux	/boot/vmlinuz-6.1.0-56-amd64 root=...`, on ZFS `linux "/BOOT/debian@/vmlinuz-..."`. */
function readKernel(line: string): string | undefined {
	return /^linux(?:16|efi)?\s+["']?[^\s"']*\/(?:vmlinuz|vmlinux|kernel)-([^\s"'/]+)/.exec(line)?.[1];
}

function readId(rest: string): string | undefined {
	const quoted = /(?:\$menuentry_id_option|--id)[ =]('(?:[^']|'\\'')*'|"[^"]*"|\S+)/.exec(rest)?.[1];
	return quoted === undefined ? undefined : unquote(quoted);
}

function unquote(text: string): string {
	return /^['"]/.test(text) ? text.slice(1, -1).replaceAll("'\\''", "'") : text;
}

/**
 * Names the entry of a kernel for `grub-reboot`: ids where there are some, a level each, joined by `>`. The plain entry
 * comes before that for recovery.
 */
export function selectorOfKernel(menu: readonly GrubEntry[], kernel: string): string | undefined {
	for (const { title, id, entries, kernel: own } of menu) {
		const name = (id ?? title).replaceAll('>', '>>');
		if (entries === undefined) {
			if (own === kernel) return name;
			continue;
		}
		const inside = selectorOfKernel(entries, kernel);
		if (inside !== undefined) return `${name}>${inside}`;
	}
	return undefined;
}

/**
 * What the file sets as default when nothing is chosen for one boot: a literal, or `saved` for the environment's
 * `saved_entry`. Undefined: the file decides in a way of its own.
 */
export function parseGrubDefault(text: string): { readonly literal: string } | 'saved' | undefined {
	// Blanks by name: `\s` would run over empty lines, and over all of them again from each one.
	const values = [...text.matchAll(/^[ \t]*set default=["']?([^"'\n]*)["']?[ \t\r]*$/gm)].map(
		(match) => match[1] ?? '',
	);
	// grub-mkconfig writes two: the entry for the next boot only, and the lasting one.
	const lasting = values.filter((value) => value !== '$' + '{next_entry}');
	const [value] = lasting;
	if (value === undefined || lasting.length > 1 || values.length > 2) return undefined;
	if (value === '$' + '{saved_entry}') return 'saved';
	return value.includes('$') ? undefined : { literal: value };
}

/** The environment block: `name=value` lines, padded with `#`. */
export function parseGrubEnvironment(text: string): ReadonlyMap<string, string> {
	const pairs = text.split('\n').map((line) => /^([^#=]+)=(.*)$/.exec(line));
	return new Map(pairs.filter((match) => match !== null).map((match) => [match[1] ?? '', match[2] ?? '']));
}

/**
 * The entry that a default names: numbers, titles or ids, one a level, joined by `>`. As in GRUB's menu code, a name
 * that fits nothing means the first entry.
 * @returns undefined where only the boot itself can tell: a condition, or a submenu without a choice in it
 */
export function resolveGrubDefault(menu: readonly GrubEntry[], selector: string): GrubEntry | undefined {
	// A literal `>` in a title is doubled.
	const [name = '', ...deeper] = selector.split(/(?<!>)>(?!>)/).map((part) => part.replaceAll('>>', '>'));
	const number = /^\d+$/.test(name) ? Number(name) : menu.findIndex(({ title, id }) => title === name || id === name);
	const index = number >= 0 && number < menu.length ? number : 0;
	// A conditional entry before it, or the entry itself, may be missing at boot and shift the count.
	if (menu.slice(0, index + 1).some(({ isConditional }) => isConditional)) return undefined;
	const entry = menu[index];
	if (entry?.entries === undefined) return entry;
	return deeper.length === 0 ? undefined : resolveGrubDefault(entry.entries, deeper.join('>'));
}
