/**
 * Facts of a healthy Debian 12 host, read by the program itself from recordings, in which a test changes what it is
 * about. The plan is what the planner makes of the unchanged host: 2.1.11 to 2.3.2 by dkms-ahead.
 */
import type { Finding } from '../../src/checks/finding.js';
import type { CheckInput, CheckTopic } from '../../src/checks/topic.js';
import { collectFacts } from '../../src/facts/collect.js';
import { type Fact, known } from '../../src/facts/fact.js';
import type { HostFacts, KernelFacts } from '../../src/facts/host-facts.js';
import { makePlan } from '../../src/plan/make-plan.js';
import type { PlanResult } from '../../src/plan/plan-result.js';
import type { UpgradePlan } from '../../src/plan/upgrade-plan.js';
import type { Dataset } from '../../src/zfs/dataset.js';
import { parseDatasetName, parsePoolName } from '../../src/zfs/names.js';
import type { Pool, PoolStatus } from '../../src/zfs/pool.js';
import { parseZfsVersion } from '../../src/zfs/version.js';
import { loadRecording } from '../fixtures/load.js';
import { createDebianHost } from '../support/debian-host.js';

const now = 1_795_000_000;

const host = createDebianHost(
	{},
	{
		now,
		files: {
			'/etc/hostid': { text: '\x01\x02\x03\x04', size: 4 },
			'/etc/zfs/zpool.cache': { text: 'cache', size: 5 },
			'/var/lib/apt/lists': { text: '', mtime: now - 3600 },
		},
	},
);

export const happyFacts = await collectFacts(host);
export const planned = await makePlan(host, happyFacts, { pools: [] });
export const nothingToDo: PlanResult = { kind: 'nothing-to-do', text: 'All is there.', findings: [] };

const noJobs: CheckInput['jobs'] = known([], 'systemctl, cron, /proc');

/** The plan of the healthy host with something otherwise. */
export function planWith(change: Partial<UpgradePlan>): PlanResult {
	if (planned.kind !== 'plan') throw new Error('the healthy host has no plan');
	return { ...planned, plan: { ...planned.plan, ...change } };
}

/** What the planner says besides: only the id counts for the checks. */
export function planSaying(id: string): PlanResult {
	const finding: Finding = { id, severity: 'blocker', title: '', detail: '', remediation: [{ text: '' }], source: '' };
	return { kind: 'refuse', findings: [finding] };
}

type Sections = 'machine' | 'boot' | 'versions' | 'packages' | 'surroundings';
type Change = Partial<Omit<HostFacts, Sections>> & { readonly [S in Sections]?: Partial<HostFacts[S]> };

export function factsWith({ machine, boot, versions, packages, surroundings, ...rest }: Change): HostFacts {
	return {
		...happyFacts,
		...rest,
		machine: { ...happyFacts.machine, ...machine },
		boot: { ...happyFacts.boot, ...boot },
		versions: { ...happyFacts.versions, ...versions },
		packages: { ...happyFacts.packages, ...packages },
		surroundings: { ...happyFacts.surroundings, ...surroundings },
	};
}

/** A fact that a test sets. */
export function set<T>(value: T): Fact<T> {
	return known(value, 'a test');
}

export const unread = { known: false, why: 'it was not readable' } as const;

export function version(text: string) {
	return parseZfsVersion(text);
}

function only<T>(fact: Fact<readonly T[]>): T {
	const first = fact.known ? fact.value[0] : undefined;
	if (first === undefined) throw new Error('the healthy host lacks it');
	return first;
}

export const happyPool = only(happyFacts.pools);
export const happyKernel = only(happyFacts.kernels);
const happyDataset = only(happyFacts.datasets);

export function poolWith({ name, status, ...change }: ChangedPool): Pool {
	const said = happyPool.status;
	return {
		...happyPool,
		...change,
		...(name !== undefined && { name: parsePoolName(name) }),
		status: said.known ? set({ ...said.value, ...status }) : said,
	};
}

type ChangedPool = Partial<Omit<Pool, 'name' | 'status'>> & {
	readonly name?: string;
	readonly status?: Partial<PoolStatus>;
};

export function datasetWith({ name, encryptionRoot, ...change }: ChangedDataset): Dataset {
	return {
		...happyDataset,
		...change,
		...(name !== undefined && { name: parseDatasetName(name) }),
		...(encryptionRoot !== undefined && { encryptionRoot: parseDatasetName(encryptionRoot) }),
	};
}

type ChangedDataset = Partial<Omit<Dataset, 'name' | 'encryptionRoot'>> & {
	readonly name?: string;
	readonly encryptionRoot?: string;
};

export function kernelWith(change: Partial<KernelFacts>): KernelFacts {
	return { ...happyKernel, ...change };
}

/** A kernel that is neither running nor next, with module and initramfs of a version; undefined: without. */
export function otherKernel(release: string, disk: string | undefined, initramfs = disk): KernelFacts {
	const module = happyKernel.moduleOnDisk;
	const file = module.known ? module.value : undefined;
	return kernelWith({
		release,
		isRunning: false,
		isNext: false,
		moduleOnDisk: set(disk === undefined || file === undefined ? undefined : { ...file, version: version(disk) }),
		initramfs: set({
			path: `/boot/initrd.img-${release}`,
			version: initramfs === undefined ? undefined : version(initramfs),
			bytes: 60_000_000n,
		}),
	});
}

/** The pools as the program reads them where `zpool status` prints what was recorded of pool fx. */
export async function poolsOfRecording(file: string): Promise<Fact<readonly Pool[]>> {
	const recording = loadRecording(file);
	const ofFx = { ...recording, stdout: recording.stdout.replaceAll(/\bsx\b/g, 'fx') };
	const changed = createDebianHost(
		{},
		{
			commands: [
				['zpool status -p', ofFx],
				['zpool status -v', ofFx],
			],
		},
	);
	return (await collectFacts(changed)).pools;
}

interface Asked {
	readonly facts?: HostFacts;
	readonly plan?: PlanResult;
	readonly jobs?: CheckInput['jobs'];
	readonly pools?: readonly string[];
}

/** What one topic finds. */
export function findingsOf(topic: CheckTopic, asked: Asked = {}): readonly Finding[] {
	return topic.check({ facts: happyFacts, plan: planned, jobs: noJobs, pools: [], ...asked });
}

/** The same as `severity id`, which is what most tests are about. */
export function verdictsOf(topic: CheckTopic, asked: Asked = {}): readonly string[] {
	return findingsOf(topic, asked).map(({ severity, id }) => `${severity} ${id}`);
}

/** Title, detail and commands of a finding as one text. */
export function wordsOf(topic: CheckTopic, id: string, asked: Asked = {}): string {
	return findingsOf(topic, asked)
		.filter((finding) => finding.id === id)
		.map(({ title, detail, remediation }) =>
			[
				title,
				detail,
				...remediation.flatMap(({ text, commands = [] }) => [text, ...commands.map((argv) => argv.join(' '))]),
			].join('\n'),
		)
		.join('\n');
}
