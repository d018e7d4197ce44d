import { describe, expect, it } from 'vitest';
import { parsePoolName } from '../../src/zfs/names.js';
import { ZfsParseError } from '../../src/zfs/parse-error.js';
import type { PoolStatus, Vdev } from '../../src/zfs/pool.js';
import { parsePoolStatus } from '../../src/zfs/zpool-status.js';
import { parsePoolStatusJson } from '../../src/zfs/zpool-status-json.js';
import { loadRecording } from '../fixtures/load.js';

function textStatus(recording: string, pool: string): PoolStatus {
	return pick(parsePoolStatus(loadRecording(`lab/${recording}.txt`).stdout), pool);
}

function jsonStatus(recording: string, pool: string): PoolStatus {
	return pick(parsePoolStatusJson(loadRecording(`lab/${recording}.txt`).stdout), pool);
}

function pick(statuses: ReadonlyMap<string, PoolStatus>, pool: string): PoolStatus {
	const status = statuses.get(parsePoolName(pool));
	if (status === undefined) throw new Error(`no pool ${pool}`);
	return status;
}

/** One line a device: depth, name, type, class, state, errors, reason. */
function outline(vdev: Vdev | undefined, depth = 0): readonly string[] {
	if (vdev === undefined) return [];
	const { name, type, class: vdevClass, state, errors, reason } = vdev;
	const counts = errors === undefined ? '-' : `${errors.read}/${errors.write}/${errors.checksum}`;
	const line = `${'. '.repeat(depth)}${name} ${type} ${vdevClass} ${state} ${counts}${reason === undefined ? '' : ` (${reason})`}`;
	return [line, ...vdev.children.flatMap((child) => outline(child, depth + 1))];
}

const mirror = (state: string) => [`fx root normal ${state} 0/0/0`, `. mirror-0 mirror normal ${state} 0/0/0`];
const offline = [
	...mirror('DEGRADED'),
	'. . /var/tmp/fx/m1 leaf normal ONLINE 0/0/0',
	'. . /var/tmp/fx/m2 leaf normal OFFLINE 0/0/0',
];

describe.each(['zfs-2.1.11', 'zfs-2.3.2'])('the text of %s', (version) => {
	it('shows a healthy pool without anything to say', () => {
		const status = textStatus(`${version}/zpool-status`, 'fx');
		expect(status).toMatchObject({
			state: 'ONLINE',
			status: undefined,
			action: undefined,
			messageId: undefined,
			scan: { function: 'none' },
			checkpoint: 'none',
			isRemovingDevice: false,
			isExpandingRaidz: false,
			errorCount: 0n,
		});
		expect(outline(status.root)).toEqual([
			...mirror('ONLINE'),
			'. . /var/tmp/fx/m1 leaf normal ONLINE 0/0/0',
			'. . /var/tmp/fx/m2 leaf normal ONLINE 0/0/0',
		]);
	});

	it('shows a degraded pool, the device that is to blame and what to do', () => {
		const status = textStatus(`${version}/status-degraded-offline`, 'fx');
		expect(status).toMatchObject({
			state: 'DEGRADED',
			scan: { function: 'scrub', state: 'canceled' },
			errorCount: 0n,
			status:
				'One or more devices has been taken offline by the administrator. Sufficient replicas exist for the pool to continue functioning in a degraded state.',
			action: "Online the device using 'zpool online' or replace the device with 'zpool replace'.",
		});
		expect(outline(status.root)).toEqual(offline);
	});

	it('shows a missing device with the path that it had', () => {
		const status = textStatus(`${version}/status-missing-device`, 'fx');
		expect(status).toMatchObject({ state: 'DEGRADED', messageId: 'ZFS-8000-2Q' });
		expect(outline(status.root).at(-1)).toMatch(/^\. \. \d+ leaf normal UNAVAIL 0\/0\/0 \(was \/var\/tmp\/fx\/m3\)$/);
	});

	it('shows checksum errors of a pool that is online', () => {
		const status = textStatus(`${version}/status-checksum-errors`, 'fx');
		expect(status).toMatchObject({ state: 'ONLINE', messageId: 'ZFS-8000-9P', errorCount: 0n });
		expect(outline(status.root).at(-1)).toMatch(/m3 leaf normal ONLINE 0\/0\/[1-9]\d*$/);
	});

	it('shows a resilver that runs, inside the vdev that replaces the device', () => {
		const status = textStatus(`${version}/status-resilver-running`, 'fx');
		expect(status.scan).toEqual({ function: 'resilver', state: 'scanning', percent: 0 });
		expect(outline(status.root)).toContain('. . replacing-1 replacing normal DEGRADED 0/0/0');
		expect(outline(status.root).at(-1)).toBe('. . . /var/tmp/fx/m3 leaf normal ONLINE 0/0/0');
	});

	it.each([
		['status-scrub-running', { function: 'scrub', state: 'scanning', percent: 0 }],
		['status-scrub-paused', { function: 'scrub', state: 'paused', percent: 0 }],
		['status-scrub-canceled', { function: 'scrub', state: 'canceled' }],
		['status-scrubbed', { function: 'scrub', state: 'finished', errors: 0n }],
		['status-resilvered', { function: 'resilver', state: 'finished', errors: 0n }],
	])('tells in %s how far the scan is', (recording, scan) => {
		expect(textStatus(`${version}/${recording}`, 'fx').scan).toEqual(scan);
	});

	it('shows a suspended pool as suspended, although its devices claim to be online', () => {
		const status = textStatus(`${version}/status-suspended`, 'sx');
		expect(status).toMatchObject({ state: 'SUSPENDED', messageId: 'ZFS-8000-HC', errorCount: 17n });
		expect(outline(status.root)[1]).toMatch(/^\. fxdm leaf normal ONLINE 3\/\d+\/0$/);
	});
});

