/** Whether the pools are in a state to be upgraded under. All of them: each gets the new module, whatever --pool says. */
import type { Pool, PoolHealth, Vdev } from '../zfs/pool.js';
import { count, listSome } from './amounts.js';
import type { Finding, Remediation } from './finding.js';
import { fine, found } from './kind.js';
import { poolHealthKinds as kinds } from './kinds/pool-health.js';
import { type CheckInput, type CheckTopic, isModuleAbsent } from './topic.js';

function checkPoolHealth(input: CheckInput): readonly Finding[] {
	const { pools } = input.facts;
	// Without a module there are no pools to be read, which the versions say already.
	if (isModuleAbsent(input)) return [];
	if (!pools.known) {
		return [
			found(kinds.unreadable, 'blocker', {
				title: 'The imported pools could not be read',
				detail: `${pools.why}. ${kinds.unreadable.why}`,
			}),
		];
	}
	const missing = findMissing(input.pools, pools.value);
	if (pools.value.length === 0) {
		return [
			...missing,
			found(kinds.noneImported, 'warning', { title: 'No pool is imported', detail: kinds.noneImported.why }),
		];
	}
	const problems = pools.value.flatMap((pool) => [
		...judgeHealth(pool),
		...judgeDevices(pool),
		...judgeDataErrors(pool),
	]);
	if (problems.length > 0) return [...missing, ...problems];
	const names = pools.value.map(({ name }) => name);
	return [
		...missing,
		fine(
			kinds.healthy,
			`${names.length === 1 ? 'The pool is' : `All ${names.length} pools are`} healthy: ${listSome(names)}`,
			'ONLINE, every device online, no errors counted.',
		),
	];
}

function findMissing(asked: readonly string[], pools: readonly Pool[]): readonly Finding[] {
	const imported: readonly string[] = pools.map(({ name }) => name);
	return asked
		.filter((name) => !imported.includes(name))
		.map((name) =>
			found(kinds.askedMissing, 'blocker', {
				title: `There is no imported pool called ${listSome([name])}`,
				detail: `Imported: ${listSome(imported) || 'none'}. ${kinds.askedMissing.why}`,
			}),
		);
}

/** The property's word and that of `zpool status`, which may have been read a moment later. */
function statesOf({ health, status }: Pool): readonly PoolHealth[] {
	return [...new Set([health, ...(status.known ? [status.value.state] : [])])];
}

/** The worst of the words counts. */
function judgeHealth(pool: Pool): readonly Finding[] {
	const states = statesOf(pool);
	const said = pool.status.known ? pool.status.value : undefined;
	const words = [said?.status, said?.messageId === undefined ? undefined : `Message ${said.messageId}.`]
		.filter((text) => text !== undefined)
		.join(' ');
	const detail = (why: string) =>
		[`${states.join(', ')}.`, words, describeBroken(pool), why].filter((text) => text !== '').join(' ');
	if (states.includes('SUSPENDED')) {
		return [
			found(kinds.suspended, 'blocker', {
				title: `Pool ${pool.name} is suspended`,
				detail: detail(kinds.suspended.why),
				remediation: [{ text: kinds.suspended.action, commands: [['zpool', 'clear', pool.name]] }],
			}),
		];
	}
	const bad = states.find((state) => state !== 'ONLINE' && state !== 'DEGRADED' && state !== 'UNKNOWN');
	if (bad !== undefined) {
		return [
			found(kinds.faulted, 'blocker', {
				title: `Pool ${pool.name} is ${bad}`,
				detail: detail(kinds.faulted.why),
				remediation: [lookAt(pool, kinds.faulted.action)],
			}),
		];
	}
	if (states.includes('DEGRADED')) {
		return [
			found(kinds.degraded, 'blocker', {
				title: `Pool ${pool.name} is degraded`,
				detail: detail(kinds.degraded.why),
				remediation: [
					lookAt(pool, 'Replace or bring back the device named, and wait for the resilver.', [
						['zpool', 'wait', '-t', 'resilver', pool.name],
					]),
					{
						text: 'If the state is known and accepted:',
						commands: [['zfs-lockstep', '--ignore-check', kinds.degraded.id]],
					},
				],
			}),
		];
	}
	return judgeUnknownHealth(pool, states);
}

