/** Tells by its words what a command or script does to ZFS. */
import type { JobSystem } from './job.js';

/** Programs by the names they are installed under. */
const programs: ReadonlyMap<string, JobSystem> = new Map<string, JobSystem>([
	['sanoid', 'sanoid'],
	['syncoid', 'syncoid'],
	['zrepl', 'zrepl'],
	['znapzend', 'znapzend'],
	['pyznap', 'pyznap'],
	['zfs-auto-snapshot', 'zfs-auto-snapshot'],
	['zfs-autobackup', 'zfs-autobackup'],
	['zfs_autobackup', 'zfs-autobackup'],
	['pvesr', 'proxmox-replication'],
	['pve-zsync', 'other-replication'],
	['bzfs', 'other-replication'],
	['simplesnap', 'other-replication'],
	['zettarepl', 'other-replication'],
	['zfs-prune-snapshots', 'other-replication'],
	['zfSnap', 'other-replication'],
	['zfsnap', 'other-replication'],
	['zsnapd', 'other-replication'],
	['zsysctl', 'other-replication'],
	['zxfer', 'other-replication'],
	['unattended-upgrade', 'package-upgrade'],
	['dnf-automatic', 'package-upgrade'],
	['yum-cron', 'package-upgrade'],
	['cron-apt', 'package-upgrade'],
]);

/** Where configuration and logs of these programs lie: `--configdir /etc/sanoid` runs nothing. */
const dataFolders = /^\/(?:etc|var|run|proc|sys)\//;

/** `zfs send`, `"$ZFS" send`, `['zfs', 'send'`. */
const zfsChange = /(?:\bzfs|\$\{?\w*zfs\w*)\}?["']?[\s,]+["']?(?:send|receive|recv|snapshot|snap|destroy)\b/i;
/** Debian's cron table calls two scripts that do it. */
const scrub = /(?:\bzpool|\$\{?\w*zpool\w*)\}?["']?[\s,]+["']?(?:scrub|trim)\b|\/zfs-linux\/(?:scrub|trim)\b/i;
const upgrade =
	/\b(?:apt|apt-get|aptitude|dnf|yum|zypper)\s+(?:-\S+\s+)*(?:upgrade|dist-upgrade|full-upgrade|update|dup)\b/;

/** @param command a command line, or the text of a script without its comments */
export function recognise(command: string): JobSystem | undefined {
	for (const word of command.split(/[\s;&|()<>"'`]+/)) {
		if (word.startsWith('-') || dataFolders.test(word)) continue;
		const system = programs.get(word.slice(word.lastIndexOf('/') + 1));
		if (system !== undefined) return system;
	}
	if (zfsChange.test(command)) return 'zfs-command';
	if (scrub.test(command)) return 'scrub';
	return upgradesPackages(command) ? 'package-upgrade' : undefined;
}

/** `apt-get update` only fetches lists; with dnf and yum it is another word for `upgrade`. */
function upgradesPackages(command: string): boolean {
	const [found] = upgrade.exec(command) ?? [];
	return found !== undefined && !/^apt.*\bupdate$|^zypper.*\bupdate$/.test(found);
}

/** The script without the lines that are comments. */
export function withoutComments(script: string): string {
	return script
		.split('\n')
		.filter((line) => !/^\s*#/.test(line))
		.join('\n');
}