describe('the text', () => {
	it('counts permanent errors', () => {
		expect(textStatus('zfs-2.1.11/status-permanent-errors-x', 'sx')).toMatchObject({
			state: 'ONLINE',
			messageId: 'ZFS-8000-8A',
			errorCount: 112n,
			scan: { function: 'scrub', state: 'finished', errors: 112n },
		});
	});

	it('tells how far a running resilver is', () => {
		const { scan } = textStatus('zfs-2.1.11/status-after-clear', 'sx');
		expect(scan).toEqual({ function: 'resilver', state: 'scanning', percent: 7.97 });
	});

	it('shows all pools, and nothing for none', () => {
		const { stdout } = loadRecording('lab/mismatch/kmod-2.3.1+user-2.3.2/zpool-status.txt');
		expect([...parsePoolStatus(stdout).keys()]).toEqual(['backup', 'tank']);
		expect(parsePoolStatus('').size).toBe(0);
	});

	it('does not take the nonsense of new tools on an old module for a reason', () => {
		const { root } = textStatus('mismatch/kmod-2.1.11+user-2.3.2/zpool-status', 'tank');
		expect(outline(root)).toEqual(['tank root normal ONLINE 0/0/0', '. vdb leaf normal ONLINE 0/0/0']);
	});

	it('shows the hostid that does not fit', () => {
		expect(textStatus('mismatch/kmod-2.3.2+user-2.4.4/zpool-status', 'backup').messageId).toBe('ZFS-8000-EY');
	});

	it('shows logs, caches, special devices and spares beside the data, and odd names whole', () => {
		const status = pick(parsePoolStatus(allClasses), 'my pool: x');
		expect(outline(status.root)).toEqual([
			'my pool: x root normal DEGRADED 0/0/0',
			'. raidz2-0 raidz normal DEGRADED 0/0/0',
			'. . sda leaf normal ONLINE 0/0/12345678',
			'. . spare-1 spare normal DEGRADED 0/0/0',
			'. . . sdb leaf normal FAULTED 3/151/0 (too many errors)',
			'. . . sdx leaf normal ONLINE 0/0/0',
			'. . /images/disk one leaf normal REMOVED 0/0/0',
			'. special-dev leaf dedup ONLINE 0/0/0',
			'. mirror-2 mirror special ONLINE 0/0/0',
			'. . sdd leaf special ONLINE 0/0/0',
			'. . sde leaf special ONLINE 0/0/0',
			'. nvme0n1 leaf log ONLINE 0/0/0',
			'. nvme1n1 leaf cache UNAVAIL 0/0/0 (cannot open)',
			'. sdx leaf spare INUSE - (currently in use)',
			'. sdy leaf spare AVAIL -',
		]);
		expect(status).toMatchObject({ checkpoint: 'exists', isRemovingDevice: true, isExpandingRaidz: true });
		expect(status.scan).toEqual({ function: 'resilver', state: 'scanning', percent: 41.2 });
	});

	it('does not know the error count of a pool that does not tell', () => {
		const text = '  pool: tank\n state: UNAVAIL\nconfig: The configuration cannot be determined.\n';
		expect(pick(parsePoolStatus(text), 'tank')).toMatchObject({
			state: 'UNAVAIL',
			root: undefined,
			errorCount: undefined,
		});
	});

	it('takes a state that it does not know for unknown, never for healthy', () => {
		const text = '  pool: tank\n state: GLORIOUS\nconfig:\n\n\nerrors: No known data errors\n';
		expect(pick(parsePoolStatus(text), 'tank').state).toBe('UNKNOWN');
	});

	it.each([
		['a row that it does not understand', allClasses.replace('REMOVED', 'VANISHED')],
		['a device out of its place', allClasses.replace('\t  raidz2-0', '\t      raidz2-0')],
		['a pool without a state', '  pool: tank\nerrors: No known data errors\n'],
		['abbreviated counts', allClasses.replace('12345678', '12.3M')],
		['a scan of a new kind', allClasses.replace('scrub repaired', 'polish applied')],
		['something else entirely', 'Segmentation fault\n'],
	])('refuses %s', (_, text) => {
		expect(() => parsePoolStatus(text)).toThrow(ZfsParseError);
	});
});

