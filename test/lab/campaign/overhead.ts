/**
 * What the program costs: one upgrade by it, and one by a shell that is given the same commands, from the program's own
 * journal, with the looks at the host that a careful administrator takes between them. Both on a machine of their own.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { machinesFolder } from '../cache.ts';
import { quote, say } from '../host.ts';
import { upstreamVersion } from '../image/zfs-objects.ts';
import { Machine } from '../machine/machine.ts';
import type { CampaignOptions } from './power-cuts.ts';
import { CampaignRecord } from './record.ts';

interface Cost {
	readonly wall: number;
	/** Of the emulator: everything that the guest computed. */
	readonly processor: number;
}

interface Entry {
	readonly type: string;
	readonly command: string;
	readonly argv: readonly (readonly string[])[];
}

/** Before anything, before the reboot, after it, at the end. */
const looks = {
	first: 'zfs version; zpool status -x; zpool list; zfs list -t all; dkms status zfs; apt-cache policy zfs-dkms; df -h',
	beforeReboot: 'dkms status zfs; modinfo -F version zfs; lsinitramfs /boot/initrd.img-$(uname -r) | grep zfs.ko',
	afterReboot: 'zfs version; zpool status; zfs list -o name,mounted,keystatus; systemctl --failed',
	last: 'zfs version; dpkg -l "*zfs*"; dkms status zfs; modinfo -F version zfs; lsinitramfs /boot/initrd.img-$(uname -r) | grep zfs.ko',
};

/** Measures both, says the ratios and keeps them. */
export async function measureOverhead(options: Omit<CampaignOptions, 'count' | 'seed' | 'minutes'>): Promise<void> {
	const { guest, programDisk } = options;
	const record = new CampaignRecord('overhead');
	const folder = path.join(machinesFolder, 'overhead');
	const start = async (): Promise<Machine> => Machine.thaw(guest.frozen, folder, programDisk);

	let machine = await start();
	const target = upstreamVersion(guest.versions.new);
	const program: Cost[] = [];
	program.push(await cost(machine, `zfs-lockstep run --yes --target ${target}`, 4));
	await machine.reboot();
	program.push(await cost(machine, 'zfs-lockstep run --yes', 0));
	const journal = await machine.mustExec('cat /var/log/zfs-lockstep/events.jsonl');
	// what the program writes itself and its commands read: staged drop-ins, apt's preferences
	await machine.mustExec('cd / && find var/lib/zfs-lockstep/runs -type f -size -64k | tar -czf /root/run.tgz -T -');
	const written = await machine.agent.readFile('/root/run.tgz');
	await machine.remove();

	const { before, after, folders } = scripts(journal);
	record.keep('by-hand-before-the-reboot.sh', before);
	record.keep('by-hand-after-the-reboot.sh', after);
	machine = await start();
	await machine.agent.writeFile('/root/run.tgz', written);
	await machine.mustExec(`tar -C / -xzf /root/run.tgz; mkdir -p ${folders.map(quote).join(' ')}`);
	await machine.mustExec("find /var/lib/zfs-lockstep -name 'cron.d-*' -delete");
	await machine.agent.writeFile('/root/before.sh', Buffer.from(before));
	await machine.agent.writeFile('/root/after.sh', Buffer.from(after));
	const byHand = [await cost(machine, 'bash /root/before.sh', 0)];
	await machine.reboot();
	byHand.push(await cost(machine, 'bash /root/after.sh', 0));
	await machine.remove();

	const sum = (costs: readonly Cost[], key: keyof Cost): number => costs.reduce((total, one) => total + one[key], 0);
	const row = (name: string, costs: readonly Cost[]): string =>
		`${name}: ${sum(costs, 'wall').toFixed(0)} s, ${sum(costs, 'processor').toFixed(0)} s of processor`;
	const extra = sum(program, 'processor') - sum(byHand, 'processor');
	const figures = [
		row('by the program', program),
		row('the same commands by hand', byHand),
		`ratio: ${(sum(program, 'wall') / sum(byHand, 'wall')).toFixed(2)} wall, ${(sum(program, 'processor') / sum(byHand, 'processor')).toFixed(2)} processor`,
		`the program's own: ${extra.toFixed(0)} s of this emulated processor; the lab's dkms compiles nothing, twice`,
	];
	record.keep('figures.txt', `${figures.join('\n')}\n`);
	for (const figure of figures) say(figure);
}

