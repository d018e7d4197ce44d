/** Whether what the upgrade writes has room, can be written at all, and is still there after the reboot. */
import type { FreeSpace } from '../facts/host-facts.js';
import { formatBytes, listSome } from './amounts.js';
import type { Finding } from './finding.js';
import { fine, found } from './kind.js';
import { spaceKinds as kinds } from './kinds/space.js';
import { estimateNeeds } from './space-needs.js';
import { areToolsAbsent, type CheckInput, type CheckTopic, plannedUpgrade } from './topic.js';

function checkSpace(input: CheckInput): readonly Finding[] {
	const { space } = input.facts;
	if (areToolsAbsent(input)) return [];
	if (!space.known) {
		return [
			found(kinds.unreadable, 'warning', {
				title: 'The free space could not be read',
				detail: `${space.why}. ${kinds.unreadable.why}`,
			}),
		];
	}
	return [...judgeReadOnly(space.value), ...judgeRoom(input, space.value), ...judgeStateFolder(input, space.value)];
}

/** What the upgrade does not write to: it may well be read-only. */
const notWritten: readonly string[] = ['/boot/efi', '/efi', '/tmp'];

function judgeReadOnly(places: readonly FreeSpace[]): readonly Finding[] {
	const mounts = new Map(
		places
			.filter(({ path, readOnly }) => readOnly && !notWritten.includes(path))
			.map(({ path, mountPoint }) => [mountPoint ?? path, path]),
	);
	if (mounts.size === 0) return [];
	const names = [...mounts.keys()];
	return [
		found(kinds.readOnly, 'blocker', {
			title: `Mounted read-only: ${listSome(names)}`,
			detail: `The upgrade writes to ${listSome([...mounts.values()])}. ${kinds.readOnly.why}`,
			remediation: [
				{
					text: kinds.readOnly.action,
					commands: [
						['journalctl', '-k', '-b', '--grep', 'read-only'],
						...names.map((name) => ['mount', '-o', 'remount,rw', name]),
					],
				},
			],
		}),
	];
}

/** Places of one mount share its space, so their needs are added up. */
function judgeRoom(input: CheckInput, places: readonly FreeSpace[]): readonly Finding[] {
	const plan = plannedUpgrade(input);
	if (plan === undefined) return [];
	const mounts = new Map<
		string,
		{ readonly freeBytes: bigint; readonly needed: bigint; readonly what: readonly string[] }
	>();
	for (const { path, bytes, what } of estimateNeeds(input.facts, plan)) {
		const place = places.find((each) => each.path === path);
		// A path that is not there yet is made on the mount of its parent, which is listed too.
		if (place === undefined) continue;
		const key = place.mountPoint ?? place.path;
		const sum = mounts.get(key);
		mounts.set(key, {
			freeBytes: place.freeBytes,
			needed: (sum?.needed ?? 0n) + bytes,
			what: [...(sum?.what ?? []), what],
		});
	}
	const tight = [...mounts].filter(([, { freeBytes, needed }]) => freeBytes < needed * 2n);
	if (tight.length === 0) {
		const shown = [...mounts].map(
			([mount, { freeBytes, needed }]) =>
				`${mount}: ${formatBytes(freeBytes)} free, about ${formatBytes(needed)} needed`,
		);
		return shown.length === 0
			? []
			: [fine(kinds.enough, 'There is room for the build, the packages and each initramfs', `${shown.join('; ')}.`)];
	}
	return tight.map(([mount, { freeBytes, needed, what }]) =>
		found(kinds.enough, freeBytes < needed ? 'blocker' : 'warning', {
			title: `${freeBytes < needed ? 'Not enough' : 'Little'} space on ${mount}: ${formatBytes(freeBytes)} free`,
			detail: `About ${formatBytes(needed)} are needed there: ${what.join(', ')}. ${kinds.enough.why}`,
		}),
	);
}

const stateFolder = '/var/lib/zfs-lockstep';

function judgeStateFolder({ facts }: CheckInput, places: readonly FreeSpace[]): readonly Finding[] {
	const place = places.find(({ path }) => path === stateFolder);
	const remediation = [
		{ text: 'Name a folder elsewhere.', commands: [['zfs-lockstep', '--state-dir', '/root/zfs-lockstep']] },
	] as const;
	if (place?.type === 'tmpfs' || place?.type === 'ramfs') {
		return [
			found(kinds.stateVolatile, 'warning', {
				title: 'The state of the run would be lost by the reboot',
				detail: `${stateFolder} lies on ${place.type} (${place.mountPoint}). ${kinds.stateVolatile.why}`,
				remediation,
			}),
		];
	}
	if (place?.type !== 'zfs') return [];
	const isRootOnZfs = facts.rootDataset.known && facts.rootDataset.value !== undefined;
	return [
		found(kinds.stateOnPool, isRootOnZfs ? 'notice' : 'warning', {
			title: 'The state of the run lies on a pool that is to be upgraded',
			detail: `${stateFolder} lies on ${place.device}. ${kinds.stateOnPool.why}`,
			remediation: isRootOnZfs
				? [
						{
							text: 'Copy the folder to another machine before the reboot.',
							commands: [['tar', '-C', '/var/lib', '-czf', '/tmp/zfs-lockstep.tar.gz', 'zfs-lockstep']],
						},
					]
				: remediation,
		}),
	];
}

export const spaceTopic: CheckTopic = { check: checkSpace, kinds: Object.values(kinds) };
