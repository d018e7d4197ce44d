/**
 * The program is killed at random moments of the smoke test of a real run, alone or with all that it started; then the
 * run goes on, or is ended by `reset`. Nothing scratch may be left either way.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machinesFolder } from '../cache.ts';
import { say } from '../host.ts';
import { Machine } from '../machine/machine.ts';
import type { CampaignOptions } from './power-cuts.ts';
import { Random } from './random.ts';
import { CampaignRecord, tally } from './record.ts';
import { lookAtData } from './slowness.ts';
import { freezeStages } from './stages.ts';

const again = JSON.stringify({ 'smoke-test.another-try': 'again' });
const goOn = 'zfs-lockstep run --yes --answers /root/answers.json';
/** What the smoke test of both pools takes on an idle machine, with the start of the program. */
const wholeSeconds = 150;
/** The share of killed attempts that are followed by another kill, as ztest kills 70 of 100. */
const killAgain = 0.6;

/** @returns true when nothing scratch was ever left */
export async function runSmokeKills(options: CampaignOptions): Promise<boolean> {
	const random = new Random(options.seed);
	const record = new CampaignRecord('smoke-kills');
	const folder = path.join(machinesFolder, 'smoke-kills');
	say(`smoke kills: ${options.count} from seed ${options.seed}`);
	const { frozenAt, data } = await freezeStages(options.guest, options.programDisk);
	const end = Date.now() + options.minutes * 60_000;
	const kills: string[] = [];
	const commands: string[] = [];
	const endings: string[] = [];
	let machine: Machine | undefined;
	try {
		while (kills.length < options.count && Date.now() < end) {
			machine = await Machine.thaw(frozenAt('before-smoke-test'), folder, options.programDisk);
			await machine.agent.writeFile('/root/answers.json', Buffer.from(again));
			const { slowness } = await lookAtData(machine);
			let finished = false;
			do {
				const attempt = await killAtRandom(machine, random, slowness);
				finished = attempt === 'finished';
				if (!finished) {
					kills.push(attempt);
					commands.push(await commandAtWork(machine));
				}
			} while (!finished && kills.length < options.count && random.chance(killAgain));
			const ending = finished || random.chance(0.5) ? 'resume' : 'reset';
			const violations = await conclude(machine, ending, finished, data);
			endings.push(finished ? 'finished before it was killed' : ending);
			record.add({ case: endings.length, kills: kills.length, during: commands.at(-1), ending, violations });
			say(`case ${endings.length}: ${ending} after ${kills.length} kills in all`);
			if (violations.length > 0) {
				const log = await machine.exec('tail -n 40 /root/run.log; zfs list -t all; ps -e -o pid,args | grep zfs');
				record.keep(`case-${endings.length}.txt`, log.stdout);
			}
		}
	} finally {
		await machine?.remove();
		const figures = [
			`${kills.length} kills from seed ${options.seed}, ${record.violations.length} violations`,
			`killed: ${tally(kills)}`,
			`in the middle of: ${tally(commands)}`,
			`then: ${tally(endings)}`,
		];
		record.keep('figures.txt', `${figures.join('\n')}\n`);
		for (const figure of figures) say(figure);
	}
	return record.violations.length === 0;
}

async function killAtRandom(
	machine: Machine,
	random: Random,
	slowness: number,
): Promise<'finished' | 'alone' | 'with all it started'> {
	const unit = `lab-smoke-${Date.now()}`;
	await machine.mustExec('rm -f /root/exit');
	await machine.mustExec(
		`systemd-run --quiet --collect --unit=${unit} sh -c '${goOn} > /root/run.log 2>&1; echo $? > /root/exit'`,
	);
	const wait = random.between(2, wholeSeconds) * slowness * 1000;
	const isAlone = random.chance(0.5);
	for (const startedAt = Date.now(); Date.now() - startedAt < wait; ) {
		await sleep(Math.min(1000, wait));
		if ((await machine.exec('test -e /root/exit')).exitCode === 0) return 'finished';
	}
	// the first node below the unit's shell is the program; a job of it would be in a unit of its own
	const kill = isAlone ? `pkill -KILL -o -f '/cli.js run|bin/zfs-lockstep run'` : `systemctl kill -s KILL ${unit}`;
	await machine.exec(kill);
	await sleep(500);
	return isAlone ? 'alone' : 'with all it started';
}

/** The recorded intent: what was at work in the step; `none` between two commands, or while the host was read. */
async function commandAtWork(machine: Machine): Promise<string> {
	const state = JSON.parse(await machine.mustExec('cat /var/lib/zfs-lockstep/state.json')) as Recorded;
	const intent = (state.state ?? state).intent?.command.id ?? 'none';
	return intent.replace(/^smoke-test\.[^.]*\./, '');
}

interface Recorded {
	readonly state?: Recorded;
	readonly intent?: { readonly command: { readonly id: string } } | null;
}

async function conclude(
	machine: Machine,
	ending: 'resume' | 'reset',
	isFinished: boolean,
	data: string,
): Promise<string[]> {
	const violations: string[] = [];
	if (!isFinished) {
		const command = ending === 'resume' ? goOn : 'zfs-lockstep reset --yes';
		const result = await machine.exec(`${command} > /root/run.log 2>&1`, { timeoutSeconds: 1800 });
		if (result.exitCode !== 0) violations.push(`${ending} ends with 0, not ${result.exitCode}`);
	}
	const scratch = await machine.exec("zfs list -H -o name -t all | grep '\\.smoke'; grep '\\.smoke' /proc/mounts");
	if (scratch.stdout !== '') violations.push(`${ending}: nothing scratch is left: ${scratch.stdout.trim()}`);
	const running = await machine.exec("ps -e -o args= | grep -E '^zfs (send|receive)'");
	if (running.stdout !== '') violations.push(`${ending}: no send is left running: ${running.stdout.trim()}`);
	const held = await machine.exec('apt-mark showhold');
	if (held.stdout !== '') violations.push(`${ending}: no package is left on hold`);
	if ((await machine.mustExec('/usr/local/lib/lab/fingerprint')) !== data)
		violations.push(`${ending}: data are as before`);
	return violations;
}
