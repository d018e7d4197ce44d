import { describe, expect, it } from 'vitest';
import { parseUnitProperties, toShowable } from '../../src/jobs/unit-properties.js';
import { loadRecording } from '../fixtures/load.js';

const recording = loadRecording('jobs/show-units.txt');

describe('systemctl show', () => {
	it('gives the commands that are left when drop-ins have reset the others', () => {
		const offsite = parseUnitProperties(recording.stdout).find(({ id }) => id === 'offsite.service');
		expect(offsite).toMatchObject({
			type: 'oneshot',
			dropInPaths: ['/etc/systemd/system/offsite.service.d/override.conf'],
			execStart: [
				'/usr/sbin/syncoid --recursive --identifier=offsite tank/data root@backup:pool/data',
				'/usr/sbin/syncoid tank/vm root@backup:pool/vm',
			],
		});
	});

	it('says what a timer triggers and what a service pulls in', () => {
		const units = new Map(parseUnitProperties(recording.stdout).map((unit) => [unit.id, unit]));
		expect(units.get('sanoid.timer')?.starts).toContain('sanoid.service');
		expect(units.get('sanoid.service')?.starts).toContain('sanoid-prune.service');
	});

	it('leaves out units that are not there', () => {
		expect(parseUnitProperties('Id=nosuch.service\nLoadState=not-found\n')).toEqual([]);
		expect(parseUnitProperties('')).toEqual([]);
	});

	it('keeps a command that has the separators of systemd in it', () => {
		const line =
			'ExecStart={ path=/bin/sh ; argv[]=/bin/sh -c true ; zfs send x ; ignore_errors=no ; start_time=[n/a] }';
		const [unit] = parseUnitProperties(`Id=x.service\nLoadState=loaded\n${line}\n`);
		expect(unit?.execStart).toEqual(['/bin/sh -c true ; zfs send x']);
	});

	it('is asked for an instance where there is a template', () => {
		expect(toShowable('zfs-scrub@.service')).toBe('zfs-scrub@zfs-lockstep.service');
		expect(toShowable('zfs-scrub@tank.service')).toBe('zfs-scrub@tank.service');
	});
});
