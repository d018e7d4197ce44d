/** Systems on which packages are not the way to upgrade OpenZFS; each has its own updater. */
import type { Host } from '../host/host.js';
import { type Fact, known } from './fact.js';
import type { Appliance, Distribution } from './host-facts.js';
import { exists } from './read-text.js';

interface Signature {
	readonly name: string;
	readonly kind: Appliance['kind'];
	readonly vendorWay: string;
	/** Any of these paths tells. */
	readonly paths: readonly string[];
	/** `ID` or `VARIANT_ID` of os-release that tells as well. */
	readonly ids: readonly string[];
}

/** Sources: facts on consumers (TrueNAS, Harvester), ostree-prepare-root(1), nixos-rebuild(8), the vendors' manuals. */
const signatures: readonly Signature[] = [
	{
		name: 'TrueNAS',
		kind: 'appliance',
		vendorWay: "Use TrueNAS's own updater: System > Update. apt is disabled there on purpose.",
		paths: ['/usr/bin/midclt', '/data/freenas-v1.db'],
		ids: ['truenas', 'freenas'],
	},
	{
		name: 'Harvester',
		kind: 'appliance',
		vendorWay: "Use Harvester's own upgrade from its dashboard; the node's system is an image.",
		paths: ['/etc/harvester-release.yaml', '/oem/harvester.config'],
		ids: ['harvester'],
	},
	{
		name: 'Unraid',
		kind: 'appliance',
		vendorWay: "Use Unraid's own updater: Tools > Update OS. The system is unpacked afresh at each boot.",
		paths: ['/etc/unraid-version'],
		ids: ['unraid'],
	},
	{
		name: 'NixOS',
		kind: 'declarative',
		vendorWay:
			'Set the channel or flake input and boot.zfs.package, then: nixos-rebuild boot, and reboot. The way back is the previous generation.',
		paths: ['/etc/NIXOS', '/run/current-system/nixos-version'],
		ids: ['nixos'],
	},
	{
		name: 'GNU Guix System',
		kind: 'declarative',
		vendorWay: 'Reconfigure the system: guix system reconfigure, and reboot. The way back is: guix system roll-back.',
		paths: ['/run/current-system/provenance'],
		ids: ['guix'],
	},
	{
		name: 'an ostree-based system',
		kind: 'image',
		vendorWay:
			'Upgrade the image: rpm-ostree upgrade (or bootc upgrade), and reboot. The way back is: rpm-ostree rollback.',
		paths: ['/run/ostree-booted', '/sysroot/ostree'],
		ids: [],
	},
	{
		name: 'a transactional openSUSE system',
		kind: 'image',
		vendorWay: 'Use transactional-update, and reboot. The way back is: transactional-update rollback.',
		paths: [],
		ids: ['opensuse-microos', 'sle-micro', 'sl-micro', 'aeon', 'kalpa'],
	},
];

/** `undefined` inside a known fact: an ordinary distribution, as far as the signatures go. */
export async function readAppliance(
	host: Host,
	distribution: Fact<Distribution>,
): Promise<Fact<Appliance | undefined>> {
	for (const signature of signatures) {
		const evidence = await findEvidence(host, signature, distribution);
		if (!evidence.known) return evidence;
		if (evidence.value !== undefined) {
			const { name, kind, vendorWay } = signature;
			return known({ name, kind, vendorWay, evidence: evidence.value }, evidence.source);
		}
	}
	return known(undefined, 'os-release and marker files');
}

async function findEvidence(
	host: Host,
	{ paths, ids }: Signature,
	distribution: Fact<Distribution>,
): Promise<Fact<string | undefined>> {
	if (distribution.known && ids.includes(distribution.value.id)) {
		return known(`os-release says ID=${distribution.value.id}`, distribution.source);
	}
	for (const path of paths) {
		const found = await exists(host, path);
		if (!found.known) return found;
		if (found.value) return known(`${path} is there`, path);
	}
	return known(undefined, 'os-release and marker files');
}
