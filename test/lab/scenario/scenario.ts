/** A scenario: one machine from the frozen guest, parts that follow each other, a transcript of it all. */
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { machinesFolder } from '../cache.ts';
import type { Guest } from '../image/build.ts';
import { upstreamVersion } from '../image/zfs-objects.ts';
import type { CommandResult, ExecOptions } from '../machine/agent.ts';
import { Machine } from '../machine/machine.ts';
import type { CacheMode } from '../machine/qemu.ts';
import { Transcript } from './transcript.ts';
import { readVersions, type Versions } from './versions.ts';

/** What `main.ts run` hands to the scenarios. */
function fromCommandLine(name: 'LOCKSTEP_LAB_GUEST' | 'LOCKSTEP_LAB_PROGRAM'): string {
	const value = process.env[name];
	if (value === undefined) {
		throw new Error('Scenarios are started by: node test/lab/main.ts run');
	}
	return value;
}

export const guest = JSON.parse(fromCommandLine('LOCKSTEP_LAB_GUEST')) as Guest;
/** The version of after the upgrade as users name it: 2.3.2. */
export const newVersion = upstreamVersion(guest.versions.new);

const recordsInGuest = 'var/lib/zfs-lockstep var/log/zfs-lockstep var/log/dpkg.log var/log/apt var/log/journal';

export interface ScenarioOptions {
	readonly cacheMode?: CacheMode;
	/** Lines of the fingerprint that jobs of the guest change by themselves. */
	readonly changing?: RegExp;
}

export class Scenario {
	readonly transcript: Transcript;
	readonly #name: string;
	#machine: Machine | undefined;
	#changing: RegExp | undefined;
	#before = '';
	#failed = false;

	constructor(name: string) {
		this.#name = name;
		this.transcript = new Transcript(name);
	}

	get machine(): Machine {
		if (this.#machine === undefined) {
			throw new Error('the machine of this scenario did not start');
		}
		return this.#machine;
	}

	/** A promise to the user, proven in order; the parts after one that failed would prove nothing and are skipped. */
	part(promise: string, prove: () => Promise<void>): void {
		test(promise, async (context) => {
			context.skip(this.#failed, 'an earlier part of this scenario failed');
			this.transcript.heading(promise);
			try {
				await prove();
			} catch (error) {
				this.#failed = true;
				this.transcript.screen('failed', String(error));
				throw error;
			}
		});
	}

	async start(options: ScenarioOptions): Promise<void> {
		this.#changing = options.changing;
		const folder = path.join(machinesFolder, this.#name);
		this.#machine = await Machine.thaw(guest.frozen, folder, fromCommandLine('LOCKSTEP_LAB_PROGRAM'), options);
		await this.rememberData();
		await this.versions('at the start');
	}

	/** What `expectDataUnharmed` compares with: the data as they are now. */
	async rememberData(): Promise<void> {
		this.#before = await this.#fingerprint();
		this.transcript.keep('fingerprint-before.txt', this.#before);
	}

	/** Saves the program's own records and the package manager's logs, then forgets the machine. */
	async end(): Promise<void> {
		if (this.#machine?.isOn) {
			await this.machine.exec(`tar -C / -czf /tmp/logs.tgz ${recordsInGuest} 2>/dev/null`);
			this.transcript.keep('guest-logs.tgz', await this.machine.agent.readFile('/tmp/logs.tgz'));
		}
		if (process.env.LOCKSTEP_LAB_KEEP === undefined) {
			await this.#machine?.remove();
		}
	}

	/** Runs a shell command in the guest and writes it down. */
	async run(command: string, options?: ExecOptions): Promise<CommandResult> {
		const result = await this.machine.exec(command, { timeoutSeconds: 1800, ...options });
		this.transcript.command(result);
		return result;
	}

	/** The same where only one exit code will do; a failure shows all output. */
	async mustRun(command: string, exitCode = 0, options?: ExecOptions): Promise<CommandResult> {
		const result = await this.run(command, options);
		expect(result.exitCode, `${command}\n${result.stdout}\n${result.stderr}`).toBe(exitCode);
		return result;
	}

	async versions(when: string): Promise<Versions> {
		const versions = await readVersions(this.machine);
		this.transcript.versions(when, versions);
		return versions;
	}

	/** Every place holds this one version, and dpkg has nothing left to do. */
	async expectLockstep(when: string, debianVersion: string): Promise<void> {
		const packages = ['zfs-dkms', 'zfs-initramfs', 'zfs-zed', 'zfsutils-linux'].map(
			(name) => `${name}=${debianVersion}`,
		);
		const versions = await this.versions(when);
		expect({ ...versions, packages: versions.packages.split(' ').toSorted() }).toEqual({
			userspace: debianVersion,
			loaded: debianVersion,
			onDisk: debianVersion,
			inInitramfs: debianVersion,
			packages,
		});
		expect(await this.machine.mustExec('dpkg --audit; apt-get check -qq 2>&1')).toBe('');
	}

	/** Data, snapshots, properties, mounts and keys are what they were at the start. */
	async expectDataUnharmed(): Promise<void> {
		const now = await this.#fingerprint();
		this.transcript.keep('fingerprint-last.txt', now);
		expect(now.split('\n')).toEqual(this.#before.split('\n'));
		const health = await this.mustRun('zpool status -x; zpool list -H -o name,health');
		expect(health.stdout).toContain('all pools are healthy');
		expect(health.stdout).toContain('backup\tONLINE\ntank\tONLINE');
	}

	/** Sends and receives of every kind work, by the guest's own tools. */
	async expectSendsWork(): Promise<void> {
		const { stdout } = await this.mustRun('/usr/local/lib/lab/smoke');
		expect(stdout.split('\n').filter((line) => line !== '' && !line.endsWith(': ok'))).toEqual([]);
	}

	/** An orderly reboot asked for outside the program. */
	async reboot(): Promise<void> {
		const seconds = await this.machine.reboot();
		this.transcript.heading(`rebooted in ${seconds.toFixed(0)} s`);
	}

	/** The machine after a failing power supply: off, then on again and booted. */
	async cutPowerAndBoot(options: ScenarioOptions): Promise<void> {
		await this.machine.cutPower();
		await this.machine.powerOn(options);
		const seconds = await this.machine.waitUntilUp();
		this.transcript.heading(`power cut; on again, up after ${seconds.toFixed(0)} s`);
	}

	async #fingerprint(): Promise<string> {
		const lines = (await this.machine.mustExec('/usr/local/lib/lab/fingerprint')).split('\n');
		return lines.filter((line) => this.#changing?.test(line) !== true).join('\n');
	}
}

/** Registers the machine's start and end with the test runner. */
export function scenario(name: string, options: ScenarioOptions = {}): Scenario {
	const made = new Scenario(name);
	beforeAll(() => made.start(options));
	afterAll(() => made.end());
	return made;
}