describe('JSON and text say the same of the same pool', () => {
	it.each([
		['healthy', 'zfs-2.3.2/zpool-status', 'zfs-2.3.2/json-zpool-status--j-fx', 'fx'],
		['degraded', 'zfs-2.3.2/status-degraded-offline', 'zfs-2.3.2/json-status-degraded', 'fx'],
		['suspended', 'zfs-2.3.2/status-suspended', 'zfs-2.3.2/json-status-suspended', 'sx'],
	])('%s', (_, text, json, pool) => {
		expect(jsonStatus(json, pool)).toEqual(textStatus(text, pool));
	});

	it.each([
		['resilvering', 'zfs-2.3.2/status-resilver-running', 'zfs-2.3.2/json-status-resilver'],
		['scrubbing', 'zfs-2.3.2/status-scrub-running', 'zfs-2.3.2/json-status-scrub'],
	])('%s, but for the figures that JSON abbreviates without -p', (_, text, json) => {
		const expected = textStatus(text, 'fx');
		expect(jsonStatus(json, 'fx')).toEqual({ ...expected, scan: { ...expected.scan, percent: undefined } });
	});

	it('on a module of another version', () => {
		const folder = 'mismatch/kmod-2.1.11+user-2.3.2';
		for (const pool of ['backup', 'tank']) {
			expect(jsonStatus(`${folder}/status-json`, pool)).toEqual(textStatus(`${folder}/zpool-status`, pool));
		}
	});
});