async function cost(machine: Machine, command: string, exitCode: number): Promise<Cost> {
	const [startedAt, used] = [Date.now(), processorSeconds(machine)];
	const result = await machine.exec(command, { timeoutSeconds: 5400 });
	const measured = { wall: (Date.now() - startedAt) / 1000, processor: processorSeconds(machine) - used };
	say(
		`${command}: exit ${result.exitCode}, ${measured.wall.toFixed(0)} s, ${measured.processor.toFixed(0)} s of processor`,
	);
	if (result.exitCode !== exitCode)
		throw new Error(`${command}\n${result.stdout.slice(-4000)}\n${result.stderr.slice(-4000)}`);
	return measured;
}

/** Fields 14 and 15 of /proc/PID/stat, in hundredths of a second (proc_pid_stat(5)). */
function processorSeconds(machine: Machine): number {
	const processId = readFileSync(path.join(machine.folder, 'pid'), 'utf8').trim();
	const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
	const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
	return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** The commands of the journal as a shell script for each half, and the folders that they expect. */
function scripts(journal: string): { before: string; after: string; folders: string[] } {
	const entries = journal
		.trim()
		.split('\n')
		.map((line) => JSON.parse(line) as Entry)
		.filter(({ type }) => type === 'intent' || type === 'reading');
	const folders = new Set<string>();
	for (const word of entries.flatMap(({ argv }) => argv.flat())) {
		const [run] = /\/var\/lib\/zfs-lockstep\/runs\/[^/]+/.exec(word) ?? [];
		if (run !== undefined)
			for (const name of ['held-jobs', 'packages', 'archives/partial']) folders.add(`${run}/${name}`);
	}
	const isAfter = ({ command }: Entry): boolean => /^(?:userspace|smoke-test|finish)\./.test(command);
	const head = '#!/bin/bash\nset -euo pipefail\nexport LC_ALL=C DEBIAN_FRONTEND=noninteractive\n';
	return {
		before: `${head}${looks.first}\n${entries
			.filter((entry) => !isAfter(entry))
			.map(shellOf)
			.join('\n')}\n${looks.beforeReboot}\n`,
		after: `${head}${looks.afterReboot}\n${entries.filter(isAfter).map(shellOf).join('\n')}\n${looks.last}\n`,
		folders: [...folders],
	};
}

/** What a shell is told; with the comparison of guids that follows each receive, and the contents after each mount. */
function shellOf({ command, argv }: Entry): string {
	const words = argv.map((one) => one.map(quote).join(' '));
	const line = words.join(' | ');
	const folder = /\.packages\.|\.save\.|\.fetch\.|\.download$/.test(command) ? inFolder(argv) : line;
	if (/\.(?:create-secret|unlock-.*)$/.test(command)) return `printf 'only-for-the-smoke-test\\n' | ${line}`;
	if (command.endsWith('.interrupted')) return `(${line}) || true`;
	if (command.endsWith('.resumed')) {
		const target = argv.at(-1)?.at(-1) ?? '';
		const token = `$(zfs get -H -o value receive_resume_token ${quote(target)})`;
		return `zfs send -t "${token}" | ${words.at(-1)}; zfs list -H -o name,guid -t snapshot -r ${quote(target)}`;
	}
	if (/^smoke-test\..*\.mount-/.test(command)) return `${line}; ${sums(argv.flat().at(-1) ?? '')}`;
	if (argv.at(-1)?.[1] === 'receive') {
		return `${line}; zfs list -H -o name,guid -t snapshot -r ${quote(argv.at(-1)?.at(-1) ?? '')}`;
	}
	return folder;
}

function sums(dataset: string): string {
	return `(cd "$(zfs get -H -o value mountpoint ${quote(dataset)})" && find . -type f -exec sha256sum {} +)`;
}

/** apt-get download writes where it is started. */
function inFolder(argv: Entry['argv']): string {
	return `(cd /var/tmp && ${argv.map((one) => one.map(quote).join(' ')).join(' | ')})`;
}
