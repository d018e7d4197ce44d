import { succeeded } from '../../src/host/host.js';
import { type PlannedCommand, plan as planCommand } from '../../src/plan/planned-command.js';
import { parsePoolName } from '../../src/zfs/names.js';
import { exportPool, importPool } from '../../src/zfs/pool-commands.js';
import { diagnose } from '../../src/zfs/problem.js';
import { moduleLoaded } from '../observe.js';
import type { StepContext, StepOutcome, StepRun } from '../step.js';

/**
 * The module can be replaced while the system runs when nothing uses it. It is never what is suggested: unloading has
 * crashed kernels (openzfs/zfs#16249), and a reboot proves more.
 */

/** Up to 2.1 OpenZFS was nine modules; `modprobe -r zfs` leaves eight behind, and the new zfs.ko does not fit them. */
const legacyModules = ['zunicode', 'zzstd', 'zlua', 'zavl', 'icp', 'zcommon', 'znvpair', 'spl'];

/** Why the module cannot be reloaded here; empty: it can be tried. */
export async function reloadObstacles(context: StepContext): Promise<readonly string[]> {
	const facts = await context.facts();
	const { bootKernel, isRootOnZfs } = context.plan();
	const obstacles: string[] = [];
	if (isRootOnZfs) obstacles.push('the root file system is on ZFS');
	if (!facts.boot.runningKernel.known || facts.boot.runningKernel.value !== bootKernel) {
		obstacles.push(`the new module was built for kernel ${bootKernel}, which does not run now`);
	}
	const { loadedModule } = facts.versions;
	if (!loadedModule.known || loadedModule.value === undefined) obstacles.push('it is not known which module is loaded');
	else if (loadedModule.value.upstream === '2.2.4')
		obstacles.push('unloading 2.2.4 crashes the kernel (openzfs/zfs#16249)');
	if (!facts.surroundings.swapOnZvol.known || facts.surroundings.swapOnZvol.value.length > 0)
		obstacles.push('there is swap on a zvol, or it is not known');
	if (!facts.pools.known) obstacles.push('the pools could not be read');
	else if (facts.pools.value.some((pool) => pool.health !== 'ONLINE' && pool.health !== 'DEGRADED')) {
		obstacles.push('a pool is not healthy enough to be exported');
	}
	return obstacles;
}

function change(name: string, why: string, argv: readonly [string, ...string[]]): PlannedCommand {
	return planCommand(`reboot.reload.${name}`, why, { argv });
}

interface Reload {
	readonly stop: PlannedCommand;
	readonly exports: readonly PlannedCommand[];
	readonly unload: readonly PlannedCommand[];
	readonly load: PlannedCommand;
	readonly imports: readonly PlannedCommand[];
	readonly start: PlannedCommand;
}

/** @param pools every imported pool, not only the run's: the module serves them all */
function planReload(pools: readonly string[], cacheFile: string, legacy: readonly string[]): Reload {
	return {
		stop: change('stop-zed', 'Stop the event daemon, which keeps /dev/zfs open', [
			'systemctl',
			'stop',
			'zfs-zed.service',
		]),
		exports: pools.map((pool) =>
			planCommand(`reboot.reload.export.${pool}`, `Export "${pool}"`, exportPool(parsePoolName(pool))),
		),
		unload: [
			change('unload', 'Unload the old module', ['modprobe', '-r', 'zfs']),
			...legacy.map((name) => change(`unload-${name}`, `Unload what belongs to it: ${name}`, ['rmmod', name])),
		],
		load: change('load', 'Load the new module', ['modprobe', 'zfs']),
		imports: pools.map((pool) =>
			planCommand(
				`reboot.reload.import.${pool}`,
				`Import "${pool}" by the devices it had`,
				importPool(parsePoolName(pool), cacheFile),
			),
		),
		start: change('start-zed', 'Start the event daemon', ['systemctl', 'start', 'zfs-zed.service']),
	};
}

async function loadedLegacyModules(context: StepContext): Promise<readonly string[]> {
	const text = (await context.host.files.read('/proc/modules')) ?? '';
	const loaded = new Set(text.split('\n').map((line) => line.split(' ', 1)[0]));
	return legacyModules.filter((name) => loaded.has(name));
}

async function* must(context: StepContext, command: PlannedCommand): StepRun<string | undefined> {
	const { results } = yield* context.execute(command);
	const bad = results.find((result) => !succeeded(result));
	return bad === undefined ? undefined : `${command.why}: ${diagnose(bad).message}`;
}

/** Exports, unloads, loads, imports. Whatever fails, every pool that was exported is imported again. */
export async function* reloadModule(context: StepContext): StepRun<StepOutcome> {
	const facts = await context.facts();
	const pools = facts.pools.known ? facts.pools.value.map((pool) => String(pool.name)) : [];
	const cacheFile = `${context.state().evidence.hostFiles}/etc/zfs/zpool.cache`;
	const legacy = await loadedLegacyModules(context);
	const reload = planReload(pools, cacheFile, legacy);
	const { stop, exports, unload, load, imports, start } = reload;
	const answer = yield* context.ask({
		id: 'reboot.reload',
		kind: 'confirm',
		title: 'Every pool is exported now. Type the word to go on.',
		body: [
			'Whatever uses a dataset or a zvol must be stopped before: shares, containers, virtual machines, shells.',
			'If a pool cannot be exported, the others are imported again and nothing is lost; a reboot is the way then.',
		],
		commands: [stop, ...exports, ...unload, load, ...imports, start],
		typeWord: 'reload',
	});
	if (answer.value !== true)
		return { kind: 'waiting', waitingFor: 'reboot', text: 'The reload was declined; the host waits for a reboot.' };
	let problem = yield* must(context, stop);
	const exported: PlannedCommand[] = [];
	for (const [index, command] of exports.entries()) {
		if (problem !== undefined) break;
		problem = yield* must(context, command);
		const back = imports[index];
		if (problem === undefined && back !== undefined) exported.push(back);
	}
	for (const command of [...unload, load]) {
		if (problem !== undefined) break;
		problem = yield* must(context, command);
	}
	if (problem !== undefined) yield* context.execute(load);
	for (const command of exported) {
		const notBack = yield* must(context, command);
		problem ??= notBack;
	}
	yield* context.execute(start);
	context.refresh();
	const loaded = await moduleLoaded(context);
	if (problem === undefined && loaded.matches) {
		return { kind: 'done', evidence: `The module was reloaded without a reboot; it is ${loaded.text}.` };
	}
	return {
		kind: 'failed',
		rollbackNeeded: false,
		failure: {
			what: `The module was not reloaded; it is ${loaded.text}.`,
			why: problem ?? 'Another module than the new one was loaded.',
			todo: [
				'Look whether every pool is imported: zpool list',
				`Then choose the reboot: ${context.ownCommands.resumeCommand}`,
			],
		},
	};
}
