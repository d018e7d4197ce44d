/** Carries out a rollback file on a copy of a simulated host, as somebody at its console would. */
import { spawnSync } from 'node:child_process';
import { executePipeline } from '../../../src/host/simulated/execute.js';
import type { Machine } from '../../../src/host/simulated/machine.js';
import { booted } from '../world.js';

const syntaxKnown = new Map<string, string | undefined>();

/** What `bash -n` says against the text; undefined: nothing. */
export function syntaxProblem(text: string): string | undefined {
	if (!syntaxKnown.has(text)) {
		const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
		syntaxKnown.set(text, status === 0 ? undefined : `bash -n: ${stderr.trim()}`);
	}
	return syntaxKnown.get(text);
}

export interface WayBack {
	/** Commands that failed, each with what it said. */
	readonly problems: readonly string[];
	readonly machine: Machine;
}

/** Runs every command line of the file, and boots where it says so. */
export function runWayBack(machine: Machine, text: string): WayBack {
	let current = machine;
	const problems: string[] = [];
	let comment = '';
	for (const line of text.split('\n')) {
		if (line === '' || line.startsWith('#')) {
			comment = line;
			const kernel = /^# +Choose (\S+) under "Advanced options" in the boot menu\.$/.exec(line)?.[1];
			if (kernel !== undefined) current = { ...current, faults: { ...current.faults, nextBootKernel: kernel } };
			continue;
		}
		const mayFail = comment.endsWith('If it fails, go on with the next one.');
		const { machine: after, results } = executePipeline(current, { commands: parseLine(line) });
		const failed = results.find(({ outcome }) => outcome.kind !== 'exited' || outcome.code !== 0);
		// The file says of itself that such a command had nothing to undo.
		const hadNothing =
			failed !== undefined &&
			/No such file or directory|There are no instances of module|dataset does not exist/.test(failed.stderr);
		if (failed !== undefined && !hadNothing && !mayFail)
			problems.push(`"${line}" fails: ${failed.stderr.trim() || failed.outcome.kind}`);
		current = after.power === 'on' ? after : booted(after);
	}
	const mustReboot = text.includes(`If that says ${current.modules.zfs?.version}, reboot afterwards`);
	return { problems, machine: mustReboot ? booted({ ...current, power: 'rebooting' }) : current };
}

type Argv = readonly [string, ...string[]];

/** The words of a command line as our own quoting writes them: plain, in single quotes, or escaped. */
function parseLine(line: string): readonly [{ readonly argv: Argv }, ...{ readonly argv: Argv }[]] {
	const commands: string[][] = [[]];
	for (const [word] of line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)) {
		if (word === '|') commands.push([]);
		else commands.at(-1)?.push(unquote(word));
	}
	const [first, ...rest] = commands.map(([program = '', ...args]) => ({ argv: [program, ...args] as Argv }));
	if (first === undefined) throw new Error('An empty line is no command.');
	return [first, ...rest];
}

function unquote(word: string): string {
	return word.replace(/'([^']*)'|\\(.)/g, (_whole, quoted?: string, escaped?: string) => quoted ?? escaped ?? '');
}
