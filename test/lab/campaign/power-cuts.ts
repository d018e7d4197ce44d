/**
 * Power is cut at random moments of upgrades, again and again in the same one: cut, boot, examine, go on, cut. A machine
 * begins at one of the stages of an upgrade and after a few cuts goes on undisturbed to the end of the run, or to the
 * reboot. Some runs are rolled back instead, under cuts as well. The seed fixes every choice that is made here; what the
 * guest is at in that second depends on the speed of this machine.
 */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { machinesFolder } from '../cache.ts';
import { say } from '../host.ts';
import type { Guest } from '../image/build.ts';
import { upstreamVersion } from '../image/zfs-objects.ts';
import { Machine } from '../machine/machine.ts';
import type { CacheMode } from '../machine/qemu.ts';
import { readVersions } from '../scenario/versions.ts';
import { Random } from './random.ts';
import { CampaignRecord, tally } from './record.ts';
import { lookAtData } from './slowness.ts';
import { freezeStages, type Stage, type Stages } from './stages.ts';
import { examine, type Truth } from './truth.ts';

export interface CampaignOptions {
	readonly guest: Guest;
	readonly programDisk: string;
	readonly count: number;
	readonly seed: number;
	/** Ends after the case that is under way then. */
	readonly minutes: number;
}

/** A write cache that loses what was not flushed, none at all, and one without the host's page cache below it. */
const cacheModes: readonly CacheMode[] = ['writeback', 'writethrough', 'none'];
/** Longest wait before a cut on an idle machine: a boot and a look take as long, so a cut costs two minutes. */
const longestSeconds = 60;
/** Where a machine begins, and how often: what changes the host most, most often. */
const beginnings: readonly { readonly stage: Stage; readonly share: number }[] = [
	{ stage: 'start', share: 0.25 },
	{ stage: 'before-reboot', share: 0.2 },
	{ stage: 'after-reboot', share: 0.35 },
	{ stage: 'before-smoke-test', share: 0.1 },
	{ stage: 'finished', share: 0.1 },
];
/** Cuts of one machine, then it goes on undisturbed. */
const mostCuts = 5;
const rollbackChance = 0.1;
const rebootCutChance = 0.5;
/** Seconds that a run or a way back may take without a cut, on a busy machine. */
const patience = 5400;
const steps = ['check', 'backup', 'module', 'reboot', 'verify', 'userspace', 'smoke-test'];

interface Case {
	readonly machine: number;
	/** Where this machine began. */
	readonly from: Stage;
	readonly cut: number;
	readonly cacheMode: CacheMode;
	readonly during: string;
	readonly afterSeconds: number;
	readonly bootSeconds: number;
	readonly step: string;
	readonly intent: string;
	readonly violations: readonly string[];
}

class PowerCuts {
	readonly #options: CampaignOptions;
	readonly #random: Random;
	readonly #record = new CampaignRecord('power-cuts');
	readonly #cases: Case[] = [];
	readonly #endings: string[] = [];
	#end = 0;
	#machine: Machine | undefined;
	#number = 0;
	#cacheMode: CacheMode = 'writeback';
	#stages: Stages | undefined;
	#stage: Stage = 'start';
	#cutsLeft = 0;
	#isGoingBack = false;
	#slowness = 1;

	constructor(options: CampaignOptions) {
		this.#options = options;
		this.#random = new Random(options.seed);
	}

	async run(): Promise<boolean> {
		const { count, seed } = this.#options;
		say(`power cuts: ${count} from seed ${seed}`);
		this.#stages = await freezeStages(this.#options.guest, this.#options.programDisk);
		this.#end = Date.now() + this.#options.minutes * 60_000;
		try {
			while (this.#isOpen) await this.#oneUpgrade();
		} finally {
			await this.#machine?.remove();
			this.#conclude();
		}
		return this.#record.violations.length === 0;
	}

	get #isOpen(): boolean {
		return this.#cases.length < this.#options.count && Date.now() < this.#end;
	}

