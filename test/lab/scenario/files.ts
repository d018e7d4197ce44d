/** Brings files of the repository into a guest. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { quote } from '../host.ts';
import type { Machine } from '../machine/machine.ts';
import { repository } from '../machine/program-disk.ts';

/** Puts one file, given from the top of the repository, at that path of the guest. */
export async function putFile(machine: Machine, from: string, to: string): Promise<void> {
	const file = path.join(repository, from);
	await machine.mustExec(`mkdir -p ${quote(path.dirname(to))}`);
	await machine.agent.writeFile(to, readFileSync(file));
	await machine.mustExec(`chmod ${(statSync(file).mode & 0o777).toString(8)} ${quote(to)}`);
}

/** Puts a whole folder over the guest's root. */
export async function putTree(machine: Machine, folder: string): Promise<void> {
	for (const entry of readdirSync(path.join(repository, folder), { recursive: true, withFileTypes: true })) {
		if (!entry.isFile()) continue;
		const file = path.relative(repository, path.join(entry.parentPath, entry.name));
		await putFile(machine, file, `/${path.relative(folder, file)}`);
	}
}
