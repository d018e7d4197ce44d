/** What `check` asks a host of ten pools and a thousand datasets, and what that host answers: the simulated one. */
import { collectFacts } from '../../src/facts/collect.js';
import type { CommandResult, HostFiles } from '../../src/host/host.js';
import { addDataset } from '../../src/host/simulated/dataset-changes.js';
import type { Machine } from '../../src/host/simulated/machine.js';
import { createMemoryStore } from '../../src/host/simulated/machine-store.js';
import { addPool } from '../../src/host/simulated/pool-create.js';
import { createSimulatedHost, type SimulatedHost } from '../../src/host/simulated/simulated-host.js';
import { examine } from '../../steps/examine.js';

const pools = 10;
const datasets = 1000;

export interface RecordedCheck {
	readonly commands: readonly CommandResult[];
	readonly files: HostFiles;
	/** Texts that were read below /proc and /sys, which no listing shows. */
	readonly kernelTexts: ReadonlyMap<string, string>;
}

export async function recordCheck(): Promise<RecordedCheck> {
	const host = createSimulatedHost({ directory: '/nowhere', scenario: 'happy', store: createMemoryStore() });
	host.interfere(withMany);
	const commands: CommandResult[] = [];
	const kernelTexts = new Map<string, string>();
	const watched = recording(host, commands, kernelTexts);
	await examine(watched, await collectFacts(watched), { pools: [], ignoredChecks: [] });
	return { commands, files: host.files, kernelTexts };
}

function withMany(machine: Machine): Machine {
	let made = machine;
	const before = Object.values(machine.pools).reduce((sum, pool) => sum + Object.keys(pool.datasets).length, 0);
	const added = pools - Object.keys(machine.pools).length;
	for (let index = 0; index < added; index += 1) {
		made = addPool(made, `pool${index}`, { disks: [`sd${'klmnopqrst'[index]}`], sizeBytes: 1n << 40n, series: [2, 1] });
	}
	for (let index = before + added; index < datasets; index += 1) {
		made = addDataset(made, `pool${index % added}/data${index}`, { properties: { compression: 'lz4' } });
	}
	return made;
}

function recording(host: SimulatedHost, commands: CommandResult[], kernelTexts: Map<string, string>): SimulatedHost {
	const files: HostFiles = {
		...host.files,
		async read(path) {
			const text = await host.files.read(path);
			if (/^\/(?:proc|sys)\//.test(path) && text !== undefined) kernelTexts.set(path, text);
			return text;
		},
	};
	return new Proxy(host, {
		get(target, property) {
			if (property === 'files') return files;
			if (property === 'run') {
				return async (command: Parameters<SimulatedHost['run']>[0]) => {
					const result = await target.run(command);
					commands.push(result);
					return result;
				};
			}
			if (property === 'stream') {
				return async function* (command: Parameters<SimulatedHost['stream']>[0]) {
					const result = yield* target.stream(command);
					commands.push(result);
					return result;
				};
			}
			const value = Reflect.get(target, property, target);
			return typeof value === 'function' ? value.bind(target) : value;
		},
	});
}
