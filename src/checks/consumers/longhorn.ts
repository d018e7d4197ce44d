import type { BackingImage } from '../../facts/consumers/longhorn.js';
import type { Advisory } from '../../knowledge/advisory.js';
import { applyAdvisories } from '../../knowledge/apply-advisories.js';
import { listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { found } from '../kind.js';
import type { CheckInput } from '../topic.js';
import { type ConsumerTopic, judgeSystem } from './consumer-topic.js';
import { harvesterKinds, longhornKinds as kinds } from './kinds/longhorn.js';

function checkLonghorn({ facts }: CheckInput): readonly Finding[] {
	return judgeSystem(facts.consumers.longhorn, kinds.unreadable, ({ disks, backingImages }) => {
		const onZfs = disks.filter(({ isOnZfs }) => isOnZfs).map(({ path, dataset }) => `${path} (${dataset ?? 'ZFS'})`);
		const broken = backingImages.flatMap((image) => {
			const fault = faultOf(image);
			return fault === undefined ? [] : [`${image.folder}: ${fault}`];
		});
		const unread = backingImages.flatMap(({ problem }) => problem ?? []);
		return [
			...(onZfs.length === 0
				? []
				: [
						found(kinds.onZfs, 'warning', {
							title: `Longhorn keeps its data on a ZFS filesystem: ${listSome(onZfs)}`,
							detail: kinds.onZfs.why,
						}),
					]),
			...(broken.length === 0
				? []
				: [
						found(kinds.backingImage, 'blocker', {
							title: `Backing images of Longhorn are lost or changed: ${broken.length}`,
							detail: `${listSome(broken)}. ${kinds.backingImage.why}`,
						}),
					]),
			...(unread.length === 0
				? []
				: [
						found(kinds.backingImage, 'warning', {
							title: 'The description of a backing image could not be read',
							detail: `${listSome(unread)}. ${kinds.backingImage.why}`,
						}),
					]),
		];
	});
}

/** Without a description the image is not finished. */
function faultOf({ bytes, describedBytes, expectedChecksum, currentChecksum }: BackingImage): string | undefined {
	if (bytes === undefined) return describedBytes === undefined ? undefined : 'its file is missing';
	if (describedBytes !== undefined && describedBytes !== bytes) {
		return `${bytes} bytes instead of ${describedBytes}`;
	}
	if (expectedChecksum !== undefined && currentChecksum !== undefined && expectedChecksum !== currentChecksum) {
		return 'its checksum is not the expected one';
	}
	return undefined;
}

export const longhornTopic: ConsumerTopic = {
	system: 'Longhorn',
	detected:
		'longhorn-disk.cfg in /var/lib/longhorn, /var/lib/harvester/defaultdisk or extra-disks; statfs(2), and size and description of each backing image',
	advisories: ['longhorn-on-zfs'],
	check: checkLonghorn,
	kinds: Object.values(kinds),
};

/** Those that can be copied as they stand; the others are in the words of the action. */
function wholeCommands({ commands = [] }: Advisory): readonly (readonly string[])[] {
	return commands.filter((argv) => !argv.some((word) => word.startsWith('<')));
}

function checkHarvester({ facts }: CheckInput): readonly Finding[] {
	return judgeSystem(facts.consumers.harvester, harvesterKinds.unreadable, ({ version }) =>
		applyAdvisories({ systems: { harvester: { version } }, conditions: {} })
			.filter(({ advisory }) => advisory.component === 'harvester')
			.map(({ advisory }) =>
				// Neither the planned release nor the definition in the cluster is in a file: what is not known does not pass.
				found(harvesterKinds.upgradePath, advisory.severity === 'blocker' ? 'blocker' : 'warning', {
					title: `Harvester ${version}: ${advisory.title}`,
					detail: `${advisory.symptom} ${advisory.cause}`,
					remediation: [
						{ text: advisory.action, commands: wholeCommands(advisory) },
						{ text: harvesterKinds.upgradePath.action, commands: [['zfs-lockstep', 'explain', advisory.id]] },
					],
				}),
			),
	);
}

export const harvesterTopic: ConsumerTopic = {
	system: 'Harvester',
	detected: '/etc/harvester-release.yaml. Upgrades of OpenZFS on it are refused by the plan',
	advisories: ['harvester-1-3-2-to-1-4-0'],
	check: checkHarvester,
	kinds: Object.values(harvesterKinds),
};
