/** `systemctl show` of many units in one call (systemctl(1)). */
import { type Host, succeeded } from '../host/host.js';

export interface UnitProperties {
	readonly id: string;
	readonly loadState: string;
	readonly activeState: string;
	readonly unitFileState: string;
	readonly dropInPaths: readonly string[];
	/** Of a service: `oneshot`, `simple`, ... */
	readonly type: string;
	/** Command lines as systemd would run them, words joined by blanks; what drop-ins reset is gone. */
	readonly execStart: readonly string[];
	/** ExecStartPre and ExecStartPost. */
	readonly execAround: readonly string[];
	/** Units that it starts: of a timer, socket or path what it triggers, of others what they want. */
	readonly starts: readonly string[];
}

const starting = ['Triggers', 'Wants', 'Requires', 'BindsTo', 'Upholds', 'OnSuccess'] as const;
const properties = [
	'Id',
	'LoadState',
	'ActiveState',
	'UnitFileState',
	'DropInPaths',
	'Type',
	'ExecStartPre',
	'ExecStart',
	'ExecStartPost',
	...starting,
] as const;

/** Stands for any instance where a template is looked at. */
export const anyInstance = 'zfs-lockstep';

/** `systemctl show` refuses a template; any instance of it shows the same. */
export function toShowable(unit: string): string {
	return unit.replace(/@(?=\.[a-z]+$)/, `@${anyInstance}`);
}

/** Seconds. systemd answers at once, but not on a host that is swamped; without an answer no job can be held. */
export const unitLimit = 300;

/** One call for all; undefined where systemctl failed. Units that are not there are left out. */
export async function showUnits(host: Host, units: readonly string[]): Promise<readonly UnitProperties[] | undefined> {
	if (units.length === 0) return [];
	const result = await host.run({
		argv: ['systemctl', 'show', '--no-pager', `--property=${properties.join(',')}`, '--', ...units],
		timeoutSeconds: unitLimit,
	});
	return succeeded(result) && !result.truncated ? parseUnitProperties(result.stdout) : undefined;
}

export function parseUnitProperties(output: string): readonly UnitProperties[] {
	return output.split('\n\n').flatMap((block) => {
		const lines = block.split('\n').map((line) => {
			const equals = line.indexOf('=');
			return { name: line.slice(0, equals), value: line.slice(equals + 1) };
		});
		const all = (wanted: (typeof properties)[number]) =>
			lines.flatMap(({ name, value }) => (name === wanted ? [value] : []));
		const one = (wanted: (typeof properties)[number]) => all(wanted)[0] ?? '';
		if (one('Id') === '' || one('LoadState') === 'not-found') return [];
		return [
			{
				id: one('Id'),
				loadState: one('LoadState'),
				activeState: one('ActiveState'),
				unitFileState: one('UnitFileState'),
				dropInPaths: wordsOf(one('DropInPaths')),
				type: one('Type'),
				execStart: all('ExecStart').map(commandOf),
				execAround: [...all('ExecStartPre'), ...all('ExecStartPost')].map(commandOf),
				starts: starting.flatMap((each) => wordsOf(one(each))),
			},
		];
	});
}

function wordsOf(text: string): readonly string[] {
	return text.split(' ').filter((word) => word !== '');
}

/** `{ path=/usr/sbin/sanoid ; argv[]=/usr/sbin/sanoid --cron ; ignore_errors=no ; ... }` */
function commandOf(text: string): string {
	return /argv\[\]=(.*?) ; (?:ignore_errors|flags)=/.exec(text)?.[1]?.trim() ?? text;
}
