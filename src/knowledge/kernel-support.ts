import { type Release, releaseOf } from './releases.js';
import { compareVersions, isInRange, parseSeries, parseZfsRelease } from './version.js';

export type KernelSupport = 'supported' | 'too-new' | 'too-old' | 'unknown-release' | 'unknown-kernel';

/** How a release's build acts on a kernel outside its range. */
export interface KernelRule {
	/** Semver range of the OpenZFS releases that act so. */
	readonly range: string;
	readonly aboveMaximum: string;
	readonly belowMinimum: string;
	/** Words of configure to look for in the build log. */
	readonly texts: readonly string[];
	readonly source: readonly string[];
}

const CONFIGURE_REFUSES =
	'configure refuses to build unless it was given --enable-linux-experimental; only major.minor is compared, so a ' +
	'stable point release inside the range can still break the build';

/** Source: configure and META of the tags; openzfs/zfs issues named in each row. */
export const KERNEL_RULES: readonly KernelRule[] = [
	{
		range: '<2.3.0',
		aboveMaximum: 'configure has no upper limit: the build fails only when a probe finds no interface that it knows',
		belowMinimum: 'configure refuses to build',
		texts: ['expected "', 'interfaces were detected.', 'your kernel version is newer than what is supported'],
		source: ['openzfs/zfs#15633'],
	},
	{
		range: '>=2.3.0 <2.3.7 || >=2.4.0 <2.4.2',
		aboveMaximum: CONFIGURE_REFUSES,
		belowMinimum: 'configure refuses to build',
		texts: ['*** Cannot build against kernel version', '*** The maximum supported kernel version is'],
		source: ['openzfs/zfs#17976'],
	},
	{
		range: '>=2.3.7 <2.4.0 || >=2.4.2',
		aboveMaximum: CONFIGURE_REFUSES,
		belowMinimum:
			'configure no longer compares with the minimum; it refuses a kernel without `struct fs_context`, which means ' +
			'about 5.2, or an older one with the backports of RHEL 8',
		texts: [
			'*** Cannot build against kernel version',
			'*** The maximum supported kernel version is',
			'*** This kernel does not have `struct fs_context`. OpenZFS cannot be compiled.',
		],
		source: ['openzfs/zfs#17976', 'openzfs/zfs#18295', 'openzfs/zfs#18339'],
	},
];

/** The rule that this version's build follows; undefined where the text is no version. */
export function kernelRuleOf(zfsVersion: string): KernelRule | undefined {
	const plain = parseZfsRelease(zfsVersion);
	return plain === undefined ? undefined : KERNEL_RULES.find((rule) => isInRange(plain, rule.range));
}

/**
 * Whether a kernel lies in a range as META names it. Only major.minor counts, as in OpenZFS's own configure.
 * @param limits `linuxMin` and `linuxMax`, from the table or from the META file of the source that is to be built.
 * @param kernelRelease as `uname -r` prints it.
 */
export function kernelWithin(
	limits: Pick<Release, 'linuxMin' | 'linuxMax'>,
	kernelRelease: string,
): Exclude<KernelSupport, 'unknown-release'> {
	const kernel = parseSeries(kernelRelease);
	const [min, max] = [parseSeries(limits.linuxMin), parseSeries(limits.linuxMax)];
	if (kernel === undefined || min === undefined || max === undefined) {
		return 'unknown-kernel';
	}
	if (compareVersions(kernel, min) < 0) {
		return 'too-old';
	}
	return compareVersions(kernel, max) > 0 ? 'too-new' : 'supported';
}

/** Whether a release supports a kernel by its META file. A release newer than the table is `unknown-release`. */
export function kernelSupport(zfsVersion: string, kernelRelease: string): KernelSupport {
	const release = releaseOf(zfsVersion);
	return release === undefined ? 'unknown-release' : kernelWithin(release, kernelRelease);
}
