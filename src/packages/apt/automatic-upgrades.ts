/** Upgrades that come by themselves: apt's timers and unattended-upgrades. Only read here; pausing them is a step's work. */
import type { Fact } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { askHost, requireSuccess } from '../ask.js';

export interface AutomaticUpgrades {
	/** apt-daily-upgrade.timer installs something by itself. */
	readonly isEnabled: boolean;
	/** The host reboots by itself after such an upgrade, and when (`02:00`, `now`). */
	readonly rebootsAt: string | undefined;
}

/** Asks apt for its whole configuration, so that every drop-in counts as apt counts it. */
export function readAutomaticUpgrades(host: Host): Promise<Fact<AutomaticUpgrades>> {
	return askHost(host, { argv: ['apt-config', 'dump'] }, (result) => parseAutomaticUpgrades(requireSuccess(result)));
}

/** Reads `apt-config dump`: `Name::Of::Setting "value";`, the last one counts. */
export function parseAutomaticUpgrades(text: string): AutomaticUpgrades {
	const settings = new Map(
		text.split('\n').map((line) => {
			const [, name = '', value = ''] = /^(\S+) "(.*)";$/.exec(line) ?? [];
			return [name.toLowerCase(), value] as const;
		}),
	);
	const isOn = (name: string) =>
		/^(?:true|yes|on|with|enable|[1-9]\d*|always|\d+[smhd])$/i.test(settings.get(name) ?? '');
	// apt.systemd.daily: periodic work is on unless it is set to 0.
	const isPeriodicOn = settings.get('apt::periodic::enable') !== '0';
	const reboots = isOn('unattended-upgrade::automatic-reboot');
	return {
		isEnabled: isPeriodicOn && isOn('apt::periodic::unattended-upgrade'),
		rebootsAt: reboots ? (settings.get('unattended-upgrade::automatic-reboot-time') ?? 'now') : undefined,
	};
}