function judgeUnknownHealth(pool: Pool, states: readonly PoolHealth[]): readonly Finding[] {
	const isUnknown = states.includes('UNKNOWN');
	if (!isUnknown && pool.status.known) return [];
	const why = pool.status.known ? 'The tools name a state that this program does not know' : pool.status.why;
	return [
		found(kinds.healthUnknown, isUnknown ? 'blocker' : 'warning', {
			title: `The ${isUnknown ? 'health' : 'status'} of pool ${pool.name} could not be read`,
			detail: `${why}. ${kinds.healthUnknown.why}`,
			remediation: [lookAt(pool, kinds.healthUnknown.action)],
		}),
	];
}

function judgeDevices(pool: Pool): readonly Finding[] {
	if (!pool.status.known) return [];
	const devices = leavesOf(pool.status.value.root);
	const withErrors = devices.filter(({ errors }) => errors && errors.read + errors.write + errors.checksum > 0n);
	// In a pool that is not ONLINE the missing devices are part of that finding.
	const isOnlineItself = statesOf(pool).every((state) => state === 'ONLINE');
	const missing = isOnlineItself ? devices.filter((device) => !isOnline(device)) : [];
	if (withErrors.length === 0 && missing.length === 0) return [];
	const described = [...new Set([...withErrors, ...missing])].map(describeDevice);
	return [
		found(kinds.deviceErrors, 'warning', {
			title: `${count(described.length, 'device')} of pool ${pool.name} with errors`,
			detail: `${listSome(described)}. ${kinds.deviceErrors.why}`,
			remediation: [
				lookAt(pool, kinds.deviceErrors.action, [
					['zpool', 'clear', pool.name],
					['zpool', 'scrub', '-w', pool.name],
				]),
			],
		}),
	];
}

function judgeDataErrors(pool: Pool): readonly Finding[] {
	const { permanentErrors, status } = pool;
	const counted = status.known ? status.value.errorCount : undefined;
	const files = permanentErrors.known ? permanentErrors.value : [];
	if (files.length === 0 && (counted ?? 0n) === 0n) {
		// A count of zero is an answer; without it the list must have been read.
		if (counted !== undefined || permanentErrors.known || !status.known) return [];
		return [
			found(kinds.healthUnknown, 'warning', {
				title: `Whether pool ${pool.name} has data errors could not be read`,
				detail: `${permanentErrors.why}. ${kinds.healthUnknown.why}`,
				remediation: [lookAt(pool, kinds.healthUnknown.action)],
			}),
		];
	}
	const amount = counted !== undefined && counted > BigInt(files.length) ? counted : files.length;
	return [
		found(kinds.permanentErrors, 'warning', {
			title: `Pool ${pool.name} has ${count(amount, 'data error')}`,
			detail: `${files.length > 0 ? listSome(files, 4) : 'The damaged files could not be listed'}. ${kinds.permanentErrors.why}`,
			remediation: [lookAt(pool, kinds.permanentErrors.action, [['zpool', 'scrub', '-w', pool.name]])],
		}),
	];
}

function lookAt({ name }: Pool, text: string, further: readonly (readonly string[])[] = []): Remediation {
	return { text, commands: [['zpool', 'status', '-v', name], ...further] };
}

function describeBroken({ status }: Pool): string {
	const broken = status.known ? leavesOf(status.value.root).filter((device) => !isOnline(device)) : [];
	return broken.length === 0 ? '' : `Not online: ${listSome(broken.map(describeDevice))}.`;
}

function describeDevice({ name, state, reason, errors }: Vdev): string {
	const counters =
		errors && errors.read + errors.write + errors.checksum > 0n
			? `read ${errors.read}, write ${errors.write}, checksum ${errors.checksum}`
			: undefined;
	const words = [state === 'ONLINE' ? undefined : state, reason, counters].filter((word) => word !== undefined);
	return words.length === 0 ? name : `${name} (${words.join('; ')})`;
}

function isOnline({ state }: Vdev): boolean {
	return state === 'ONLINE' || state === 'AVAIL' || state === 'INUSE';
}

function leavesOf(vdev: Vdev | undefined): readonly Vdev[] {
	if (vdev === undefined) return [];
	return vdev.type === 'leaf' ? [vdev] : vdev.children.flatMap(leavesOf);
}

export const poolHealthTopic: CheckTopic = { check: checkPoolHealth, kinds: Object.values(kinds) };
