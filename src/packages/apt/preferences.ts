/**
 * The private pin file that moves the whole OpenZFS set to one version (apt_preferences(5)).
 *
 * `-o Dir::Etc::Preferences=FILE` replaces /etc/apt/preferences for one command; /etc/apt/preferences.d stays in force.
 * Measured with apt 2.6.2: the private file is read first and, for a given version, the first record wins; but a record
 * of the administrator's for *another* version of the set still raises that one (a pin of the old version at 1001 made
 * the transaction fail or do nothing). Therefore the second record takes every other version of the set out of the
 * race. What the administrator's main file says about other packages is kept by appending it.
 */

/** Above 1000, so that it also moves to a lower version (which needs --allow-downgrades as well). */
const chosen = 1001;
/** Below everything that apt assigns by itself, above 0 so that the versions stay visible. */
const notChosen = 1;

/**
 * @param source source package of the set: `zfs-linux`
 * @param version exact version to take, `2.3.2-2~bpo12+2`
 * @param hostPreferences text of the host's /etc/apt/preferences, if it has one
 */
export function preferencesText(source: string, version: string, hostPreferences: string | undefined): string {
	const records = [record(source, version, chosen), record(source, '*', notChosen)];
	return [...records, ...(hostPreferences?.trim() ? [`${hostPreferences.trim()}\n`] : [])].join('\n');
}

function record(source: string, version: string, priority: number): string {
	return `Package: src:${source}\nPin: version ${version}\nPin-Priority: ${priority}\n`;
}
