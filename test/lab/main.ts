/** `node test/lab/main.ts COMMAND`: see README.md. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { cacheFolder, machinesFolder, resultsFolder } from './cache.ts';
import { measureOverhead } from './campaign/overhead.ts';
import { type CampaignOptions, runPowerCuts } from './campaign/power-cuts.ts';
import { runSmokeKills } from './campaign/smoke-kills.ts';
import { say } from './host.ts';
import { buildGuest } from './image/build.ts';
import { Machine, machinesIn } from './machine/machine.ts';
import { makeProgramDisk, type Program, repository } from './machine/program-disk.ts';
import { type CacheMode, cacheModes } from './machine/qemu.ts';

const usage = `usage: node test/lab/main.ts COMMAND
  build                     make the guest, or what of it is not in the cache
  run [NAME...]             run the scenarios (all, or those whose file name contains a NAME)
  power-cuts                cut the power again and again during upgrades (--count, --seed, --minutes)
  smoke-kills               kill the smoke test again and again (--count, --seed, --minutes)
  overhead                  an upgrade by the program beside the same commands by hand
  up MACHINE                start a machine from the frozen guest
  exec MACHINE -- COMMAND   run a shell command in it
  shell MACHINE             its console on this terminal; leave with Ctrl-]
  reboot MACHINE            reboot it in order
  cut MACHINE               cut its power;  on MACHINE  switches it on again
  down MACHINE...           end and forget machines;  list  names them
options: --program FILE     a standalone executable instead of dist/
         --dist FOLDER      a build in another place than dist/
         --bare             no program at all
         --cache-mode MODE  unsafe, writeback, none or writethrough
A first word that is no command is the name of a scenario to run.
cache: ${cacheFolder}
`;

const { values, positionals } = parseArgs({
	allowPositionals: true,
	options: {
		program: { type: 'string' },
		dist: { type: 'string', default: path.join(repository, 'dist') },
		bare: { type: 'boolean', default: false },
		'cache-mode': { type: 'string', default: 'unsafe' },
		count: { type: 'string', default: '200' },
		seed: { type: 'string', default: String(Date.now() % 1_000_000) },
		minutes: { type: 'string', default: '100000' },
	},
});
const [command, ...names] = positionals;
const [name = ''] = names;
process.exitCode = await main();

async function main(): Promise<number> {
	const needsMachine = ['up', 'exec', 'shell', 'reboot', 'cut', 'on', 'down'].includes(command ?? '');
	if (needsMachine && !/^[\w-]+$/.test(name)) {
		process.stderr.write(usage);
		return 2;
	}
	switch (command) {
		case 'build':
			await buildGuest();
			return 0;
		case 'run':
			return runScenarios(names);
		case 'power-cuts':
			return (await runPowerCuts(await campaign())) ? 0 : 1;
		case 'smoke-kills':
			return (await runSmokeKills(await campaign())) ? 0 : 1;
		case 'overhead':
			await measureOverhead(await campaign());
			return 0;
		case 'up':
			return up();
		case 'exec':
			return exec(names.slice(1).join(' '));
		case 'shell':
			return attachTerminal();
		case 'reboot':
			say(`rebooted in ${(await machine().reboot()).toFixed(0)} s`);
			return 0;
		case 'cut':
			await machine().cutPower();
			return 0;
		case 'on':
			await machine().powerOn({ cacheMode: cacheMode() });
			say(`up after ${(await machine().waitUntilUp()).toFixed(0)} s`);
			return 0;
		case 'down':
			for (const each of names) {
				await Machine.reopen(path.join(machinesFolder, each)).remove();
			}
			return 0;
		case 'list':
			for (const each of machinesIn(machinesFolder)) {
				const isOn = Machine.reopen(path.join(machinesFolder, each)).isOn;
				process.stdout.write(`${each} ${isOn ? 'on' : 'off'}\n`);
			}
			return 0;
		case 'help':
			process.stdout.write(usage);
			return 0;
		default:
			return runScenarios(positionals);
	}
}

async function campaign(): Promise<CampaignOptions> {
	const number = (text: string): number => {
		const value = Number(text);
		if (!Number.isSafeInteger(value) || value < 0) throw new Error(`not a number: ${text}`);
		return value;
	};
	const { count, seed, minutes } = values;
	const guest = await buildGuest();
	const programDisk = await makeProgramDisk(program());
	return { guest, programDisk, count: number(count), seed: number(seed), minutes: number(minutes) };
}

function machine(): Machine {
	return Machine.reopen(path.join(machinesFolder, name));
}

function program(): Program {
	if (values.bare) {
		return { kind: 'none' };
	}
	return values.program === undefined
		? { kind: 'build', folder: values.dist }
		: { kind: 'executable', file: values.program };
}

function cacheMode(): CacheMode {
	const mode = cacheModes.find((one) => one === values['cache-mode']);
	if (mode === undefined) {
		throw new Error(`no such cache mode: ${values['cache-mode']}`);
	}
	return mode;
}

async function up(): Promise<number> {
	const guest = await buildGuest();
	const disk = await makeProgramDisk(program());
	await Machine.thaw(guest.frozen, path.join(machinesFolder, name), disk, { cacheMode: cacheMode() });
	say(`${name} is up: ${path.join(machinesFolder, name)}`);
	return 0;
}

async function exec(shellCommand: string): Promise<number> {
	const result = await machine().exec(shellCommand, { timeoutSeconds: 7200 });
	process.stdout.write(result.stdout);
	process.stderr.write(result.stderr);
	say(`exit ${result.exitCode} after ${result.seconds.toFixed(1)} s`);
	return result.exitCode;
}

/** socat copies bytes between this terminal, set to raw, and the guest's console. */
function attachTerminal(): Promise<number> {
	return inherit('socat', ['-,raw,echo=0,escape=0x1d', `UNIX-CONNECT:${machine().socket('hvc')}`]);
}

async function runScenarios(wanted: readonly string[]): Promise<number> {
	const guest = await buildGuest();
	const disk = await makeProgramDisk(program());
	const vitest = path.join(repository, 'node_modules/vitest/vitest.mjs');
	const config = path.join(import.meta.dirname, 'vitest.config.ts');
	const code = await inherit(process.execPath, [vitest, 'run', '--config', config, ...wanted], {
		LOCKSTEP_LAB_GUEST: JSON.stringify(guest),
		LOCKSTEP_LAB_PROGRAM: disk,
	});
	say(`transcripts: ${resultsFolder}`);
	return code;
}

function inherit(file: string, args: readonly string[], env: Record<string, string> = {}): Promise<number> {
	const child = spawn(file, args, { stdio: 'inherit', env: { ...process.env, ...env } });
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve(code ?? 1));
	});
}
