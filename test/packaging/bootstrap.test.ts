import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bootstrap = path.resolve('packaging/bootstrap.mjs');
let folder: string;

beforeEach(() => {
	folder = mkdtempSync(path.join(tmpdir(), 'zfs-lockstep-bootstrap-'));
});

afterEach(() => {
	rmSync(folder, { recursive: true });
});

function program(text: string): string {
	const file = path.join(folder, 'program.mjs');
	writeFileSync(file, text);
	return file;
}

describe('npm start', () => {
	it('hands the arguments on as they are and adds nothing to the output', () => {
		const file = program('process.stdout.write(JSON.stringify(process.argv.slice(2)));');
		const { stdout, stderr } = spawnSync(process.execPath, [bootstrap, file, '--json', 'a b', ''], {
			encoding: 'utf8',
		});
		expect(JSON.parse(stdout)).toEqual(['--json', 'a b', '']);
		expect(stderr).toBe('');
	});

	it('ends with the exit code of the program', () => {
		expect(spawnSync(process.execPath, [bootstrap, program('process.exit(75);')]).status).toBe(75);
	});

	it('ends by the signal that ended the program', () => {
		const file = program("process.kill(process.pid, 'SIGKILL'); setInterval(() => {}, 1000);");
		expect(spawnSync(process.execPath, [bootstrap, file]).signal).toBe('SIGKILL');
	});

	it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)('lets the program answer a %s before it ends', async (signal) => {
		const file = program(`
			process.on('${signal}', () => { process.stdout.write('saved'); process.exit(4); });
			setInterval(() => {}, 1000);
			process.stdout.write('ready ');
		`);
		const child = spawn(process.execPath, [bootstrap, file], { stdio: ['ignore', 'pipe', 'inherit'] });
		let output = '';
		child.stdout.setEncoding('utf8').on('data', (text: string) => {
			if (output === '') child.kill(signal);
			output += text;
		});
		const [code] = await once(child, 'close');
		expect(output).toBe('ready saved');
		expect(code).toBe(4);
	});

	it('runs the program with the Node of the lock file, whatever Node the machine has', () => {
		const file = program('process.stdout.write(process.version);');
		const { stdout } = spawnSync(process.execPath, [bootstrap, file], { encoding: 'utf8' });
		expect(stdout).toMatch(/^v24\./);
	});
});
