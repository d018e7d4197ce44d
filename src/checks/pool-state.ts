/** What goes on in the pools, how full they are and how they were imported. */
import { poolOf } from '../zfs/names.js';
import type { Pool } from '../zfs/pool.js';
import { formatBytes, listSome } from './amounts.js';
import type { Finding, Remediation } from './finding.js';
import { type FindingKind, fine, found } from './kind.js';
import { poolStateKinds as kinds } from './kinds/pool-state.js';
import { type CheckInput, type CheckTopic, isAlternateRoot } from './topic.js';

function checkPoolState(input: CheckInput): readonly Finding[] {
	const { pools } = input.facts;
	// The health says why they could not be read.
	if (!pools.known) return [];
	const findings = pools.value.flatMap((pool) => [
		...judgeActivity(pool),
		...judgeCapacity(input, pool),
		...judgeImport(input, pool, pools.value.length),
	]);
	if (pools.value.length === 0 || findings.some(({ id }) => id === kinds.capacity.id)) return findings;
	const shown = pools.value.map(({ name, capacity }) => `${name} ${capacity} %`);
	return [...findings, fine(kinds.capacity, 'The pools have free space', `In use: ${listSome(shown)}.`)];
}

function judgeActivity(pool: Pool): readonly Finding[] {
	const findings: Finding[] = [];
	const { freeing, checkpointSpace, status } = pool;
	if (freeing !== undefined && freeing > 0n) {
		findings.push(warn(kinds.freeing, pool, `${formatBytes(freeing)} are still being freed in pool ${pool.name}`));
	}
	const checkpoint = status.known ? status.value.checkpoint : 'none';
	if (checkpoint !== 'none' || (checkpointSpace ?? 0n) > 0n) {
		const keeps = checkpointSpace === undefined ? '' : ` and keeps ${formatBytes(checkpointSpace)}`;
		const what = checkpoint === 'discarding' ? 'A checkpoint is being discarded' : `A checkpoint exists${keeps}`;
		findings.push(warn(kinds.checkpoint, pool, `${what} in pool ${pool.name}`));
	}
	if (!status.known) return findings;
	const { scan, isRemovingDevice, isExpandingRaidz } = status.value;
	if (isRemovingDevice)
		findings.push(warn(kinds.deviceRemoval, pool, `A device is being removed from pool ${pool.name}`));
	if (isExpandingRaidz)
		findings.push(warn(kinds.raidzExpansion, pool, `A raidz vdev of pool ${pool.name} is being expanded`));
	if (scan.function === 'none' || scan.state === 'finished' || scan.state === 'canceled') return findings;
	const done = scan.percent === undefined ? '' : `, ${scan.percent} % done`;
	if (scan.function === 'resilver') {
		findings.push(warn(kinds.resilvering, pool, `Pool ${pool.name} is resilvering${done}`));
	} else {
		const state = scan.state === 'paused' ? 'A paused scrub waits' : 'A scrub runs';
		findings.push(
			found(kinds.scrubbing, 'notice', {
				title: `${state} in pool ${pool.name}${done}`,
				detail: kinds.scrubbing.why,
				remediation: [forPool(kinds.scrubbing, pool)],
			}),
		);
	}
	return findings;
}

/** Less can be written than a few transaction groups need. */
const tooLittle = 16n * 1024n ** 2n;

function judgeCapacity({ facts }: CheckInput, pool: Pool): readonly Finding[] {
	const { capacity, size, free, name } = pool;
	const remediation = [forPool(kinds.capacity, pool)] as const;
	if (capacity === undefined) {
		return [
			found(kinds.capacity, 'warning', {
				title: `How full pool ${name} is could not be read`,
				detail: kinds.capacity.why,
				remediation,
			}),
		];
	}
	const root = facts.datasets.known ? facts.datasets.value.find((dataset) => dataset.name === name) : undefined;
	const isOutOfSpace = root !== undefined && root.available < tooLittle;
	if (capacity < 80 && !isOutOfSpace) return [];
	const measured = [
		`${capacity} % in use`,
		...(size === undefined || free === undefined ? [] : [`${formatBytes(free)} of ${formatBytes(size)} free`]),
		...(root === undefined ? [] : [`${formatBytes(root.available)} can be written`]),
	];
	return [
		found(kinds.capacity, capacity >= 95 || isOutOfSpace ? 'blocker' : 'warning', {
			title: `Pool ${name} is ${capacity} % full`,
			detail: `${measured.join(', ')}. ${kinds.capacity.why}`,
			remediation,
		}),
	];
}

function judgeImport(input: CheckInput, pool: Pool, imported: number): readonly Finding[] {
	const { name, isReadOnly, altroot, cachefile } = pool;
	const findings: Finding[] = [];
	if (isReadOnly !== false) {
		const isProtected = input.pools.includes(name) || imported === 1;
		findings.push(
			found(kinds.readOnly, isReadOnly === true && isProtected ? 'blocker' : 'warning', {
				title: isReadOnly
					? `Pool ${name} is imported read-only`
					: `Whether pool ${name} is imported read-only could not be read`,
				detail: kinds.readOnly.why,
				remediation: [forPool(kinds.readOnly, pool)],
			}),
		);
	}
	// Below an alternate root every pool is imported so, and has to be.
	if (isAlternateRoot(input)) return findings;
	if (altroot !== undefined) {
		findings.push(warn(kinds.altroot, pool, `Pool ${name} is imported under ${listSome([altroot])}`));
	} else if (cachefile === 'none') {
		findings.push(judgeCacheFile(input, pool));
	}
	return findings;
}

/** The initramfs imports the root pool by its name; guides give the boot pool a unit of its own. */
function judgeCacheFile({ facts }: CheckInput, pool: Pool): Finding {
	const { rootDataset } = facts;
	const isRootPool = rootDataset.known && rootDataset.value !== undefined && poolOf(rootDataset.value) === pool.name;
	return found(kinds.notCached, isRootPool || pool.name === 'bpool' ? 'notice' : 'warning', {
		title: `Pool ${pool.name} is in no cache file`,
		detail: `cachefile=none. ${kinds.notCached.why}`,
		remediation: [forPool(kinds.notCached, pool)],
	});
}

function warn(kind: FindingKind & { readonly when: { readonly warning: string } }, pool: Pool, title: string): Finding {
	return found(kind, 'warning', { title, detail: kind.why, remediation: [forPool(kind, pool)] });
}

/** The action of the kind, its commands for this pool. */
function forPool({ action, commands = [] }: FindingKind, { name }: Pool): Remediation {
	return { text: action, commands: commands.map((argv) => argv.map((word) => (word === '<pool>' ? name : word))) };
}

export const poolStateTopic: CheckTopic = { check: checkPoolState, kinds: Object.values(kinds) };
