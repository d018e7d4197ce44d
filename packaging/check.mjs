/**
 * Runs the checks that need no test run, at the same time: `node packaging/check.mjs [NAME...]`.
 * Prints the output of those that fail; ends with 1 when one did, 2 when a name is unknown.
 */
import { execFile } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const checks = {
	types: ['node_modules/typescript/bin/tsc', '--pretty', 'false'],
	lint: ['node_modules/@biomejs/biome/bin/biome', 'check', '--error-on-warnings'],
	imports: ['packaging/check-imports.mjs'],
	'dead-code': ['node_modules/knip/bin/knip.js', '--no-progress'],
};

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(checks);
const unknown = names.filter((name) => !Object.hasOwn(checks, name));
if (unknown.length > 0) {
	process.stderr.write(`No such check: ${unknown.join(', ')}. There are: ${Object.keys(checks).join(', ')}.\n`);
	process.exitCode = 2;
} else {
	const results = await Promise.all(names.map(runCheck));
	if (results.includes(false)) process.exitCode = 1;
}

function runCheck(name) {
	return new Promise((resolve) => {
		const options = { cwd: root, maxBuffer: 64 * 1024 * 1024 };
		execFile(process.execPath, checks[name], options, (error, stdout, stderr) => {
			process.stdout.write(error === null ? `ok      ${name}\n` : `failed  ${name}\n${stdout}${stderr}`);
			resolve(error === null);
		});
	});
}
