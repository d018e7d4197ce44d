/** `systemctl show` of many units in one call (systemctl(1)). */
import type { Host } from '../host/host.js';
import { succeeded } from '../host/host.js';

export interface UnitProperties {
	readonly id: string;
	readonly loadState: string;
	readonly activeState: string;
	readonly unitFileState: string;
	readonly fragmentPath: string;
	readonly dropInPaths: readonly string[];
	readonly type: string;
	/** Command lines as systemd prints them, words joined by blanks. */
	readonly execStart: readonly string[];
	readonly execAround: readonly string[];
	/** Of a timer: the units that it starts. */
	readonly triggers: readonly string[];
}

const properties = [
	'Id',
	'LoadState',
	'ActiveState',
	'UnitFileState',
	'FragmentPath',
	'DropInPaths',
	'Type',
	'ExecStartPre',
	'ExecStart',
	'ExecStartPost',
	'Triggers',
] as const;

/** Whole names, in one call; undefined where systemctl failed. Units that are not there are left out. */
export async function showUnits(host: Host, units: readonly string[]): Promise<readonly UnitProperties[] | undefined> {
	if (units.length === 0) return [];
	const argv = ['systemctl', 'show', '--no-pager', `--property=${properties.join(',')}`, '--', ...units] as const;
	const result = await host.run({ argv: [...argv] });
	return succeeded(result) && !result.truncated ? parseUnitProperties(result.stdout) : undefined;
}

export function parseUnitProperties(output: string): readonly UnitProperties[] {
	return output.split('\n\n').flatMap((block) => {
		const lines = block.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)]);
		const all = (name: string) => lines.flatMap(([key, value]) => (key === name && value !== undefined ? [value] : []));
		const one = (name: string) => all(name)[0] ?? '';
		if (one('Id') === '' || one('LoadState') === 'not-found') return [];
		return [
			{
				id: one('Id'),
				loadState: one('LoadState'),
				activeState: one('ActiveState'),
				unitFileState: one('UnitFileState'),
				fragmentPath: one('FragmentPath'),
				dropInPaths: wordsOf(one('DropInPaths')),
				type: one('Type'),
				execStart: all('ExecStart').map(commandOf),
				execAround: [...all('ExecStartPre'), ...all('ExecStartPost')].map(commandOf),
				triggers: wordsOf(one('Triggers')),
			},
		];
	});
}

function wordsOf(text: string): readonly string[] {
	return text.split(' ').filter((word) => word !== '');
}

/** `{ path=/usr/sbin/sanoid ; argv[]=/usr/sbin/sanoid --cron ; ignore_errors=no ; ... }` */
function commandOf(text: string): string {
	return /argv\[\]=(.*?) ; (?:ignore_errors|flags)=/s.exec(text)?.[1] ?? text;
}

/** Stands for any instance where a template is looked at. */
export const anyInstance = 'zfs-lockstep';

/** `systemctl show` refuses a template; any instance of it shows the same. */
export function toShowable(unit: string): string {
	return unit.replace(/@(?=\.(?:service|timer)$)/, `@${anyInstance}`);
}
