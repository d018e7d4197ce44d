import type { HostFacts } from '../facts/host-facts.js';
import { type Finding, severities } from './finding.js';
import type { FindingKind } from './kind.js';
import { machineTopic } from './machine.js';
import { nextBootTopic } from './next-boot.js';
import { poolHealthTopic } from './pool-health.js';
import { poolStateTopic } from './pool-state.js';
import type { CheckInput, CheckTopic } from './topic.js';
import { versionsTopic } from './versions.js';

/** One entry a topic, in the order in which an administrator would look. */
const topics: readonly CheckTopic[] = [machineTopic, versionsTopic, nextBootTopic, poolHealthTopic, poolStateTopic];

/** Every kind of finding that a check can report. */
export const findingKinds: readonly FindingKind[] = topics.flatMap(({ kinds }) => kinds);

/** Everything worth knowing before an upgrade, worst first; within a severity in the order of the topics. */
export function runChecks(facts: HostFacts, request: Omit<CheckInput, 'facts'>): readonly Finding[] {
	const found = [...request.plan.findings, ...topics.flatMap(({ check }) => check({ facts, ...request }))];
	return found.toSorted((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
}
