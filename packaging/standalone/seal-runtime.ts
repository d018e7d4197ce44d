/**
 * Takes the runtime's own switches out of the environment's reach. Bun obeys its variables inside a compiled program
 * too: with BUN_BE_BUN=1 it is Bun and not the program, BUN_OPTIONS runs any file first, BUN_BYTECODE_ORDER_OUT writes
 * one (measured, 1.4.5); there is no option against it. What runs as root must not change with a line in somebody's
 * profile, so the names in the runtime are spelled so that no shell, sudo, systemd or env(1) can set them: with "=".
 */
import { readFileSync, writeFileSync } from 'node:fs';

/** Beginnings of names, and names that other runtimes share. All spellings occur in the constants only. */
const switches = [
	'BUN_',
	'NODE_CHANNEL_',
	'NODE_COMPILE_CACHE',
	'NODE_EXTRA_CA_CERTS',
	'NODE_NO_WARNINGS',
	'NODE_PATH',
	'NODE_PENDING_DEPRECATION',
	'NODE_PRESERVE_SYMLINKS',
	'NODE_REDIRECT_WARNINGS',
	'NODE_TLS_REJECT_UNAUTHORIZED',
	'NODE_USE_SYSTEM_CA',
];

/** Offset and size of a section of an ELF file, 64 bit, little-endian (elf(5)). */
function findSection(elf: Buffer, wanted: string): { readonly start: number; readonly end: number } {
	const headers = Number(elf.readBigUInt64LE(0x28));
	const size = elf.readUInt16LE(0x3a);
	const headerAt = (index: number) => elf.subarray(headers + index * size, headers + (index + 1) * size);
	const offsetOf = (header: Buffer) => Number(header.readBigUInt64LE(0x18));
	const names = offsetOf(headerAt(elf.readUInt16LE(0x3e)));
	for (let index = 0; index < elf.readUInt16LE(0x3c); index += 1) {
		const header = headerAt(index);
		const name = names + header.readUInt32LE(0);
		if (elf.toString('latin1', name, elf.indexOf(0, name)) === wanted) {
			const start = offsetOf(header);
			return { start, end: start + Number(header.readBigUInt64LE(0x20)) };
		}
	}
	throw new Error(`The runtime has no section ${wanted}.`);
}

/**
 * Writes a sealed copy of the runtime. Throws where a name is not found: then the runtime has changed, and what it
 * obeys has to be looked at anew.
 */
export function sealRuntime(runtime: string, output: string): void {
	const elf = readFileSync(runtime);
	const { start, end } = findSection(elf, '.rodata');
	const constants = elf.subarray(start, end);
	for (const name of switches) {
		let at = constants.indexOf(name);
		if (at === -1) throw new Error(`The runtime does not know ${name} any more.`);
		for (; at !== -1; at = constants.indexOf(name, at + 1)) constants.write('=', at);
	}
	writeFileSync(output, elf, { mode: 0o755 });
}
