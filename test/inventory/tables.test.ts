import { describe, expect, it } from 'vitest';
import { parseExports } from '../../src/inventory/shares.js';
import { parseUnitStates } from '../../src/inventory/units.js';

describe('exportfs -v', () => {
	it('has the client on the next line where the path is long', () => {
		const output = [
			'/srv/data     \t10.0.0.0/8(sync,wdelay,hide,no_subtree_check,sec=sys,rw,secure,root_squash,no_all_squash)',
			'/srv/a/path/of many/letters',
			'\t\t<world>(sync,wdelay,hide,sec=sys,ro)',
			'',
		].join('\n');
		expect(parseExports(output)).toEqual([
			{
				path: '/srv/data',
				client: '10.0.0.0/8(sync,wdelay,hide,no_subtree_check,sec=sys,rw,secure,root_squash,no_all_squash)',
			},
			{ path: '/srv/a/path/of many/letters', client: '<world>(sync,wdelay,hide,sec=sys,ro)' },
		]);
	});

	it('may say nothing', () => {
		expect(parseExports('')).toEqual([]);
	});
});

describe('the states of units', () => {
	const show = (id: string, lines: Record<string, string>) =>
		[`Id=${id}`, ...Object.entries({ LoadState: 'loaded', ...lines }).map(([name, value]) => `${name}=${value}`)].join(
			'\n',
		);

	it('tell a skipped unit from one that was never started', () => {
		const output = [
			show('zfs-mount.service', { ActiveState: 'inactive', ConditionResult: 'no', ConditionTimestampMonotonic: '9' }),
			show('rescue.service', { ActiveState: 'inactive', ConditionResult: 'no', ConditionTimestampMonotonic: '0' }),
		].join('\n\n');
		expect(parseUnitStates(output).map(([unit, state]) => `${unit} ${state}`)).toEqual([
			'zfs-mount.service skipped',
			'rescue.service inactive',
		]);
	});

	it('leave out what does not exist and what exists only until it ends', () => {
		const output = [
			show('gone.service', { LoadState: 'not-found', ActiveState: 'inactive' }),
			show('run-u1.service', { ActiveState: 'active', UnitFileState: 'transient' }),
			'',
		].join('\n\n');
		expect(parseUnitStates(output)).toEqual([]);
	});
});
