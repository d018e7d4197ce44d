/** One virtual machine: a folder with its disks, powered on and off like a real one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { run, waitFor } from '../host.ts';
import { type CommandResult, type ExecOptions, GuestAgent } from './agent.ts';
import { diskNames, type MachineShape, type PowerOnOptions, poolDiskGiB, qemuArguments } from './qemu.ts';
import { qmp } from './qmp.ts';

/** Longest that a boot took on two busy cores, with much to spare. */
const bootSeconds = 300;

export class Machine {
	readonly folder: string;
	readonly shape: MachineShape;
	readonly agent: GuestAgent;

	private constructor(folder: string, shape: MachineShape) {
		this.folder = folder;
		this.shape = shape;
		this.agent = new GuestAgent(path.join(folder, 'agent.sock'));
	}

	/** A new machine whose root disk starts as a copy of `rootDisk` (never written to), with empty pool disks; still off. */
	static async create(folder: string, shape: MachineShape, rootDisk: string, programDisk: string): Promise<Machine> {
		await Machine.#makeFolder(folder, shape, programDisk);
		const format = rootDisk.endsWith('.raw') ? 'raw' : 'qcow2';
		for (const name of diskNames(shape)) {
			const backing = name === 'root' ? ['-b', rootDisk, '-F', format] : [];
			const size = name === 'root' ? [] : [`${poolDiskGiB}G`];
			await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, path.join(folder, `${name}.qcow2`), ...size]);
		}
		return new Machine(folder, shape);
	}

	/** A running machine that goes on from a frozen one; as many as wanted from the same. */
	static async thaw(
		frozen: string,
		folder: string,
		programDisk: string,
		options: Omit<PowerOnOptions, 'kernel' | 'memoryImage'> = {},
	): Promise<Machine> {
		const shape = readShape(frozen);
		await Machine.#makeFolder(folder, shape, programDisk);
		for (const name of diskNames(shape)) {
			const backing = ['-b', path.join(frozen, `${name}.qcow2`), '-F', 'qcow2'];
			await run('qemu-img', ['create', '-q', '-f', 'qcow2', ...backing, path.join(folder, `${name}.qcow2`)]);
		}
		const machine = new Machine(folder, shape);
		await machine.powerOn({ ...options, memoryImage: path.join(frozen, 'memory.zst') });
		await waitFor('the frozen memory', 60, async () => {
			const { status } = (await machine.#qmp('query-status')) as { status: string };
			return status === 'paused' ? true : undefined;
		});
		await machine.#qmp('cont');
		await machine.waitUntilUp(60);
		await machine.#setClock();
		await machine.mustExec('mount /opt/zfs-lockstep');
		return machine;
	}

	/** The machine of an earlier process that left it in that folder, on or off. */
	static reopen(folder: string): Machine {
		return new Machine(folder, readShape(folder));
	}

	static async #makeFolder(folder: string, shape: MachineShape, programDisk: string): Promise<void> {
		if (existsSync(folder)) {
			await Machine.reopen(folder).cutPower();
			rmSync(folder, { recursive: true });
		}
		mkdirSync(folder, { recursive: true });
		writeFileSync(path.join(folder, 'shape.json'), JSON.stringify(shape));
		await run('cp', ['--sparse=always', programDisk, path.join(folder, 'program.raw')]);
	}

	socket(name: 'hvc' | 'qmp' | 'serial'): string {
		return path.join(this.folder, `${name}.sock`);
	}

	get isOn(): boolean {
		return this.#processId() !== undefined;
	}

	/** Starts the machine with the disks as they are; does not wait for the guest. */
	async powerOn(options: PowerOnOptions = {}): Promise<void> {
		await run('qemu-system-x86_64', qemuArguments(this.folder, this.shape, options));
	}

	/** @returns seconds until the guest's agent answered */
	async waitUntilUp(seconds = bootSeconds): Promise<number> {
		const startedAt = Date.now();
		await waitFor('the guest', seconds, async () => ((await this.agent.answers(1500)) ? true : undefined));
		return (Date.now() - startedAt) / 1000;
	}

	/**
	 * What a failing power supply does: nothing of the guest runs on, and what it had not flushed to its disks is gone.
	 * (QEMU keeps newly allocated clusters in its own memory until the guest flushes.)
	 */
	async cutPower(): Promise<void> {
		this.agent.close();
		const processId = this.#processId();
		if (processId !== undefined) {
			process.kill(processId, 'SIGKILL');
			await waitFor('the end of the machine', 30, () => (this.isOn ? undefined : true), 50);
		}
	}

	/** Cuts the power and forgets the disks. */
	async remove(): Promise<void> {
		await this.cutPower();
		rmSync(this.folder, { recursive: true, force: true });
	}

	/** The reset button: the guest loses its memory, the disks keep what was written to them. */
	async reset(): Promise<void> {
		await this.#qmp('system_reset');
	}

	/** Reboots in the guest's own orderly way and waits for the next boot. @returns seconds from the request to the agent */
	async reboot(): Promise<number> {
		const startedAt = Date.now();
		const before = await this.bootId();
		await this.#start('reboot');
		await this.waitForBootAfter(before);
		return (Date.now() - startedAt) / 1000;
	}

	/** Waits until the guest runs under another boot id, whoever asked for the reboot. */
	async waitForBootAfter(bootId: string, seconds = bootSeconds): Promise<void> {
		await waitFor(
			`a boot after ${bootId}`,
			seconds,
			async () => {
				if (!(await this.agent.answers(1500))) {
					return undefined;
				}
				const now = await this.bootId().catch(() => bootId);
				return now === bootId ? undefined : true;
			},
			1000,
		);
	}

	async bootId(): Promise<string> {
		return (await this.mustExec('cat /proc/sys/kernel/random/boot_id', { timeoutSeconds: 20 })).trim();
	}

	exec(command: string, options?: ExecOptions): Promise<CommandResult> {
		return this.agent.exec(command, options);
	}

	/** @returns stdout @throws Error with all output unless the command exits 0 */
	async mustExec(command: string, options?: ExecOptions): Promise<string> {
		const result = await this.exec(command, options);
		if (result.exitCode !== 0) {
			throw new Error(`in the guest, exit ${result.exitCode}: ${command}\n${result.stdout}${result.stderr}`);
		}
		return result.stdout;
	}

	/** Powers off in order and waits for the end. */
	async shutDown(): Promise<void> {
		await this.#start('poweroff');
		await waitFor('power off', bootSeconds, () => (this.isOn ? undefined : true));
		this.agent.close();
	}

	/** Ends this machine by writing its memory and disks to a folder that `thaw` can start from. */
	async freezeTo(frozen: string): Promise<void> {
		mkdirSync(frozen, { recursive: true });
		this.agent.close();
		await this.#qmp('stop');
		await this.#qmp('migrate-set-parameters', { 'max-bandwidth': 10 * 2 ** 30 });
		await this.#qmp('migrate', { uri: `exec:zstd -q -3 -f -o '${path.join(frozen, 'memory.zst')}'` });
		await waitFor('the memory image', 120, async () => {
			const { status } = (await this.#qmp('query-migrate')) as { status: string };
			if (status === 'failed') {
				throw new Error('the machine could not be frozen');
			}
			return status === 'completed' ? true : undefined;
		});
		await this.#qmp('quit');
		await waitFor('the end of the machine', 30, () => (this.isOn ? undefined : true), 50);
		for (const name of diskNames(this.shape)) {
			// without the chain of files that it was made from
			const [from, to] = [this.folder, frozen].map((folder) => path.join(folder, `${name}.qcow2`)) as [string, string];
			await run('qemu-img', ['convert', '-O', 'qcow2', from, to]);
		}
		writeFileSync(path.join(frozen, 'shape.json'), JSON.stringify(this.shape));
	}

	/** Without waiting for its end: the agent may be gone before it could tell. */
	async #start(verb: 'reboot' | 'poweroff'): Promise<void> {
		await this.agent.call('guest-exec', { path: '/bin/systemctl', arg: ['--no-block', verb] });
	}

	/** A thawed guest still believes that it is the moment of the freezing. */
	async #setClock(): Promise<void> {
		await this.mustExec(`date -u -s @${Math.floor(Date.now() / 1000)}`);
	}

	#qmp(execute: string, args?: Record<string, unknown>): Promise<unknown> {
		return qmp(this.socket('qmp'), execute, args);
	}

	/** Undefined unless a process of that number runs with this folder on its command line. */
	#processId(): number | undefined {
		try {
			const processId = Number(readFileSync(path.join(this.folder, 'pid'), 'utf8'));
			const commandLine = readFileSync(`/proc/${processId}/cmdline`, 'utf8');
			return commandLine.includes(`${this.folder}/`) ? processId : undefined;
		} catch {
			return undefined;
		}
	}
}

/** Names of the machines below a folder, on or off. */
export function machinesIn(folder: string): string[] {
	return existsSync(folder)
		? readdirSync(folder).filter((name) => existsSync(path.join(folder, name, 'shape.json')))
		: [];
}

function readShape(folder: string): MachineShape {
	return JSON.parse(readFileSync(path.join(folder, 'shape.json'), 'utf8')) as MachineShape;
}
