import type { Host } from '../host/host.js';
import { readVersionsByTools } from '../zfs/read-versions.js';
import type { ZfsVersion } from '../zfs/version.js';
import { type Fact, known, unknown } from './fact.js';
import { readText } from './read-text.js';
import { versionFact } from './version-fact.js';

/** Version of the tools that run now. One command, which never loads the module. */
export async function readUserspace(host: Host): Promise<Fact<ZfsVersion>> {
	return (await readVersionsByTools(host)).userspace;
}

const loadedVersion = '/sys/module/zfs/version';

/** The kernel's own word; `undefined` inside a known fact: the module is not loaded. */
export async function readLoadedModule(host: Host): Promise<Fact<ZfsVersion | undefined>> {
	if (host.kind === 'alternate-root') return unknown(`${loadedVersion} speaks of the rescue system`);
	const text = await readText(host, loadedVersion);
	if (!text.known) return text;
	return text.value === undefined ? known(undefined, loadedVersion) : versionFact(text.value.trim(), loadedVersion);
}
