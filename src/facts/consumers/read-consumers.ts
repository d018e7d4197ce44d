import type { Host } from '../../host/host.js';
import { type Fact, known, unknown } from '../fact.js';
import type { Machine } from '../host-facts.js';
import type { Mount } from '../mounts.js';
import { exists } from '../read-text.js';
import { readSystem } from './config.js';
import type { ConsumerFacts } from './consumer-facts.js';
import { containerdVariants, readContainerd } from './containerd.js';
import { readCrio } from './crio.js';
import { readDocker } from './docker.js';
import { readDrbd } from './drbd.js';
import { readHarvester } from './harvester.js';
import { readIncus } from './incus.js';
import { readKubespray } from './kubespray.js';
import { readLibvirt } from './libvirt.js';
import { readLinstor } from './linstor.js';
import { readLonghorn } from './longhorn.js';
import { lxdSnapFolders, readLxdSnap } from './lxd-snap.js';
import { readNerdctl } from './nerdctl.js';
import { readPodman } from './podman.js';
import { readServices, type Service, type Services } from './services.js';
import { readShares } from './shares.js';

export interface Surroundings {
	readonly mounts: Fact<readonly Mount[]>;
	readonly initSystem: Machine['initSystem'];
	/** Releases of the installed kernels. */
	readonly kernels: Fact<readonly string[]>;
}

interface Reading extends Surroundings {
	readonly host: Host;
	readonly services: Fact<Services>;
	/** Of the system's own unit; undefined where there is none, or where it is not told. */
	readonly service: Service | undefined;
}

interface System<T> {
	/** Any of these tells that the system is here; nothing else of it is read before. */
	readonly marks: readonly string[];
	/** Units to ask for, its own first. */
	readonly units?: readonly string[];
	/** @throws ConfigError, HostError */
	readonly read: (reading: Reading) => Promise<T | undefined>;
}

const systems = {
	podman: {
		marks: ['/usr/bin/podman', '/usr/local/bin/podman'],
		read: ({ host, mounts }: Reading) => readPodman(host, mounts),
	},
	crio: {
		marks: ['/etc/crio', '/usr/bin/crio', '/usr/local/bin/crio', '/var/lib/crio'],
		units: ['crio.service'],
		read: ({ host, mounts, service }: Reading) => readCrio(host, mounts, service),
	},
	containerd: {
		marks: ['/etc/containerd', '/usr/bin/containerd', '/usr/local/bin/containerd', '/var/lib/containerd'],
		units: ['containerd.service'],
		read: ({ host, mounts, service }: Reading) => readContainerd(host, mounts, containerdVariants.containerd, service),
	},
	k3s: {
		marks: ['/var/lib/rancher/k3s'],
		units: ['k3s.service'],
		read: ({ host, mounts, service }: Reading) => readContainerd(host, mounts, containerdVariants.k3s, service),
	},
	rke2: {
		marks: ['/var/lib/rancher/rke2'],
		units: ['rke2-server.service'],
		read: ({ host, mounts, service }: Reading) => readContainerd(host, mounts, containerdVariants.rke2, service),
	},
	microk8s: {
		marks: ['/var/snap/microk8s/current/args'],
		units: ['snap.microk8s.daemon-containerd.service'],
		read: ({ host, mounts, service }: Reading) => readContainerd(host, mounts, containerdVariants.microk8s, service),
	},
	nerdctl: {
		marks: ['/usr/local/bin/nerdctl', '/usr/bin/nerdctl', '/etc/nerdctl'],
		read: ({ host }: Reading) => readNerdctl(host),
	},
	kubespray: {
		marks: ['/root/kubespray', '/opt/kubespray', '/srv/kubespray'],
		read: ({ host }: Reading) => readKubespray(host),
	},
	docker: {
		marks: ['/etc/docker', '/usr/bin/dockerd', '/usr/sbin/dockerd', '/usr/local/bin/dockerd', '/var/lib/docker'],
		units: ['docker.service'],
		read: ({ host, mounts, service }: Reading) => readDocker(host, mounts, service),
	},
	incus: {
		marks: ['/var/lib/incus', '/opt/incus'],
		units: ['incus.service'],
		read: ({ host, service }: Reading) => readIncus(host, service),
	},
	lxdSnap: { marks: lxdSnapFolders, read: ({ host }: Reading) => readLxdSnap(host) },
	linstor: {
		marks: ['/var/lib/linstor', '/var/lib/linstor.d', '/etc/linstor', '/usr/share/linstor-server'],
		units: ['linstor-satellite.service', 'linstor-controller.service'],
		read: ({ host, services }: Reading) => readLinstor(host, services),
	},
	drbd: {
		marks: ['/etc/drbd.d', '/sys/module/drbd', '/var/lib/linstor.d'],
		read: ({ host, kernels }: Reading) => readDrbd(host, kernels),
	},
	harvester: { marks: ['/etc/harvester-release.yaml'], read: ({ host }: Reading) => readHarvester(host) },
	longhorn: {
		marks: ['/var/lib/longhorn', '/var/lib/harvester'],
		read: ({ host, mounts }: Reading) => readLonghorn(host, mounts),
	},
	libvirt: { marks: ['/etc/libvirt'], read: ({ host }: Reading) => readLibvirt(host) },
	shares: {
		marks: [
			'/etc/exports.d/zfs.exports',
			'/var/lib/samba/usershares',
			'/etc/target/saveconfig.json',
			'/etc/rtslib-fb-target/saveconfig.json',
			'/etc/tgt',
		],
		read: ({ host }: Reading) => readShares(host),
	},
} satisfies Readonly<Record<keyof ConsumerFacts, System<unknown>>>;

