/** The OpenZFS module as a file: for one kernel as depmod knows it, or any .ko file by its path. */
import type { Fact } from '../../facts/fact.js';
import type { Host } from '../../host/host.js';
import { type ExitedResult, readResult, requireSuccess, UnexpectedOutputError } from '../ask.js';

export interface ModuleInfo {
	/** Absolute path, or `(builtin)`. */
	readonly path: string;
	/** The distribution's full version: `2.3.2-2~bpo12+2`. */
	readonly version: string;
	readonly srcversion: string | undefined;
	/** Common name of the certificate that signed it; absent: not signed. */
	readonly signer: string | undefined;
	/** Kernel release that it was built for. */
	readonly vermagic: string | undefined;
}

/** Undefined inside a known fact: that kernel has no zfs module. The kernel is always named: a chroot has no own one. */
export async function readModuleOfKernel(host: Host, kernel: string): Promise<Fact<ModuleInfo | undefined>> {
	return readModule(host, ['-k', kernel, 'zfs']);
}

/** The module in one file, compressed or not. */
export async function readModuleFile(host: Host, file: string): Promise<Fact<ModuleInfo | undefined>> {
	return readModule(host, [file]);
}

async function readModule(host: Host, target: readonly string[]): Promise<Fact<ModuleInfo | undefined>> {
	const result = await host.run({ argv: ['modinfo', ...target] });
	return readResult(result, parseModinfo);
}

/** @throws UnexpectedOutputError */
export function parseModinfo(result: ExitedResult): ModuleInfo | undefined {
	if (isNotFound(result)) return undefined;
	// A field may come several times (license, alias, parm); the ones that are read here come once.
	const fields = new Map(
		requireSuccess(result)
			.split('\n')
			.map((line) => /^([a-z_]+): *(.*)$/.exec(line))
			.filter((match) => match !== null)
			.map((match) => [match[1] ?? '', (match[2] ?? '').trim()] as const),
	);
	const path = fields.get('filename');
	const version = fields.get('version');
	if (!path || !version) throw new UnexpectedOutputError('modinfo names no file or no version');
	const optional = (name: string) => fields.get(name) || undefined;
	return {
		path,
		version,
		srcversion: optional('srcversion'),
		signer: optional('signer'),
		vermagic: optional('vermagic')?.split(' ')[0],
	};
}

/** kmod's `Module zfs not found.`, before version 27 `Module alias zfs not found.`. */
function isNotFound({ code, stderr }: ExitedResult): boolean {
	return code === 1 && /^modinfo: ERROR: Module (?:alias )?zfs not found\.$/m.test(stderr);
}
