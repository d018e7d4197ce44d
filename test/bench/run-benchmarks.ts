import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os, { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { makeBenchHost } from './bench-host.ts';
import { installBuild, installExecutable, type Program } from './program.ts';
import type { Result } from './result.ts';
import { measureBuildLog } from './rows/build-log.ts';
import { measureCheck } from './rows/check.ts';
import { measureFirstFrame, measureSize } from './rows/first-frame.ts';
import { measureInventory } from './rows/inventory.ts';
import { measureStart } from './rows/start.ts';
import { measureStateSave } from './rows/state-save.ts';
import { measureStream } from './rows/stream.ts';
import type { Setting } from './setting.ts';
import { markdownTable } from './table.ts';

const rows: Readonly<Record<string, (setting: Setting) => Promise<readonly Result[]>>> = {
	start: measureStart,
	'first-frame': measureFirstFrame,
	check: measureCheck,
	inventory: measureInventory,
	stream: measureStream,
	'build-log': measureBuildLog,
	'state-save': measureStateSave,
	size: measureSize,
};

const usage = `usage: npm run bench -- [ROW...] [--rounds N] [--executable] [--write]
rows: ${Object.keys(rows).join(', ')}
`;

/** @returns the exit code: 0 also where a row misses its goal, for the table says so */
export async function runBenchmarks(argv: readonly string[]): Promise<number> {
	const { values, positionals } = parseArgs({
		args: [...argv],
		allowPositionals: true,
		options: {
			rounds: { type: 'string', default: '20' },
			executable: { type: 'boolean' },
			write: { type: 'boolean' },
		},
	});
	const names = positionals.length > 0 ? positionals : Object.keys(rows);
	if (names.some((name) => !Object.hasOwn(rows, name))) {
		process.stderr.write(usage);
		return 2;
	}
	const host = await makeBenchHost();
	const scratch = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-bench-scratch-'));
	try {
		const build = await installBuild(host.root, scratch);
		const programs: readonly [Program, ...Program[]] =
			values.executable === true ? [build, await installExecutable(host.root, scratch)] : [build];
		const setting: Setting = { host, programs, rounds: Number(values.rounds), scratch };
		const results: Result[] = [];
		const load = os.loadavg()[0] ?? 0;
		for (const name of names) {
			process.stderr.write(`${name} ...\n`);
			results.push(...((await rows[name]?.(setting)) ?? []));
		}
		const text = document(results, { argv, load });
		process.stdout.write(text);
		if (values.write === true) writeDocument(text);
		return 0;
	} finally {
		host.remove();
		rmSync(scratch, { recursive: true, force: true });
	}
}

function document(
	results: readonly Result[],
	run: { readonly argv: readonly string[]; readonly load: number },
): string {
	const date = new Date().toISOString().slice(0, 10);
	const [processor] = os.cpus();
	const args = run.argv.filter((each) => each !== '--write');
	return [
		`\`npm run bench${args.length === 0 ? '' : ` -- ${args.join(' ')}`}\`, ${date}, ${os.cpus().length} processors`,
		`(${processor?.model.replaceAll(/\s+/g, ' ').trim() ?? 'unknown'}), load ${run.load.toFixed(1)} at the start.`,
		'',
		markdownTable(results),
		'',
	].join('\n');
}

const begin = '<!-- figures -->';

/** The figures take the place of those before, below the text that explains them. */
function writeDocument(text: string): void {
	const file = path.resolve(import.meta.dirname, '../../docs/benchmarks.md');
	const before = readFileSync(file, 'utf8');
	const [explanation = ''] = before.split(begin);
	writeFileSync(file, `${explanation}${begin}\n\n${text}`);
}
