import { type PairVerdict, pairVerdict } from '../knowledge/abi.js';
import type { ZfsVersion } from '../zfs/version.js';
import { isSameRelease } from '../zfs/version.js';
import type { Finding } from './finding.js';
import { fine, found } from './kind.js';
import { versionKinds as kinds } from './kinds/versions.js';
import { type CheckInput, type CheckTopic, isAlternateRoot, isSaidByPlan, plannedUpgrade } from './topic.js';

/** The two halves as they are now. */
function checkVersions(input: CheckInput): readonly Finding[] {
	const { userspace, loadedModule } = input.facts.versions;
	if (!userspace.known) return explainMissingTools(input, userspace.why);
	const foreign = findForeignTools(input, userspace.value);
	if (isAlternateRoot(input)) return foreign;
	if (!loadedModule.known) {
		return [
			...foreign,
			found(kinds.moduleUnknown, 'blocker', {
				title: 'The version of the loaded module could not be read',
				detail: `${loadedModule.why}. ${kinds.moduleUnknown.why}`,
			}),
		];
	}
	if (loadedModule.value === undefined) {
		return [
			...foreign,
			found(kinds.moduleNotLoaded, 'blocker', {
				title: 'The zfs module is not loaded',
				detail: `The tools are ${userspace.value.full}. ${kinds.moduleNotLoaded.why}`,
			}),
		];
	}
	return [...foreign, ...comparePair(input, userspace.value, loadedModule.value)];
}

function explainMissingTools(input: CheckInput, why: string): readonly Finding[] {
	const { installed } = input.facts.packages;
	if (isSaidByPlan(input, 'plan.openzfs-not-installed')) return [];
	if (installed.known && installed.value.length === 0) {
		return [
			found(kinds.noOpenzfs, 'blocker', {
				title: 'OpenZFS is not on this host',
				detail: `${why}; no installed package is of OpenZFS. ${kinds.noOpenzfs.why}`,
			}),
		];
	}
	return [
		found(kinds.userspaceUnknown, 'blocker', {
			title: 'The version of the tools could not be read',
			detail: `${why}. ${kinds.userspaceUnknown.why}`,
		}),
	];
}

function findForeignTools({ facts }: CheckInput, tools: ZfsVersion): readonly Finding[] {
	const { packages } = facts.versions;
	if (!packages.known || isSameRelease(packages.value, tools)) return [];
	return [
		found(kinds.foreignTools, 'warning', {
			title: 'The tools that run are not those of the package',
			detail: `zfs --version says ${tools.full}, the package is ${packages.value.full}. ${kinds.foreignTools.why}`,
		}),
	];
}

function comparePair(input: CheckInput, tools: ZfsVersion, module: ZfsVersion): readonly Finding[] {
	const pair = `Tools ${tools.full}, loaded module ${module.full}`;
	const verdict = pairVerdict(tools.upstream, module.upstream);
	switch (verdict.verdict) {
		case 'same':
			// A release candidate is cut down to its release by the knowledge, but is not the same.
			return isSameRelease(tools, module)
				? [fine(kinds.match, 'Tools and loaded module are of the same release', `${pair}.`)]
				: [differ(input, pair, false)];
		case 'abi-break':
			return [
				found(kinds.abiBreak, 'blocker', {
					title: 'One half is 2.3.1 and the other is not: zfs send -I and -R are broken',
					detail: `${pair}. ${kinds.abiBreak.why}`,
					...(plannedUpgrade(input) !== undefined && {
						remediation: [
							{ text: kinds.abiBreak.action, commands: kinds.abiBreak.commands },
							{
								text: 'The planned upgrade ends it. To let it begin in this state, with replication stopped and without a stream backup:',
								commands: [['zfs-lockstep', '--ignore-check', 'versions.abi-break']],
							},
						],
					}),
				}),
			];
		default:
			return [...describeKnownFaults(verdict, pair), differ(input, pair, verdict.seriesDiffers)];
	}
}

function describeKnownFaults({ verdict, breaks }: PairVerdict, pair: string): readonly Finding[] {
	if (verdict !== 'known-fault') return [];
	const isHarmful = breaks.some(({ severity }) => severity !== 'notice');
	const [first] = breaks;
	if (first === undefined) return [];
	return [
		found(kinds.knownFault, isHarmful ? 'warning' : 'notice', {
			title: breaks.length === 1 ? first.title : `${breaks.length} faults are known of this pair of tools and module`,
			detail: `${pair}. ${breaks.map(({ id, title }) => `${id}: ${title}`).join('. ')}.`,
			remediation: [
				{ text: kinds.knownFault.action, commands: breaks.map(({ id }) => ['zfs-lockstep', 'explain', id]) },
			],
		}),
	];
}

function differ(input: CheckInput, pair: string, seriesDiffers: boolean): Finding {
	const isStuck = seriesDiffers && plannedUpgrade(input) === undefined;
	return found(kinds.differ, isStuck ? 'blocker' : 'warning', {
		title: 'Tools and loaded module are of different releases',
		detail: `${pair}. ${kinds.differ.why}`,
	});
}

export const versionsTopic: CheckTopic = { check: checkVersions, kinds: Object.values(kinds) };
