import type { Drbd, DrbdVolume } from '../../facts/consumers/drbd.js';
import { listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { fine, found } from '../kind.js';
import { type CheckInput, isAlternateRoot, plannedUpgrade } from '../topic.js';
import { type ConsumerTopic, judgeSystem } from './consumer-topic.js';
import { drbdKinds as kinds } from './kinds/drbd.js';

function checkDrbd(input: CheckInput): readonly Finding[] {
	return judgeSystem(input.facts.consumers.drbd, kinds.unreadable, (drbd) => {
		const findings = [...judgeVolumes(input, drbd), ...judgeModule(input, drbd)];
		const volumes = drbd.volumes.known ? drbd.volumes.value : [];
		if (findings.length > 0 || volumes.length === 0) return findings;
		return [fine(kinds.ready, kinds.ready.title, `${listSome(volumes.map(({ resource }) => resource))}.`)];
	});
}

function judgeVolumes(input: CheckInput, { volumes, loadedVersion }: Drbd): readonly Finding[] {
	if (!volumes.known) {
		// A module that is not loaded serves nobody.
		if (isAlternateRoot(input) || (loadedVersion.known && loadedVersion.value === undefined)) return [];
		return [
			found(kinds.unreadable, 'warning', {
				title: 'The state of the DRBD volumes could not be read',
				detail: `${volumes.why}. ${kinds.onlyCopy.why}`,
			}),
		];
	}
	// Without a peer there was never a copy.
	const replicated = volumes.value.filter(({ peers }) => peers.some(isDiskful));
	const alone = replicated.filter((each) => isUpToDate(each) && !each.peers.some(isUpToDate));
	const uneven = replicated.filter(
		(each) =>
			!alone.includes(each) &&
			((isDiskful(each) && !isUpToDate(each)) || !each.peers.filter(isDiskful).every(isUpToDate)),
	);
	return [
		...(alone.length === 0
			? []
			: [
					found(kinds.onlyCopy, 'blocker', {
						title: `This node holds the only good copy of ${listSome(alone.map(nameOf))}`,
						detail: `${listSome(alone.map(describeVolume))}. ${kinds.onlyCopy.why}`,
					}),
				]),
		...(uneven.length === 0
			? []
			: [
					found(kinds.onlyCopy, 'warning', {
						title: `Not every copy is UpToDate: ${listSome(uneven.map(nameOf))}`,
						detail: `${listSome(uneven.map(describeVolume))}. ${kinds.onlyCopy.why}`,
					}),
				]),
	];
}

interface Copy {
	readonly diskState: string;
}

/** `DUnknown`: the peer is away, and may hold a copy. */
function isDiskful({ diskState }: Copy): boolean {
	return diskState !== 'Diskless';
}

function isUpToDate({ diskState }: Copy): boolean {
	return diskState === 'UpToDate';
}

function nameOf({ resource, volume }: DrbdVolume): string {
	return `${resource}/${volume}`;
}

function describeVolume(volume: DrbdVolume): string {
	const peers = volume.peers.map(({ name, diskState }) => `${name} ${diskState}`);
	return `${nameOf(volume)}: here ${volume.diskState}, ${peers.join(', ')}`;
}

function judgeModule(input: CheckInput, { modules, loadedVersion }: Drbd): readonly Finding[] {
	const { nextKernel } = input.facts.boot;
	const kernel = plannedUpgrade(input)?.bootKernel ?? (nextKernel.known ? nextKernel.value : undefined);
	// The boot says that its kernel is not known.
	if (kernel === undefined) return [];
	if (!modules.known || !modules.value.has(kernel)) {
		return [
			found(kinds.moduleMissing, 'warning', {
				title: `It cannot be told whether ${kernel} has the module of DRBD`,
				detail: `${modules.known ? 'The kernel is not installed yet' : modules.why}. ${kinds.moduleMissing.why}`,
				remediation: [{ text: 'Look before the reboot.', commands: [['modinfo', '-k', kernel, 'drbd']] }],
			}),
		];
	}
	const version = modules.value.get(kernel);
	const loaded = loadedVersion.known ? loadedVersion.value : undefined;
	const isOther = version !== undefined && loaded !== undefined && majorOf(version) !== majorOf(loaded);
	if (version !== undefined && !isOther) return [];
	return [
		found(kinds.moduleMissing, 'blocker', {
			title: isOther ? `${kernel} has DRBD ${version}, ${loaded} is loaded` : `${kernel} has no module of DRBD`,
			detail: kinds.moduleMissing.why,
			remediation: [
				{
					text: kinds.moduleMissing.action,
					commands: [
						['dkms', 'status', 'drbd'],
						['modinfo', '-k', kernel, 'drbd'],
					],
				},
			],
		}),
	];
}

function majorOf(version: string): string {
	return version.split('.')[0] ?? version;
}

export const drbdTopic: ConsumerTopic = {
	system: 'DRBD',
	detected:
		'/sys/module/drbd, or resources in /etc/drbd.d or /var/lib/linstor.d; `drbdsetup status --json` where the module is loaded, `modinfo` for each installed kernel',
	advisories: [],
	check: checkDrbd,
	kinds: Object.values(kinds),
};
