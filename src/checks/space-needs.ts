import type { HostFacts } from '../facts/host-facts.js';
import type { UpgradePlan } from '../plan/upgrade-plan.js';

/** Bytes that the upgrade writes at one place, as far as it can be told beforehand. */
interface Need {
	readonly path: string;
	readonly bytes: bigint;
	readonly what: string;
}

const mebibyte = 1024n ** 2n;

/** Measured with 2.3.2 for 6.1.0-56-amd64: source 20 MiB, build tree at its end 412 MiB, both modules 9 MiB. */
const sourceBytes = 32n * mebibyte;
const buildBytes = 512n * mebibyte;
const moduleBytes = 16n * mebibyte;
const packageBytes = 32n * mebibyte;
/** linux-image-6.1.0-56-amd64 takes 391 MiB installed, its headers 57 MiB more; 24 MiB of it lie in /boot. */
const kernelBytes = 512n * mebibyte;
const kernelBootBytes = 24n * mebibyte;
/** Where no initramfs could be measured. */
const usualInitramfsBytes = 80n * mebibyte;

/** What the plan writes, place by place. Rounded up: a disk that is full by then costs more than a warning. */
export function estimateNeeds(facts: HostFacts, plan: UpgradePlan): readonly Need[] {
	const largest = largestInitramfs(facts);
	const isNewKernel = plan.route === 'kernel-package';
	const usesInitramfs = plan.initramfsTool !== 'none';
	return [
		// The new one is written beside the old one, kernel after kernel.
		{
			path: '/boot',
			bytes: (usesInitramfs ? largest + largest / 4n : 0n) + (isNewKernel ? kernelBootBytes : 0n),
			what: isNewKernel ? 'a kernel and its initramfs' : 'an initramfs beside the old one',
		},
		// mkinitramfs(8) collects it there, not compressed.
		{ path: '/var', bytes: usesInitramfs ? largest * 4n : 0n, what: 'an initramfs being put together' },
		{ path: '/var/cache/apt/archives', bytes: packageBytes + (isNewKernel ? kernelBytes / 4n : 0n), what: 'downloads' },
		{ path: '/var/lib/zfs-lockstep', bytes: packageBytes * 2n, what: 'kept packages and files of the host' },
		...(isNewKernel
			? [{ path: '/usr', bytes: kernelBytes, what: 'modules and headers of a kernel' }]
			: [
					{ path: '/usr', bytes: sourceBytes + packageBytes, what: 'the source of the module and the tools' },
					{ path: '/var/lib/dkms', bytes: buildBytes, what: 'the build of the module' },
					{ path: '/lib/modules', bytes: moduleBytes * BigInt(plan.kernels.length), what: 'the modules' },
				]),
	].filter(({ bytes }) => bytes > 0n);
}

function largestInitramfs({ kernels }: HostFacts): bigint {
	const sizes = (kernels.known ? kernels.value : []).flatMap(({ initramfs }) =>
		initramfs.known && initramfs.value?.bytes !== undefined ? [initramfs.value.bytes] : [],
	);
	return sizes.reduce((most, size) => (size > most ? size : most), sizes.length === 0 ? usualInitramfsBytes : 0n);
}
