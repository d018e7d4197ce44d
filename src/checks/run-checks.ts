import type { HostFacts } from '../facts/host-facts.js';
import { advisoriesTopic } from './advisories.js';
import { consumersTopic } from './consumers/index.js';
import { dataProtectionTopic } from './data-protection.js';
import { featuresTopic } from './features.js';
import { type Finding, severities } from './finding.js';
import { jobsTopic } from './jobs.js';
import { kernelTopic } from './kernel.js';
import type { FindingKind } from './kind.js';
import { machineTopic } from './machine.js';
import { nextBootTopic } from './next-boot.js';
import { packagesTopic } from './packages.js';
import { poolHealthTopic } from './pool-health.js';
import { poolStateTopic } from './pool-state.js';
import { spaceTopic } from './space.js';
import type { CheckInput, CheckTopic } from './topic.js';
import { unitsTopic } from './units.js';
import { versionsTopic } from './versions.js';

/** One entry a topic, in the order in which an administrator would look. */
const topics: readonly CheckTopic[] = [
	machineTopic,
	versionsTopic,
	nextBootTopic,
	kernelTopic,
	packagesTopic,
	poolHealthTopic,
	poolStateTopic,
	featuresTopic,
	dataProtectionTopic,
	unitsTopic,
	spaceTopic,
	jobsTopic,
	consumersTopic,
	advisoriesTopic,
];

/** Every kind of finding that a check can report. */
export const findingKinds: readonly FindingKind[] = topics.flatMap(({ kinds }) => kinds);

/** Everything worth knowing before an upgrade, worst first; within a severity in the order of the topics. */
export function runChecks(facts: HostFacts, request: Omit<CheckInput, 'facts'>): readonly Finding[] {
	const found = [...request.plan.findings, ...topics.flatMap(({ check }) => check({ facts, ...request }))];
	return found.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
