/** Known faults of this pair, this path and these pools: mended by the upgrade, open after it, or brought by it. */
import { type AppliedAdvisory, applyAdvisories } from '../knowledge/apply-advisories.js';
import { KNOWLEDGE_DATE } from '../knowledge/releases.js';
import { compareVersions, parseSeries } from '../knowledge/version.js';
import { count, listSome } from './amounts.js';
import { deriveConditions } from './conditions.js';
import { advisoriesOfConsumers } from './consumers/index.js';
import { consumerConditions, consumerVersions } from './consumers/situation.js';
import type { Finding } from './finding.js';
import { fine, found } from './kind.js';
import { advisoryKinds as kinds } from './kinds/advisories.js';
import { type CheckInput, type CheckTopic, isAlternateRoot, plannedUpgrade } from './topic.js';

/** Said by another check, with what was measured. Pairs of tools and module are told by the versions. */
const saidElsewhere: readonly string[] = [
	'zfs-kernel-too-new',
	'zfs-swap-on-zvol',
	'zfs-async-destroy-errata',
	'zfs-resume-over-upgrade',
	...advisoriesOfConsumers,
];

function checkAdvisories(input: CheckInput): readonly Finding[] {
	const { userspace, loadedModule, nextModule } = input.facts.versions;
	// Where no module runs, below an alternate root or before it is loaded, what the next boot loads stands for it.
	const isAbsent = loadedModule.known && loadedModule.value === undefined;
	const module = isAlternateRoot(input) || (isAbsent && nextModule.known) ? nextModule : loadedModule;
	// Without versions nothing can be told, and the versions say so.
	if (!userspace.known || !module.known) return [];
	const plan = plannedUpgrade(input);
	const { nextKernel } = input.facts.boot;
	const applied = applyAdvisories({
		userspace: userspace.value.full,
		module: module.value?.full ?? null,
		target: plan?.targetVersion,
		systems: consumerVersions(input.facts.consumers),
		kernel: plan?.bootKernel ?? (nextKernel.known ? nextKernel.value : undefined),
		conditions: { ...deriveConditions(input), ...consumerConditions(input.facts.consumers) },
	}).filter(({ advisory }) => advisory.component !== 'zfs-pair' && !saidElsewhere.includes(advisory.id));
	const of = (...outcomes: readonly AppliedAdvisory['outcome'][]) =>
		applied.filter(({ outcome }) => outcomes.includes(outcome));
	const findings = [
		...describeBrought(of('brought-by-upgrade')),
		...describeOpen(input, of('open-after-upgrade', 'present')),
		...describeFixed(of('fixed-by-upgrade')),
	];
	if (findings.length > 0) return findings;
	return [fine(kinds.none, kinds.none.title, `As far as was known on ${KNOWLEDGE_DATE}.`)];
}

/** What the upgrade would bring is what the decision is about: all that does harm is said one by one. */
function describeBrought(applied: readonly AppliedAdvisory[]): readonly Finding[] {
	const severe = applied.filter((each) => weightOf(each) !== 'notice');
	const others = applied.filter((each) => weightOf(each) === 'notice');
	if (others.length === 0) return severe.map(describeOne);
	return [
		...severe.map(describeOne),
		found(kinds.broughtByUpgrade, 'notice', {
			title: `The upgrade brings ${count(others.length, 'thing')} to know of`,
			detail: `${others.map(({ advisory, undetermined }) => `${advisory.id}: ${advisory.title}${undetermined.length > 0 ? ' (not determined whether it concerns this host)' : ''}`).join('. ')}.`,
			remediation: [
				{
					text: kinds.broughtByUpgrade.action,
					commands: others.slice(0, 3).map(({ advisory }) => ['zfs-lockstep', 'explain', advisory.id]),
				},
			],
		}),
	];
}

