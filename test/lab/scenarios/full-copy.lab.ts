import { expect } from 'vitest';
import { newVersion, scenario } from '../scenario/scenario.ts';

const s = scenario('full-copy');

/** Step 2 alone, with a copy of the pools to that place. */
async function copyTo(destination: string, options = ''): Promise<void> {
	const answers = JSON.stringify({ 'backup.stream': 'yes', 'backup.destination': destination });
	await s.run('cat > /root/answers.json', { input: answers });
	await s.mustRun(
		`zfs-lockstep run --yes --answers /root/answers.json --until backup --target ${newVersion} ${options}`,
	);
}

async function lines(command: string): Promise<string[]> {
	return (await s.mustRun(command)).stdout.split('\n').filter((line) => line !== '');
}

/** Name inside its pool and guid of each snapshot of the run, one a line. */
const guids = (top: string) =>
	`zfs list -H -t snapshot -r -o name,guid ${top} | grep '@zfs-lockstep-' | sed 's#^${top}##' | sort`;

s.part('a copy of pools with replicas and encrypted datasets goes into files, which a receive reads back', async () => {
	await s.mustRun('mkdir -p /srv/copy');
	await copyTo('/srv/copy');
	const files = await lines('ls /srv/copy');
	expect(files.map((name) => name.replace(/^.*\d\./, ''))).toEqual(['backup.zfs', 'tank.zfs']);
	await s.mustRun('zfs receive -u -o canmount=noauto backup/read-back < /srv/copy/*.tank.zfs');
	expect(await lines(guids('backup/read-back'))).toEqual(await lines(guids('tank')));
	await s.mustRun('zfs receive -u -o canmount=noauto tank/read-back < /srv/copy/*.backup.zfs');
	expect(await lines('zfs list -H -r -o name tank/read-back')).toEqual(['tank/read-back']);
	await s.mustRun('zfs destroy -r backup/read-back && zfs destroy -r tank/read-back');
});

s.part('the replicas that were left out receive their next increment as if nothing had been', async () => {
	await s.mustRun('zfs snapshot -r tank/data@wednesday');
	await s.mustRun('zfs send -R -I @tuesday tank/data@wednesday | zfs receive -u backup/data');
	await s.mustRun('zfs destroy -r backup/data@wednesday && zfs destroy -r tank/data@wednesday');
});

s.part('reset lets everything go', async () => {
	await s.mustRun('zfs-lockstep reset --yes');
	expect(await lines('apt-mark showhold')).toEqual([]);
});

s.part('a copy of one pool goes into a dataset of the other and is proven there by its guids', async () => {
	await s.mustRun('zfs create -o canmount=noauto backup/copies && zfs set mountpoint=/srv/live tank/clone');
	await copyTo('backup/copies', '--pool tank');
	const [copy = ''] = await lines('zfs list -H -d 1 -o name backup/copies | sed 1d');
	expect(await lines(guids(copy))).toEqual(await lines(guids('tank')));
	// as every boot does: a copy must never come to lie over what it is a copy of
	await s.run('zfs mount -a');
	expect(await lines('findmnt -n -o SOURCE /srv/live')).toEqual(['tank/clone']);
	const places = await lines(`zfs get -H -r -t filesystem -o name,value mountpoint ${copy}`);
	expect(places.filter((line) => !line.endsWith('\tnone'))).toEqual([]);
	await s.mustRun('zfs-lockstep reset --yes');
	await s.mustRun('zfs inherit mountpoint tank/clone');
	await s.mustRun('zfs destroy -r backup/copies');
});

s.part('nothing that the pools held is changed', async () => {
	await s.expectDataUnharmed();
});