describe('JSON', () => {
	it('has no pools when there are none', () => {
		expect(parsePoolStatusJson('{"output_version":{},"pools":{}}').size).toBe(0);
	});

	const scanOf = (scan_stats: object) =>
		pick(parsePoolStatusJson(JSON.stringify({ pools: { tank: { state: 'ONLINE', scan_stats } } })), 'tank').scan;

	it('tells how far a scan is from exact figures', () => {
		const figures = { to_examine: '1100', skipped: '100', issued: '250', scrub_pause: '0', errors: '0' };
		expect(scanOf({ function: 'SCRUB', state: 'SCANNING', ...figures })).toEqual({
			function: 'scrub',
			state: 'scanning',
			percent: 25,
		});
		expect(scanOf({ function: 'SCRUB', state: 'SCANNING', ...figures, scrub_pause: '1795336425' })).toMatchObject({
			state: 'paused',
		});
		expect(scanOf({ function: 'RESILVER', state: 'FINISHED', ...figures, errors: '3' })).toEqual({
			function: 'resilver',
			state: 'finished',
			errors: 3n,
		});
	});

	it('prefers a running rebuild to the last scrub', () => {
		const rebuild_stats = { 'mirror-0': { state: 'ACTIVE', scanned: '1', to_scan: '4', errors: '0' } };
		expect(scanOf({ function: 'SCRUB', state: 'FINISHED', errors: '0', rebuild_stats })).toEqual({
			function: 'resilver',
			state: 'scanning',
			percent: 25,
		});
	});

	it('shows a scrub of errors alone', () => {
		const stats = { err_scrub_func: 'ERRORSCRUB', err_scrub_state: 'ERRORSCRUBBING', err_scrub_pause: '0' };
		expect(
			scanOf({ function: 'NONE', state: 'NONE', ...stats, err_scrub_examined: '5', err_scrub_to_examine: '15' }),
		).toEqual({ function: 'error-scrub', state: 'scanning', percent: 25 });
	});

	it('names states of devices like the text does', () => {
		const counts = { read_errors: '0', write_errors: '0', checksum_errors: '0' };
		const vdevs = {
			a: { state: 'CANT_OPEN', aux: 'OPEN_FAILED', ...counts },
			b: { state: 'CANT_OPEN', aux: 'CORRUPT_DATA', ...counts },
			c: { state: 'CLOSED', ...counts },
			d: { state: 'CANT_OPEN', was: '/dev/sdb1', ...counts },
			'draid1:2d:4c:1s-0': { ...counts },
		};
		const pools = {
			tank: {
				state: 'DEGRADED',
				vdevs: { tank: { state: 'DEGRADED', ...counts, vdevs } },
				logs: { 'mirror-1': { state: 'ONLINE', ...counts, vdevs: { e: { state: 'ONLINE', ...counts } } } },
				spares: { s: { state: 'AVAIL' } },
			},
		};
		expect(outline(pick(parsePoolStatusJson(JSON.stringify({ pools })), 'tank').root)).toEqual([
			'tank root normal DEGRADED 0/0/0',
			'. a leaf normal UNAVAIL 0/0/0 (cannot open)',
			'. b leaf normal FAULTED 0/0/0 (corrupted data)',
			'. c leaf normal OFFLINE 0/0/0',
			'. d leaf normal UNAVAIL 0/0/0 (was /dev/sdb1)',
			'. draid1:2d:4c:1s-0 draid normal UNKNOWN 0/0/0',
			'. mirror-1 mirror log ONLINE 0/0/0',
			'. . e leaf log ONLINE 0/0/0',
			'. s leaf spare AVAIL -',
		]);
	});

	it('refuses numbers, which may already be rounded', () => {
		const { stdout } = loadRecording('lab/zfs-2.3.2/json-zpool-status--j---json-int-fx.txt');
		expect(() => parsePoolStatusJson(stdout)).toThrow(ZfsParseError);
	});

	it('refuses JSON that breaks off', () => {
		const { stdout } = loadRecording('lab/zfs-2.3.2/json-zpool-status--j-fx.txt');
		expect(() => parsePoolStatusJson(stdout.slice(0, -20))).toThrow(ZfsParseError);
	});
});

/** Made after print_status_config, print_class_vdevs, print_l2cache, print_spares and print_removal_status of 2.3.2. */
const allClasses = `  pool: my pool: x
 state: DEGRADED
status: One or more devices are faulted in response to persistent errors.
	Sufficient replicas exist for the pool to continue functioning in a
	degraded state.
action: Replace the faulted device, or use 'zpool clear' to mark the device
	repaired.
  scan: scrub repaired 0B in 3 days 01:02:03 with 0 errors on Sun Nov 22 08:32:13 2026
  scan: resilver (raidz2-0) in progress since Sun Nov 22 08:32:13 2026
	1.00G / 2.00G scanned at 20M/s, 800M / 2.00G issued at 15M/s
	400M resilvered, 41.20% done, 00:01:00 to go
    scan warning: skipping blocks that are only referenced by the checkpoint.
remove: Evacuation of sdc in progress since Sun Nov 22 08:32:13 2026
	1K copied out of 2K at 1K/s, 50.00% done, 0h0m to go
expand: expansion of raidz2-0 in progress since Sun Nov 22 08:32:13 2026
	1K / 2K copied at 1K/s, 50.00% done, 00:00:10 to go
checkpoint: created Sun Nov 22 08:32:13 2026, consumes 1.2M
config:

	NAME                  STATE     READ WRITE CKSUM
	my pool: x            DEGRADED     0     0     0
	  raidz2-0            DEGRADED     0     0     0
	    sda               ONLINE       0     0 12345678  block size: 512B configured, 4096B native
	    spare-1           DEGRADED     0     0     0
	      sdb             FAULTED      3   151     0  too many errors
	      sdx             ONLINE       0     0     0  (resilvering)
	    /images/disk one  REMOVED      0     0     0
	dedup\t
	  special-dev         ONLINE       0     0     0
	special\t
	  mirror-2            ONLINE       0     0     0
	    sdd               ONLINE       0     0     0
	    sde               ONLINE       0     0     0
	logs\t
	  nvme0n1             ONLINE       0     0     0  (100% initialized, completed at Sun Nov 22 08:32:13 2026)
	cache
	  nvme1n1             UNAVAIL      0     0     0  cannot open
	spares
	  sdx                 INUSE     currently in use
	  sdy                 AVAIL   

errors: No known data errors
`;
