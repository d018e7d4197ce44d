import type { Docker } from '../../facts/consumers/docker.js';
import { parseVersion } from '../../knowledge/version.js';
import { listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { fine, found } from '../kind.js';
import type { CheckInput } from '../topic.js';
import { type ConsumerTopic, findUnmounted, judgeSystem, severityUnmounted } from './consumer-topic.js';
import { dockerKinds as kinds } from './kinds/docker.js';

function checkDocker(input: CheckInput): readonly Finding[] {
	return judgeSystem(input.facts.consumers.docker, kinds.unreadable, (docker) => {
		const faults = [...judgeDataRoot(input, docker), ...judgeVersion(docker)];
		const usesZfs =
			docker.storageDriver === 'zfs' || (docker.storageDriver === undefined && docker.priorDrivers.includes('zfs'));
		if (faults.length > 0 || !usesZfs) return faults;
		return [
			fine(
				kinds.ready,
				`Docker keeps its layers in dataset ${docker.dataRoot.dataset ?? 'unknown'}`,
				`data-root is ${docker.dataRoot.path}; the driver is ${docker.storageDriver ?? 'found by its folder'}.`,
			),
		];
	});
}

function judgeDataRoot(input: CheckInput, { dataRoot, storageDriver, configFile }: Docker): readonly Finding[] {
	const dataset = findUnmounted(input, dataRoot.resolved) ?? findUnmounted(input, dataRoot.path);
	const isMisplaced = storageDriver === 'zfs' && !dataRoot.isOnZfs;
	if (dataset === undefined && !isMisplaced) return [];
	const reasons = [
		...(dataset === undefined ? [] : [`dataset ${dataset.name} belongs there and is not mounted`]),
		...(isMisplaced ? [`the driver is set to zfs, and ${dataRoot.path} is not on ZFS`] : []),
	];
	return [
		found(kinds.notMounted, severityUnmounted(input), {
			title: `Docker would start with an empty store: ${reasons[0]}`,
			detail: `data-root is ${dataRoot.path} (${configFile}); ${listSome(reasons)}. ${kinds.notMounted.why}`,
		}),
	];
}

function judgeVersion({ version, storageDriver, usesContainerdStore }: Docker): readonly Finding[] {
	if (storageDriver !== 'zfs' || usesContainerdStore !== undefined) return [];
	if (!version.known || parseVersion(version.value) !== '29.0.0') return [];
	return [
		found(kinds.zfsDriver29, 'blocker', {
			title: 'Docker 29.0.0 does not start with its zfs driver',
			detail: kinds.zfsDriver29.why,
		}),
	];
}

export const dockerTopic: ConsumerTopic = {
	system: 'Docker',
	detected:
		'/etc/docker, /var/lib/docker or the program dockerd; daemon.json, the flags of docker.service with its drop-ins, the folders of drivers below data-root, statfs(2) and mounts',
	advisories: ['docker-29-0-0-zfs-driver'],
	check: checkDocker,
	kinds: Object.values(kinds),
};
