/** The simulated machine with something that it lacks, as a mended one never has. */
import type { Command, CommandResult, Host, HostFiles, OutputLine } from '../../src/host/host.js';
import { toHostError } from '../../src/host/host-error.js';
import type { SimulatedHost } from '../../src/host/simulated/simulated-host.js';

/** `host` with some of its members replaced; all others act on the machine itself. */
function instead<T extends object>(host: T, members: Partial<Record<keyof T, unknown>>): T {
	return new Proxy(host, {
		get(target, key) {
			if (Object.hasOwn(members, key)) return members[key as keyof T];
			const member: unknown = Reflect.get(target, key, target);
			return typeof member === 'function' ? member.bind(target) : member;
		},
	});
}

function missing(command: Command): CommandResult {
	return { command, outcome: { kind: 'not-found' }, stdout: '', stderr: '', truncated: false, seconds: 0 };
}

/** A machine on which a program is not installed, whoever starts it and however. */
export function withoutProgram(host: SimulatedHost, program: string): SimulatedHost {
	const isIt = ({ argv }: Command): boolean => argv[0] === program || (argv[0] === 'env' && argv.includes(program));
	const members: Partial<Host> = {
		run: async (command) => (isIt(command) ? missing(command) : host.run(command)),
		async *stream(command): AsyncGenerator<OutputLine, CommandResult, undefined> {
			return isIt(command) ? missing(command) : yield* host.stream(command);
		},
		pipe: async (pipeline) =>
			pipeline.commands.some(isIt) ? { results: pipeline.commands.map(missing), seconds: 0 } : host.pipe(pipeline),
		async *job(spec, options) {
			const { commands } = spec.work;
			return commands.some(isIt) ? { results: commands.map(missing), seconds: 0 } : yield* host.job(spec, options);
		},
	};
	return instead(host, members);
}

/** A machine on which nothing can be written below a folder. */
export function readOnlyBelow(host: SimulatedHost, folder: string): SimulatedHost {
	const { files } = host;
	const refuse = (path: string): void => {
		if (!`${path}/`.startsWith(`${folder}/`)) return;
		throw toHostError(Object.assign(new Error('EROFS'), { code: 'EROFS' }), 'write', path);
	};
	const members: Partial<HostFiles> = {
		write: async (path, text, options) => {
			refuse(path);
			return files.write(path, text, options);
		},
		makeDirectory: async (path, options) => {
			refuse(path);
			return files.makeDirectory(path, options);
		},
		copy: async (from, to) => {
			refuse(to);
			return files.copy(from, to);
		},
	};
	return instead(host, { files: instead(files, members) });
}
