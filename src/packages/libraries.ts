/**
 * OpenZFS's libraries whose package name carries the SONAME. A release that breaks the library's ABI brings a new name,
 * and the packages make the old one go: the only removals that a correct transaction may contain.
 */

export interface RenamedLibrary {
	/** Same for all SONAMEs of one library: `libzfs*linux`, `openzfs-libzpool*`. */
	readonly family: string;
	readonly soname: number;
}

/** Debian's and Ubuntu's names, and those of OpenZFS's own packages (contrib/debian/control). */
const forms = [
	/^(?<head>lib(?:zfs|zpool))(?<soname>\d+)(?<tail>linux)$/,
	/^(?<head>openzfs-lib(?:zfs|zpool))(?<soname>\d+)$/,
];

/** Undefined for any other package. */
export function parseLibraryName(name: string): RenamedLibrary | undefined {
	const { head, soname, tail } =
		forms.map((form) => form.exec(name)?.groups).find((groups) => groups !== undefined) ?? {};
	if (head === undefined || soname === undefined) return undefined;
	return { family: `${head}*${tail ?? ''}`, soname: Number(soname) };
}

/** Whether `newer` is a later SONAME of the same library as `older`. */
export function isLaterSoname(newer: string, older: string): boolean {
	const a = parseLibraryName(newer);
	const b = parseLibraryName(older);
	return a !== undefined && b !== undefined && a.family === b.family && a.soname > b.soname;
}