function describeOne(applied: AppliedAdvisory): Finding {
	const { advisory, undetermined } = applied;
	return {
		id: `advisory.${advisory.id}`,
		severity: weightOf(applied),
		title: `The upgrade brings: ${advisory.title}`,
		detail: [advisory.symptom, advisory.cause, describeDoubt(undetermined)].filter((text) => text !== '').join(' '),
		remediation: [
			{ text: advisory.action },
			{ text: 'Read it in full.', commands: [['zfs-lockstep', 'explain', advisory.id]] },
		],
		source: advisory.sources.join(', '),
	};
}

/** What is not sure weighs one step less: it is to be read, not to stop the night's work. */
function weightOf({ advisory, undetermined }: AppliedAdvisory): 'blocker' | 'warning' | 'notice' {
	if (undetermined.length === 0) return advisory.severity;
	return advisory.severity === 'blocker' ? 'warning' : 'notice';
}

function describeDoubt(undetermined: AppliedAdvisory['undetermined']): string {
	return undetermined.length === 0 ? '' : `Not determined on this host: ${listSome(undetermined)}.`;
}

function describeOpen(input: CheckInput, applied: readonly AppliedAdvisory[]): readonly Finding[] {
	if (applied.length === 0) return [];
	const sure = applied.filter((each) => weightOf(each) !== 'notice');
	const others = applied.filter((each) => !sure.includes(each));
	const plan = plannedUpgrade(input);
	const when = plan === undefined ? 'concern this host' : `stay open with ${plan.targetUpstream}`;
	const better = laterReleaseFor(input, applied);
	const parts = [
		sure.map(({ advisory }) => `${advisory.id}: ${advisory.title}`).join('. '),
		others.length === 0
			? ''
			: `Of less weight or not determined: ${listSome(
					others.map(({ advisory }) => advisory.id),
					20,
				)}`,
		better === undefined ? '' : `${better.version} mends ${better.mended} of ${applied.length}`,
	].filter((text) => text !== '');
	return [
		found(kinds.stillOpen, sure.length > 0 ? 'warning' : 'notice', {
			title: `${count(applied.length, 'known fault')} ${when}${better === undefined ? '' : `; ${better.version} mends ${better.mended}`}`,
			detail: `${parts.join('. ')}.`,
			remediation: [
				{
					text: kinds.stillOpen.action,
					commands: (sure.length > 0 ? sure : others)
						.slice(0, 3)
						.map(({ advisory }) => ['zfs-lockstep', 'explain', advisory.id]),
				},
			],
		}),
	];
}

/** The earliest release of the same series that mends the most of them. */
function laterReleaseFor(
	input: CheckInput,
	applied: readonly AppliedAdvisory[],
): { readonly version: string; readonly mended: number } | undefined {
	const { loadedModule } = input.facts.versions;
	const runs = plannedUpgrade(input)?.targetUpstream ?? (loadedModule.known ? loadedModule.value?.upstream : undefined);
	if (runs === undefined) return undefined;
	const fixes = applied
		.flatMap(({ advisory }) => advisory.fixedIn)
		.filter((version) => parseSeries(version) === parseSeries(runs) && compareVersions(version, runs) > 0)
		.toSorted(compareVersions);
	const version = fixes.at(-1);
	return version === undefined ? undefined : { version, mended: fixes.length };
}

function describeFixed(applied: readonly AppliedAdvisory[]): readonly Finding[] {
	if (applied.length === 0) return [];
	const ids = applied.map(({ advisory }) => advisory.id);
	return [
		found(kinds.fixedByUpgrade, 'notice', {
			title: `The upgrade mends ${count(applied.length, 'known fault')}`,
			detail: `${listSome(ids, 20)}.`,
			remediation: [
				{ text: kinds.fixedByUpgrade.action, commands: ids.slice(0, 1).map((id) => ['zfs-lockstep', 'explain', id]) },
			],
		}),
	];
}

export const advisoriesTopic: CheckTopic = { check: checkAdvisories, kinds: Object.values(kinds) };
