import type { Containerd } from '../../facts/consumers/containerd.js';
import type { Nerdctl } from '../../facts/consumers/nerdctl.js';
import type { Fact } from '../../facts/fact.js';
import { compareVersions, parseVersion } from '../../knowledge/version.js';
import type { Finding } from '../finding.js';
import { fine, found } from '../kind.js';
import type { CheckInput } from '../topic.js';
import { type ConsumerTopic, findUnmounted, judgeSystem, severityUnmounted } from './consumer-topic.js';
import { containerdKinds as kinds, kubesprayKinds, nerdctlKinds } from './kinds/containerd.js';

function checkContainerd(input: CheckInput): readonly Finding[] {
	const { containerd, k3s, rke2, microk8s, nerdctl } = input.facts.consumers;
	const all = [containerd, k3s, rke2, microk8s];
	return [
		...all.flatMap((fact) => judgeSystem(fact, kinds.unreadable, (each) => judgeContainerd(input, each))),
		...judgeSystem(nerdctl, nerdctlKinds.unreadable, (tool) => judgeTools(tool, all)),
	];
}

const builtIn = 'overlayfs';

/** Of CRI; undefined: CRI is disabled, as Docker's packages do. */
export function criSnapshotter({ settings }: Containerd): string | undefined {
	return settings.isCriDisabled ? undefined : (settings.snapshotter ?? builtIn);
}

function judgeContainerd(input: CheckInput, containerd: Containerd): readonly Finding[] {
	const { name, configFile, fileSettings, source } = containerd;
	const snapshotter = criSnapshotter(containerd);
	if (snapshotter === undefined) return [];
	const ignored = fileSettings.version === undefined ? fileSettings.ignoredSnapshotter : undefined;
	const isIgnored = ignored !== undefined && ignored !== snapshotter && [ignored, snapshotter].includes('zfs');
	const findings = [
		...(isIgnored
			? [
					found(kinds.configNoVersion, 'warning', {
						title: `${name} uses ${snapshotter}, though ${configFile} says ${ignored}`,
						detail: `The file declares no version; ${source} says ${snapshotter}. ${kinds.configNoVersion.why}`,
					}),
				]
			: []),
		...(fileSettings.snapshotter === 'zfs' && snapshotter !== 'zfs'
			? [
					found(kinds.configOverridden, 'warning', {
						title: `${name} uses ${snapshotter}, though ${configFile} says zfs`,
						detail: `${source} says ${snapshotter}. ${kinds.configOverridden.why}`,
					}),
				]
			: []),
		...(snapshotter === 'zfs' ? [...judgeZfsRoot(input, containerd), ...judgeUnpack(containerd)] : []),
	];
	if (snapshotter !== 'zfs' || findings.length > 0) return findings;
	return [
		fine(
			kinds.ready,
			`${name} keeps its snapshots in dataset ${containerd.zfsRoot.dataset ?? 'unknown'}`,
			`Its folder is ${containerd.zfsRoot.path}; told by ${source}.`,
		),
	];
}

function judgeZfsRoot(input: CheckInput, { name, settings, zfsRoot, source }: Containerd): readonly Finding[] {
	if (settings.isZfsDisabled) {
		return [
			found(kinds.zfsDisabled, 'blocker', {
				title: `CRI of ${name} asks for the zfs snapshotter, which is disabled`,
				detail: `Told by ${source}. ${kinds.zfsDisabled.why}`,
			}),
		];
	}
	if (!zfsRoot.exists || !zfsRoot.isOnZfs) {
		const dataset = findUnmounted(input, zfsRoot.resolved);
		const what = zfsRoot.exists ? 'is not on ZFS' : 'is not there';
		return [
			found(kinds.zfsMount, severityUnmounted(input), {
				title: `The zfs snapshotter of ${name} has no dataset: ${zfsRoot.path} ${what}`,
				detail: `${dataset === undefined ? '' : `Dataset ${dataset.name} belongs there and is not mounted. `}${kinds.zfsMount.why}`,
				remediation: [
					{
						text: kinds.zfsMount.action,
						commands: dataset === undefined ? kinds.zfsMount.commands : [['zfs', 'mount', dataset.name]],
					},
				],
			}),
		];
	}
	if (zfsRoot.isMountPoint) return [];
	return [
		found(kinds.parentMount, 'warning', {
			title: `The zfs snapshotter of ${name} makes its layers in dataset ${zfsRoot.dataset ?? 'unknown'}`,
			detail: `${zfsRoot.path} is no mount point. ${kinds.parentMount.why}`,
			remediation: [
				{
					text: kinds.parentMount.action,
					commands: [['zfs', 'list', '-r', '-d', '1', ...(zfsRoot.dataset === undefined ? [] : [zfsRoot.dataset])]],
				},
			],
		}),
	];
}

