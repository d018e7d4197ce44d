/** What the systems that sit on ZFS contribute to the advisories. */
import type { ConsumerFacts } from '../../facts/consumers/consumer-facts.js';
import { type Fact, known, valueOr } from '../../facts/fact.js';
import type { Condition } from '../../knowledge/advisory.js';
import type { Situation } from '../../knowledge/apply-advisories.js';
import { criSnapshotter } from './containerd.js';
import { findOverlayUsers } from './overlayfs.js';

/** Systems on this host with their versions; one whose version could not be read is there without. */
export function consumerVersions(consumers: ConsumerFacts): NonNullable<Situation['systems']> {
	const { lxdSnap, incus, linstor, containerd, nerdctl, kubespray, k3s, docker, crio, podman, harvester, longhorn } =
		consumers;
	return {
		...versionOf('lxd-snap', lxdSnap, ({ version }) => version),
		...versionOf('incus', incus, ({ version }) => version),
		...versionOf('linstor', linstor),
		...versionOf('containerd', containerd, ({ version }) => version),
		...versionOf('nerdctl', nerdctl, ({ version }) => version),
		...versionOf('kubespray', kubespray),
		...versionOf('k3s', k3s, ({ productVersion }) => productVersion),
		...versionOf('docker', docker, ({ version }) => version),
		...versionOf('cri-o', crio, ({ version }) => version),
		// The programs do not tell the version of the library inside.
		...versionOf('containers-storage', podman),
		...versionOf('containers-storage', crio),
		...versionOf('harvester', harvester, ({ version }) => known(version, 'harvester-release.yaml')),
		...versionOf('longhorn', longhorn),
	};
}

function versionOf<T>(
	component: keyof NonNullable<Situation['systems']>,
	fact: Fact<T | undefined>,
	read: (system: T) => Fact<string> | undefined = () => undefined,
): NonNullable<Situation['systems']> {
	if (fact.known && fact.value === undefined) return {};
	const version = fact.known && fact.value !== undefined ? read(fact.value) : undefined;
	return { [component]: { version: version?.known === true ? version.value : undefined } };
}

/** What is known of the conditions on which their advisories depend. What is not known is left out. */
export function consumerConditions(consumers: ConsumerFacts): Partial<Record<Condition, boolean>> {
	const { containerd, k3s, rke2, docker, crio, podman, incus } = consumers;
	const engines: readonly Fact<unknown>[] = [containerd, k3s, rke2, docker, crio, podman];
	const overlays = findOverlayUsers(consumers).length > 0;
	const system = valueOr(docker, undefined);
	const pools = valueOr(incus, undefined)?.pools;
	return {
		...(overlays && { 'overlayfs-on-zfs': true }),
		...(!overlays && engines.every(({ known }) => known) && { 'overlayfs-on-zfs': false }),
		...(docker.known && {
			'docker-overlay2-explicit': system?.storageDriver === 'overlay2' && system.dataRoot.isOnZfs,
		}),
		...(k3s.known &&
			rke2.known && {
				'k3s-zfs-snapshotter': [k3s.value, rke2.value].some(
					(each) => each !== undefined && criSnapshotter(each) === 'zfs',
				),
			}),
		...(pools?.known === true && { 'linstor-storage': pools.value.some(({ driver }) => driver === 'linstor') }),
	};
}
