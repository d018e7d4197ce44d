import { type Fact, known, unknown } from '../facts/fact.js';
import { type Command, type Host, succeeded } from '../host/host.js';
import { toTable } from './rows.js';

const properties = [
	'Id',
	'LoadState',
	'ActiveState',
	'SubState',
	'UnitFileState',
	'ConditionResult',
	'ConditionTimestampMonotonic',
	'Result',
	'DropInPaths',
] as const;

/** A pattern matches the units that are loaded, which is all that has anything to do. */
const command: Command = {
	argv: [
		'systemctl',
		'show',
		'--no-pager',
		`--property=${properties.join(',')}`,
		'--',
		'*.service',
		'*.mount',
		'*.timer',
		'*.target',
		'*.socket',
		'*.swap',
	],
};

/** `skipped`: systemd did not start it because its condition failed, which no other state shows. */
type UnitState = 'active' | 'starting' | 'inactive' | 'failed' | 'skipped';

/** Unit, state, how it is enabled, and `held` where this program keeps it from starting. */
export async function readUnitTable(host: Host): Promise<Fact<string>> {
	if ((await host.files.stat('/run/systemd/system')) === undefined) return known('', 'systemd does not run here');
	const result = await host.run(command);
	if (!succeeded(result) || result.truncated) return unknown('systemctl show failed');
	return known(toTable(parseUnitStates(result.stdout)), 'systemctl show');
}

export function parseUnitStates(output: string): readonly (readonly string[])[] {
	return output.split('\n\n').flatMap((block) => {
		const unit = new Map(
			block.split('\n').map((line) => [line.split('=', 1)[0] ?? '', line.slice(line.indexOf('=') + 1)] as const),
		);
		const get = (name: (typeof properties)[number]) => unit.get(name) ?? '';
		const isGone = get('Id') === '' || get('LoadState') !== 'loaded' || get('UnitFileState') === 'transient';
		if (isGone) return [];
		const isHeld = get('DropInPaths').includes('zfs-lockstep-hold.conf');
		return [[get('Id'), stateOf(get), get('UnitFileState'), isHeld ? 'held' : '-']];
	});
}

function stateOf(get: (name: (typeof properties)[number]) => string): UnitState {
	if (get('ActiveState') === 'active') return 'active';
	// A service that fails again and again is not failed in between.
	if (get('ActiveState') === 'failed' || get('SubState') === 'auto-restart') return 'failed';
	if (get('ActiveState') === 'activating' || get('ActiveState') === 'reloading') return 'starting';
	const wasChecked = (get('ConditionTimestampMonotonic') || '0') !== '0';
	return wasChecked && get('ConditionResult') === 'no' ? 'skipped' : 'inactive';
}
