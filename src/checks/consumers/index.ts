import type { CheckTopic } from '../topic.js';
import type { ConsumerTopic } from './consumer-topic.js';
import { containerStorageTopic, crioTopic } from './container-storage.js';
import { containerdTopic, kubesprayTopic } from './containerd.js';
import { dockerTopic } from './docker.js';
import { drbdTopic } from './drbd.js';
import { incusTopic, lxdTopic } from './incus.js';
import { linstorTopic } from './linstor.js';
import { harvesterTopic, longhornTopic } from './longhorn.js';
import { overlayfsTopic } from './overlayfs.js';
import { libvirtTopic, sharesTopic } from './serving.js';

export const consumerTopics: readonly ConsumerTopic[] = [
	containerStorageTopic,
	crioTopic,
	containerdTopic,
	kubesprayTopic,
	dockerTopic,
	overlayfsTopic,
	incusTopic,
	lxdTopic,
	linstorTopic,
	drbdTopic,
	harvesterTopic,
	longhornTopic,
	libvirtTopic,
	sharesTopic,
];

/** Advisories that these checks decide with the host's own values; nobody else reports them. */
export const advisoriesOfConsumers: readonly string[] = consumerTopics.flatMap(({ advisories }) => advisories);

/** All systems that sit on ZFS. */
export const consumersTopic: CheckTopic = {
	check: (input) => consumerTopics.flatMap(({ check }) => check(input)),
	kinds: consumerTopics.flatMap(({ kinds }) => kinds),
};
