import type { Fact } from '../fact.js';
import type { Containerd } from './containerd.js';
import type { Crio } from './crio.js';
import type { Docker } from './docker.js';
import type { Drbd } from './drbd.js';
import type { Harvester } from './harvester.js';
import type { Incus } from './incus.js';
import type { KubesprayInventory } from './kubespray.js';
import type { Libvirt } from './libvirt.js';
import type { Linstor } from './linstor.js';
import type { Longhorn } from './longhorn.js';
import type { LxdSnap } from './lxd-snap.js';
import type { Nerdctl } from './nerdctl.js';
import type { Podman } from './podman.js';
import type { Shares } from './shares.js';

/**
 * The systems that sit on ZFS. Undefined inside a known fact: the system is not on this host. Unknown: it is, and a file
 * of it could not be read; the reason names file, line and problem.
 */
export interface ConsumerFacts {
	readonly podman: Fact<Podman | undefined>;
	readonly crio: Fact<Crio | undefined>;
	readonly containerd: Fact<Containerd | undefined>;
	readonly k3s: Fact<Containerd | undefined>;
	readonly rke2: Fact<Containerd | undefined>;
	readonly microk8s: Fact<Containerd | undefined>;
	readonly nerdctl: Fact<Nerdctl | undefined>;
	readonly kubespray: Fact<readonly KubesprayInventory[] | undefined>;
	readonly docker: Fact<Docker | undefined>;
	readonly incus: Fact<Incus | undefined>;
	readonly lxdSnap: Fact<LxdSnap | undefined>;
	readonly linstor: Fact<Linstor | undefined>;
	readonly drbd: Fact<Drbd | undefined>;
	readonly harvester: Fact<Harvester | undefined>;
	readonly longhorn: Fact<Longhorn | undefined>;
	readonly libvirt: Fact<Libvirt | undefined>;
	readonly shares: Fact<Shares | undefined>;
}
