import { pairVerdict } from '../knowledge/abi.js';
import type { Finding } from './finding.js';
import { ok, unreadable } from './ok.js';
import type { CheckInput } from './run-checks.js';

const source = 'openzfs/zfs#17323, #17330, #3326';

/** The two halves as they run now. */
export function checkVersions({ facts }: CheckInput): readonly Finding[] {
	const { userspace, loadedModule } = facts.versions;
	if (!userspace.known)
		return [
			unreadable('versions.userspace-unknown', 'The version of the userspace', userspace.why, ['zfs', '--version']),
		];
	if (!loadedModule.known)
		return [
			unreadable('versions.module-unknown', 'The version of the loaded module', loadedModule.why, [
				'cat',
				'/sys/module/zfs/version',
			]),
		];
	if (loadedModule.value === undefined) {
		return [
			{
				id: 'versions.module-not-loaded',
				severity: 'blocker',
				title: 'The zfs module is not loaded',
				detail: `The userspace is ${userspace.value.full}. Without the module no pool can be read, snapshotted or checked.`,
				remediation: [
					{
						text: 'Load it; if that fails, see why, before anything is upgraded.',
						commands: [
							['modprobe', 'zfs'],
							['dkms', 'status'],
							['journalctl', '-b', '-k', '--grep', 'zfs'],
						],
					},
				],
				source: 'openzfs/zfs#11128',
			},
		];
	}
	const [tools, module] = [userspace.value, loadedModule.value];
	const verdict = pairVerdict(tools.upstream, module.upstream);
	const both = `userspace ${tools.full}, loaded module ${module.full}`;
	if (verdict.verdict === 'same')
		return [ok('versions.match', 'Userspace and loaded module are of the same release', both, source)];
	const findings: Finding[] = verdict.breaks.map((advisory) => ({
		id: advisory.id === 'abi-2-3-1' ? 'versions.abi-break' : `advisory.${advisory.id}`,
		severity: advisory.severity,
		title: advisory.symptom,
		detail: `${both}. ${advisory.action}`,
		remediation: [{ text: 'Bring both halves to the same release; keep replication on hold until then.' }],
		source,
	}));
	findings.push({
		id: 'versions.differ',
		severity: 'warning',
		title: 'Userspace and loaded module are of different releases',
		detail: `${both}. Mixed versions are not supported by OpenZFS.`,
		remediation: [{ text: 'Finish the upgrade that was begun: bring both halves to the same release, then reboot.' }],
		source,
	});
	return findings;
}