/** The transfer service pulls for CRI from here on. */
const firstTransferPull = '2.1.0';

function judgeUnpack({ name, version, settings }: Containerd): readonly Finding[] {
	const release = version.known ? parseVersion(version.value) : undefined;
	const isSafe = settings.unpackedInto.includes('zfs') || settings.pullsItselfBecause !== undefined;
	if (isSafe || (release !== undefined && compareVersions(release, firstTransferPull) < 0)) return [];
	const told = version.known ? `It is ${version.value}.` : `Its version could not be told: ${version.why}.`;
	return [
		found(kinds.unpackZfs, release === undefined ? 'warning' : 'blocker', {
			title:
				release === undefined
					? `${name} may not be able to pull images into the zfs snapshotter`
					: `${name} ${release} cannot pull images into the zfs snapshotter`,
			detail: `${told} ${kinds.unpackZfs.why}`,
		}),
	];
}

function judgeTools(tool: Nerdctl, all: readonly Fact<Containerd | undefined>[]): readonly Finding[] {
	return all.flatMap((fact) => {
		const containerd = fact.known ? fact.value : undefined;
		const snapshotter = containerd && criSnapshotter(containerd);
		if (containerd === undefined || snapshotter === undefined || snapshotter === tool.snapshotter) return [];
		if (![snapshotter, tool.snapshotter].includes('zfs')) return [];
		const from = tool.isSnapshotterSet ? `${tool.configFile} says so` : `${tool.configFile} sets none`;
		return [
			found(kinds.toolsSplit, 'warning', {
				title: `nerdctl uses ${tool.snapshotter}, CRI of ${containerd.name} uses ${snapshotter}`,
				detail: `${from}. ${kinds.toolsSplit.why}`,
			}),
		];
	});
}

export const containerdTopic: ConsumerTopic = {
	system: 'containerd, nerdctl, k3s, RKE2, MicroK8s',
	detected:
		'/etc/containerd, /var/lib/containerd, /var/lib/rancher/{k3s,rke2}, /var/snap/microk8s or the programs; `containerd config dump`, else config.toml (versions 1 to 4) with its imports; nerdctl.toml; statfs(2) and mounts of the snapshotter folders',
	advisories: ['containerd-zfs-unpack', 'containerd-config-no-version', 'nerdctl-snapshotter-split'],
	check: checkContainerd,
	kinds: [...Object.values(kinds), nerdctlKinds.unreadable],
};

function checkKubespray({ facts }: CheckInput): readonly Finding[] {
	return judgeSystem(facts.consumers.kubespray, kubesprayKinds.unreadable, (inventories) =>
		inventories
			.filter((each) => each.containerdSnapshotter === 'zfs' && each.nerdctlSnapshotter !== 'zfs')
			.map(({ folder, nerdctlSnapshotter }) =>
				found(kubesprayKinds.snapshotterVars, 'warning', {
					title: 'Kubespray sets the snapshotter of containerd and not that of nerdctl',
					detail: `${folder}: containerd_snapshotter is zfs, nerdctl_snapshotter is ${nerdctlSnapshotter ?? 'not set'}. ${kubesprayKinds.snapshotterVars.why}`,
				}),
			),
	);
}

export const kubesprayTopic: ConsumerTopic = {
	system: 'Kubespray',
	detected: 'inventories in kubespray/inventory below /root, /opt and /srv; group_vars of all and k8s_cluster',
	advisories: ['kubespray-snapshotter-split'],
	check: checkKubespray,
	kinds: Object.values(kubesprayKinds),
};
