import type { Host } from '../host/host.js';
import { HostError } from '../host/host-error.js';
import { type Fact, known, unknown } from './fact.js';

/**
 * The text of a file; `undefined` inside a known fact: there is no such file. A file that is there and cannot be read
 * makes the fact unknown.
 */
export async function readText(host: Host, path: string): Promise<Fact<string | undefined>> {
	return answer(path, () => host.files.read(path));
}

/** Whether anything is at the path. A symbolic link counts, wherever it leads. */
export async function exists(host: Host, path: string): Promise<Fact<boolean>> {
	return answer(path, async () => (await host.files.stat(path)) !== undefined);
}

/** A file whose first line is the whole value, as in /proc and /sys; unknown where there is none. */
export async function readLine(host: Host, path: string): Promise<Fact<string>> {
	const text = await readText(host, path);
	if (!text.known) return text;
	const line = text.value?.trim();
	return line === undefined || line === '' ? unknown(`${path} is missing or empty`) : known(line, path);
}

/** Turns what the host refuses into an unknown fact. Anything but a `HostError` is a bug and goes on. */
export async function answer<T>(source: string, read: () => Promise<T>): Promise<Fact<T>> {
	try {
		return known(await read(), source);
	} catch (error) {
		if (error instanceof HostError) return unknown(error.message);
		throw error;
	}
}

/** Keeps a reader that takes files as they come from ending the whole pass: what the host refuses is unknown. */
export async function guarded<T>(source: string, read: () => Promise<Fact<T>>): Promise<Fact<T>> {
	const fact = await answer(source, read);
	return fact.known ? fact.value : fact;
}
