import { describe, expect, it } from 'vitest';
import { recognise, withoutComments } from '../../src/jobs/recognise.js';

describe('a command', () => {
	it.each([
		['zfs send -R tank@a', 'zfs-command'],
		['/usr/sbin/zfs recv -u tank/x', 'zfs-command'],
		['sudo -n zfs receive -s tank/x', 'zfs-command'],
		['zfs destroy -r tank@old', 'zfs-command'],
		['zfs snap tank@x', 'zfs-command'],
		['"$ZFS" snapshot tank@x', 'zfs-command'],
		['$ZFS_CMD send tank@x', 'zfs-command'],
		["subprocess.check_call(['/sbin/zfs', 'destroy', name])", 'zfs-command'],
		['sh -c "zfs list | xargs -n1 zfs snapshot"', 'zfs-command'],
		['zfs-lockstep guard -- zfs send tank@x', 'zfs-command'],
		['zpool scrub -w tank', 'scrub'],
		['zpool trim tank', 'scrub'],
		['perl /usr/sbin/syncoid a b', 'syncoid'],
		['/opt/sanoid/sanoid --cron --configdir=/etc/sanoid', 'sanoid'],
		['unattended-upgrade -v', 'package-upgrade'],
		['apt-get -qq -y dist-upgrade', 'package-upgrade'],
		['dnf -y update', 'package-upgrade'],
	])('%s is %s', (command, system) => {
		expect(recognise(command)).toBe(system);
	});

	it.each([
		'zfs list -t snapshot',
		'zfs get all tank',
		'zfs mount -a',
		'zpool status -x',
		'zpool iostat 5',
		'apt-get update',
		'mailx -s "zfs" root',
		'find /var/log/sanoid -delete',
		'cat /etc/sanoid/sanoid.conf',
		'/usr/bin/zfs-lockstep check',
		'/usr/sbin/zed -F',
		'rsync -a /home backup:/zfs/sender',
		'',
	])('%s is none of our business', (command) => {
		expect(recognise(command)).toBeUndefined();
	});

	it('is not recognised by what is only a comment', () => {
		expect(recognise(withoutComments('#!/bin/sh\n  # zfs send\ntrue\n'))).toBeUndefined();
	});
});
