/** What the checks say of systems that the program has read from the files of a test. */
import { expect } from 'vitest';
import { consumersTopic } from '../../../src/checks/consumers/index.js';
import type { Finding } from '../../../src/checks/finding.js';
import type { HostFacts } from '../../../src/facts/host-facts.js';
import type { PlanResult } from '../../../src/plan/plan-result.js';
import type { Dataset } from '../../../src/zfs/dataset.js';
import { type Installed, readSystems } from '../../support/systems.js';
import { factsWith, findingsOf, nothingToDo, set, type unread, version } from '../facts.js';

interface Around {
	/** Of the loaded module and of the next boot; the default has overlayfs. */
	readonly module?: string | typeof unread;
	readonly datasets?: readonly Dataset[];
	readonly plan?: PlanResult;
	readonly nextKernel?: string;
	readonly environment?: 'machine' | 'alternate-root';
}

export async function judge(installed: Installed, around: Around = {}): Promise<readonly Finding[]> {
	const { module = '2.3.2', datasets = [], plan = nothingToDo, nextKernel, environment = 'machine' } = around;
	const tools = typeof module === 'string' ? set(version(module)) : module;
	const release: HostFacts['versions']['loadedModule'] = tools;
	const facts = factsWith({
		consumers: await readSystems(installed),
		datasets: set(datasets),
		versions: { userspace: tools, loadedModule: release, nextModule: release },
		machine: { environment: set(environment) },
		...(nextKernel !== undefined && { boot: { nextKernel: set(nextKernel) } }),
	});
	const findings = findingsOf(consumersTopic, { facts, plan });
	const commands = findings.flatMap(({ remediation }) => remediation.flatMap((each) => each.commands ?? []));
	// What is to be copied must be whole.
	expect(commands.flat().filter((word) => /<.*>/.test(word))).toEqual([]);
	return findings;
}

/** The same as `severity id`. */
export async function verdicts(installed: Installed, around: Around = {}): Promise<readonly string[]> {
	return (await judge(installed, around)).map(({ severity, id }) => `${severity} ${id}`);
}
