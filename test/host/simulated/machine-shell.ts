import type { CommandResult } from '../../../src/host/host.js';
import { execute, executePipeline } from '../../../src/host/simulated/execute.js';
import type { Machine } from '../../../src/host/simulated/machine.js';
import { buildScenario } from '../../../src/host/simulated/scenarios.js';

/** Types commands on a simulated machine, one after the other. */
export interface MachineShell {
	machine: Machine;
	/** One command: words without blanks in them, or an argument array. */
	run(command: string | readonly string[], input?: string): Said;
	/** Commands joined by pipes. */
	pipe(...commands: readonly (string | readonly string[])[]): readonly Said[];
}

export interface Said {
	readonly code: number | undefined;
	readonly out: string;
	readonly err: string;
	readonly lines: readonly string[];
}

export function openShell(scenario: string | Machine = 'happy'): MachineShell {
	return {
		machine: typeof scenario === 'string' ? buildScenario(scenario, 1) : scenario,
		run(command, input) {
			const { machine, results } = execute(this.machine, toArgv(command), input);
			this.machine = machine;
			const [result] = results;
			if (result === undefined) throw new Error('no result');
			return toSaid(result);
		},
		pipe(...commands) {
			const [first, ...rest] = commands.map((command) => ({ argv: toArgv(command) }));
			if (first === undefined) throw new Error('no command');
			const { machine, results } = executePipeline(this.machine, { commands: [first, ...rest] });
			this.machine = machine;
			return results.map(toSaid);
		},
	};
}

function toArgv(command: string | readonly string[]): readonly [string, ...string[]] {
	const [program = '', ...args] = typeof command === 'string' ? command.split(' ') : command;
	return [program, ...args];
}

function toSaid({ outcome, stdout, stderr }: CommandResult): Said {
	const lines = stdout === '' ? [] : stdout.replace(/\n$/, '').split('\n');
	return { code: outcome.kind === 'exited' ? outcome.code : undefined, out: stdout, err: stderr, lines };
}
