import { type Command, type Host, succeeded } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';
import { type Fact, known, unknown } from './fact.js';
import type { Machine, ZfsUnit } from './host-facts.js';

/** Units of OpenZFS (etc/systemd/system of its source, 2.0 to 2.4). */
const names = [
	'zfs-load-module.service',
	'zfs-import-cache.service',
	'zfs-import-scan.service',
	'zfs-mount.service',
	'zfs-share.service',
	'zfs-volume-wait.service',
	'zfs-zed.service',
	'zfs-import.target',
	'zfs-volumes.target',
	'zfs.target',
] as const;

const properties = [
	'Id',
	'LoadState',
	'ActiveState',
	'UnitFileState',
	'ConditionResult',
	'ConditionTimestampMonotonic',
	'Result',
] as const;

const command: Command = { argv: ['systemctl', 'show', `--property=${properties.join(',')}`, '--', ...names] };

/** The state of OpenZFS's units, by one command. Units that are not installed are left out. */
export async function readUnits(host: Host, initSystem: Machine['initSystem']): Promise<Fact<readonly ZfsUnit[]>> {
	if (host.kind === 'alternate-root') return unknown('the units of the mounted system do not run');
	if (initSystem !== 'systemd') return unknown('systemd does not run here');
	const result = await host.run(command);
	const source = quoteForDisplay(command.argv);
	if (!succeeded(result)) return unknown(`${source} failed`);
	return known(parseUnits(result.stdout), source);
}

/** Blocks of `Name=value` lines with an empty line between them (systemctl(1), `show`). */
export function parseUnits(output: string): readonly ZfsUnit[] {
	return output
		.split('\n\n')
		.map((block) => new Map(block.split('\n').map((line) => [line.split('=', 1)[0] ?? '', afterEquals(line)])))
		.flatMap((unit) => {
			const name = unit.get('Id');
			if (name === undefined || name === '' || unit.get('LoadState') === 'not-found') return [];
			return [
				{
					name,
					activeState: unit.get('ActiveState') ?? '',
					conditionResult: unit.get('ConditionResult') ?? '',
					wasConditionChecked: (unit.get('ConditionTimestampMonotonic') ?? '0') !== '0',
					unitFileState: unit.get('UnitFileState') ?? '',
					result: unit.get('Result') ?? '',
				},
			];
		});
}

function afterEquals(line: string): string {
	return line.slice(line.indexOf('=') + 1);
}