/**
 * Looks first which systems are here, by one `stat` a mark, and reads only those. Foreign programs are run to print
 * versions and merged configurations, never where that could start or load anything.
 */
export async function readConsumers(host: Host, surroundings: Surroundings): Promise<ConsumerFacts> {
	const all: readonly System<unknown>[] = Object.values(systems);
	const presence = new Map(
		await Promise.all(all.map(async (system) => [system, await isHere(host, system.marks)] as const)),
	);
	const units = all.flatMap((system) => (isTrue(presence.get(system)) ? (system.units ?? []) : []));
	const services = await readServices(host, surroundings.initSystem, units);

	async function readOne<T>(system: System<T>): Promise<Fact<T | undefined>> {
		const here = presence.get(system) ?? unknown('not looked for');
		if (!here.known) return here;
		if (!here.value) return known(undefined, here.source);
		const service = services.known ? services.value.get(system.units?.[0] ?? '') : undefined;
		return readSystem(here.source, () => system.read({ ...surroundings, host, services, service }));
	}

	const [podman, crio, containerd, k3s, rke2, microk8s, nerdctl, kubespray] = await Promise.all([
		readOne(systems.podman),
		readOne(systems.crio),
		readOne(systems.containerd),
		readOne(systems.k3s),
		readOne(systems.rke2),
		readOne(systems.microk8s),
		readOne(systems.nerdctl),
		readOne(systems.kubespray),
	]);
	const [docker, incus, lxdSnap, linstor, drbd, harvester, longhorn, libvirt, shares] = await Promise.all([
		readOne(systems.docker),
		readOne(systems.incus),
		readOne(systems.lxdSnap),
		readOne(systems.linstor),
		readOne(systems.drbd),
		readOne(systems.harvester),
		readOne(systems.longhorn),
		readOne(systems.libvirt),
		readOne(systems.shares),
	]);
	const engines = { podman, crio, containerd, k3s, rke2, microk8s, nerdctl, kubespray, docker };
	return { ...engines, incus, lxdSnap, linstor, drbd, harvester, longhorn, libvirt, shares };
}

function isTrue(fact: Fact<boolean> | undefined): boolean {
	return fact?.known === true && fact.value;
}

/** Whether any of the paths is there; unknown where one could not be looked at and no other is there. */
async function isHere(host: Host, marks: readonly string[]): Promise<Fact<boolean>> {
	const facts = await Promise.all(marks.map((path) => exists(host, path)));
	const found = facts.find(isTrue) ?? facts.find((fact) => !fact.known);
	return found ?? known(false, marks.join(', '));
}