	get #data(): string {
		return this.#stages?.data ?? '';
	}

	get #guest(): Machine {
		if (this.#machine === undefined) throw new Error('no machine is up');
		return this.#machine;
	}

	async #oneUpgrade(): Promise<void> {
		await this.#newMachine();
		const { old, new: target } = this.#options.guest.versions;
		if (this.#stage === 'finished') return this.#finish('rolled back', await this.#rollBack(), old);
		if (this.#stage === 'before-reboot') await this.#reboot();
		for (let failures = 0; ; ) {
			const wasCut = this.#cuts(this.#number) > 0;
			if (wasCut && this.#stage !== 'before-smoke-test' && this.#random.chance(rollbackChance)) {
				return this.#finish('rolled back', await this.#rollBack(), old);
			}
			const exit = await this.#runUntilCut(`zfs-lockstep run --yes --answers /root/answers.json`, 'run');
			if (exit === 'cut') continue;
			if (exit === '0') return this.#finish('upgraded', [], target);
			if (exit === '4') {
				if (this.#cutsLeft === 0) return this.#rest();
				await this.#reboot();
				continue;
			}
			failures += 1;
			const log = await this.#guest.exec('tail -n 25 /root/run.log');
			say(`machine ${this.#number}: exit ${exit}: ${log.stdout.trim().split('\n').slice(-4).join(' | ')}`);
			this.#record.keep(`machine-${this.#number}-exit-${exit}-${failures}.txt`, log.stdout);
			if (exit === '6') return this.#finish('rolled back, as it said', await this.#rollBack(), old);
			if (failures === 3) return this.#finish(`stuck with exit ${exit}`, [`the run goes on (exit ${exit})`], undefined);
		}
	}

	/** Enough cuts: the run waits for its reboot, and other machines begin behind it. */
	async #rest(): Promise<void> {
		const { violations } = await this.#examine();
		await this.#close('waits for its reboot', violations);
	}

	#examine(): Promise<Truth> {
		const expected = { versions: this.#options.guest.versions, data: this.#data, isGoingBack: this.#isGoingBack };
		return examine(this.#guest, expected);
	}

	async #newMachine(): Promise<void> {
		const mode = cacheModes[(this.#options.seed + this.#number) % cacheModes.length] ?? 'writeback';
		this.#number += 1;
		this.#cacheMode = mode;
		this.#stage = this.#chooseStage();
		this.#isGoingBack = false;
		this.#cutsLeft = Math.ceil(this.#random.between(1, mostCuts));
		await this.#machine?.remove();
		// a frozen guest has seen disks with a write cache
		const thawedMode = mode === 'writethrough' ? 'writeback' : mode;
		const folder = path.join(machinesFolder, 'power-cuts');
		this.#machine = await Machine.thaw(this.#frozenAt(this.#stage), folder, this.#options.programDisk, {
			cacheMode: thawedMode,
		});
		const answers = Object.fromEntries(steps.map((step) => [`${step}.another-try`, 'again']));
		await this.#guest.agent.writeFile('/root/answers.json', Buffer.from(JSON.stringify(answers)));
		// dpkg syncs what it unpacks, as on a real host
		await this.#guest.mustExec('rm -f /etc/dpkg/dpkg.cfg.d/lab; sync');
		if (mode === 'writethrough') await this.#bootAfterCut();
		const { data, slowness } = await lookAtData(this.#guest);
		if (data !== this.#data) throw new Error(`${this.#stage} does not begin with the data of the guest`);
		this.#slowness = slowness;
		say(
			`machine ${this.#number}: from ${this.#stage}, disks ${mode}, ${this.#slowness.toFixed(1)} times slower than idle`,
		);
	}

	#chooseStage(): Stage {
		let drawn = this.#random.next();
		for (const { stage, share } of beginnings) {
			if (drawn < share) return stage;
			drawn -= share;
		}
		return 'start';
	}

	#frozenAt(stage: Stage): string {
		if (this.#stages === undefined) throw new Error('the stages are not frozen yet');
		return this.#stages.frozenAt(stage);
	}

	/** @returns the exit code of a command that ended before its power was cut, else `cut` */
	async #runUntilCut(command: string, during: string): Promise<string> {
		const target = upstreamVersion(this.#options.guest.versions.new);
		const wholeCommand = during === 'run' ? `${command} --target ${target}` : command;
		await this.#guest.mustExec('rm -f /root/exit');
		await this.#guest.mustExec(
			`systemd-run --quiet --collect sh -c '${wholeCommand} > /root/run.log 2>&1; echo $? > /root/exit'`,
		);
		const startedAt = Date.now();
		const isCut = this.#mayCut();
		const delay = isCut ? this.#random.between(1, longestSeconds) * this.#slowness * 1000 : patience * 1000;
		while (Date.now() - startedAt < delay) {
			await sleep(Math.min(2000, delay));
			const exit = await this.#guest.exec('cat /root/exit 2>/dev/null');
			if (exit.stdout.trim() !== '') return exit.stdout.trim();
		}
		if (!isCut) throw new Error(`machine ${this.#number}: ${command} did not end within ${patience} s`);
		await this.#cut(during, (Date.now() - startedAt) / 1000);
		return 'cut';
	}

	#mayCut(): boolean {
		return this.#cutsLeft > 0 && this.#isOpen;
	}

	/** An orderly reboot, often with the power cut on its way down or up. */
	async #reboot(): Promise<void> {
		if (!this.#mayCut() || !this.#random.chance(rebootCutChance)) {
			await this.#guest.reboot();
			return;
		}
		const seconds = this.#random.between(0.5, 45) * this.#slowness;
		await this.#guest.agent.call('guest-exec', { path: '/bin/systemctl', arg: ['--no-block', 'reboot'] });
		await sleep(seconds * 1000);
		await this.#cut('reboot', seconds);
	}

	async #cut(during: string, afterSeconds: number): Promise<void> {
		const bootSeconds = await this.#bootAfterCut();
		const truth = await this.#examine();
		const entry: Case = {
			machine: this.#number,
			from: this.#stage,
			cut: this.#cases.length + 1,
			cacheMode: this.#cacheMode,
			during,
			afterSeconds: Math.round(afterSeconds),
			bootSeconds: Math.round(bootSeconds),
			step: truth.step,
			intent: truth.intent,
			violations: truth.violations,
		};
		this.#cases.push(entry);
		this.#cutsLeft -= 1;
		this.#record.add({ ...entry });
		say(
			`cut ${entry.cut} on machine ${entry.machine}: in ${entry.during}, step ${entry.step}, command ${entry.intent}`,
		);
	}

	async #bootAfterCut(): Promise<number> {
		await this.#guest.cutPower();
		await this.#guest.powerOn({ cacheMode: this.#cacheMode });
		return this.#guest.waitUntilUp(900);
	}

	/** The way back, with reboots where it asks for them, and with the cuts that this machine has left. */
	async #rollBack(): Promise<string[]> {
		this.#isGoingBack = true;
		for (let tries = 0; tries < 6 + mostCuts; tries += 1) {
			const exit = await this.#runUntilCut('zfs-lockstep rollback --run --yes', 'rollback');
			if (exit === '0' || exit === '77') return [];
			if (exit === '4') await this.#reboot();
			else if (exit !== 'cut') say(`machine ${this.#number}: rollback exit ${exit}`);
		}
		const log = await this.#guest.exec('tail -n 25 /root/run.log');
		this.#record.keep(`machine-${this.#number}-rollback.txt`, log.stdout);
		return ['the way back leads back'];
	}

	/** The end of one upgrade: versions, data, nothing left over. */
	async #finish(ending: string, found: readonly string[], expected: string | undefined): Promise<void> {
		const violations = [...found];
		const real = await readVersions(this.#guest);
		if (expected !== undefined) {
			const places = Object.entries(real).filter(([place]) => place !== 'packages');
			for (const [place, version] of places) {
				if (version !== expected) violations.push(`${ending}: ${place} is ${expected}, not ${version}`);
			}
			const audit = await this.#guest.exec('dpkg --audit; apt-get check -qq 2>&1');
			if (audit.stdout !== '') violations.push(`${ending}: dpkg has nothing left to do`);
			const held = await this.#guest.exec(
				'apt-mark showhold; ls /etc/systemd/system/*.d/zz-zfs-lockstep-hold.conf 2>/dev/null',
			);
			if (held.stdout !== '') violations.push(`${ending}: nothing is on hold (${held.stdout.trim()})`);
			const scratch = await this.#guest.exec("zfs list -H -o name | grep '/zfs-lockstep-'");
			if (scratch.stdout !== '') violations.push(`${ending}: nothing scratch is left (${scratch.stdout.trim()})`);
			const data = await this.#guest.exec('/usr/local/lib/lab/fingerprint');
			if (data.stdout !== this.#data) violations.push(`${ending}: data are as before`);
			const sends = await this.#guest.exec('/usr/local/lib/lab/smoke', { timeoutSeconds: 900 });
			if (sends.exitCode !== 0) violations.push(`${ending}: sends of every kind work (${sends.stdout})`);
		}
		await this.#close(ending, violations);
	}

	async #close(ending: string, violations: readonly string[]): Promise<void> {
		this.#endings.push(ending);
		this.#record.add({ machine: this.#number, ending, violations });
		say(`machine ${this.#number}: ${ending}, after ${this.#cuts(this.#number)} cuts`);
		if (violations.length > 0) {
			await this.#guest.exec(
				'tar -C / -czf /root/logs.tgz var/lib/zfs-lockstep var/log/zfs-lockstep var/log/apt var/log/dpkg.log',
			);
			const logs = await this.#guest.agent.readFile('/root/logs.tgz');
			this.#record.keep(`machine-${this.#number}-logs.tgz`, logs);
		}
	}

	#cuts(machine: number): number {
		return this.#cases.filter((one) => one.machine === machine).length;
	}

	#conclude(): void {
		const figures = [
			`${this.#cases.length} power cuts from seed ${this.#options.seed}, ${this.#record.violations.length} violations`,
			`disks: ${tally(this.#cases.map(({ cacheMode }) => cacheMode))}`,
			`from: ${tally(this.#cases.map(({ from }) => from))}`,
			`during: ${tally(this.#cases.map(({ during }) => during))}`,
			`step: ${tally(this.#cases.map(({ step }) => step))}`,
			`in the middle of: ${tally(this.#cases.map(({ intent }) => intent.replace(/\.\d.*$/, '')))}`,
			`upgrades: ${tally(this.#endings)}`,
			...new Set(this.#record.violations),
		];
		this.#record.keep('figures.txt', `${figures.join('\n')}\n`);
		for (const figure of figures) say(figure);
	}
}

/** @returns true when every invariant held after every cut */
export function runPowerCuts(options: CampaignOptions): Promise<boolean> {
	return new PowerCuts(options).run();
}
