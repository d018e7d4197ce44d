/** Services of other systems as systemd has them, drop-ins and presets included (systemctl(1)). */
import { type Host, succeeded } from '../../host/host.js';
import { quoteForDisplay } from '../../host/text.js';
import { type Fact, known, unknown } from '../fact.js';
import type { Machine } from '../host-facts.js';
import { answer } from '../read-text.js';

export interface Service {
	readonly name: string;
	readonly isActive: boolean;
	/** Words of its command line, variables of its environment filled in. */
	readonly words: readonly string[];
	readonly environment: ReadonlyMap<string, string>;
}

export type Services = ReadonlyMap<string, Service>;

const properties = 'Id,LoadState,ActiveState,ExecStart,Environment,EnvironmentFiles';

/** One command for all. Services that are not there are left out. */
export async function readServices(
	host: Host,
	initSystem: Machine['initSystem'],
	names: readonly string[],
): Promise<Fact<Services>> {
	if (names.length === 0) return known(new Map(), 'nothing to ask for');
	if (host.kind === 'alternate-root') return unknown('the services of the mounted system do not run');
	if (initSystem !== 'systemd') return unknown('systemd does not run here');
	const argv = ['systemctl', 'show', '--no-pager', `--property=${properties}`, '--', ...names] as const;
	const result = await host.run({ argv });
	const source = quoteForDisplay(argv);
	if (!succeeded(result) || result.truncated) return unknown(`${source} failed`);
	return answer(source, async () => {
		const services = await Promise.all(result.stdout.split('\n\n').map((block) => readService(host, block)));
		return new Map(services.flatMap((service) => (service === undefined ? [] : [[service.name, service] as const])));
	});
}

async function readService(host: Host, block: string): Promise<Service | undefined> {
	const lines = block.split('\n').map((line) => {
		const equals = line.indexOf('=');
		return { name: line.slice(0, equals), value: line.slice(equals + 1) };
	});
	const all = (wanted: string) => lines.flatMap(({ name, value }) => (name === wanted ? [value] : []));
	const [name] = all('Id');
	if (name === undefined || name === '' || all('LoadState')[0] === 'not-found') return undefined;
	const environment = new Map(all('Environment').flatMap(splitWords).flatMap(toAssignment));
	for (const entry of all('EnvironmentFiles')) {
		// `/etc/sysconfig/crio (ignore_errors=yes)`; systemd reads them after Environment= (systemd.exec(5)).
		const text = await host.files.read(entry.replace(/ \(ignore_errors=\w+\)$/, ''));
		for (const [key, value] of parseEnvironment(text ?? '')) environment.set(key, value);
	}
	const commands = all('ExecStart').map((text) => /argv\[\]=(.*?) ; (?:ignore_errors|flags)=/.exec(text)?.[1] ?? '');
	return {
		name,
		isActive: ['active', 'activating', 'reloading', 'refreshing'].includes(all('ActiveState')[0] ?? ''),
		words: commands.flatMap((command) => command.split(' ')).flatMap((word) => expand(word, environment)),
		environment,
	};
}

/** `$NAME` as a word of its own becomes several words, `${NAME}` one (systemd.service(5), command lines). */
function expand(word: string, environment: ReadonlyMap<string, string>): readonly string[] {
	const name = /^\$(\w+)$/.exec(word)?.[1];
	if (name !== undefined) return splitWords(environment.get(name) ?? '');
	const filled = word.replaceAll(/\$\{(\w+)\}/g, (_, each: string) => environment.get(each) ?? '');
	return filled === '' ? [] : [filled];
}

/** Lines `NAME=value`, comments with `#` or `;`, quotes around values (systemd.exec(5), EnvironmentFile). */
export function parseEnvironment(text: string): ReadonlyMap<string, string> {
	const lines = text.replaceAll('\\\n', '').split('\n');
	return new Map(
		lines.flatMap((line) => {
			const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_]\w*)=(.*)$/.exec(line) ?? [];
			return name === undefined ? [] : [[name, value.trim().replace(/^(["'])(.*)\1$/, '$2')] as const];
		}),
	);
}

/** Words as systemctl prints them: separated by blanks, quoted where they hold any. */
function splitWords(text: string): readonly string[] {
	return [...text.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g)].map(([word]) =>
		word.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double?: string, single?: string) =>
			double === undefined ? (single ?? '') : double.replaceAll(/\\(.)/g, '$1'),
		),
	);
}

function toAssignment(word: string): readonly (readonly [string, string])[] {
	const equals = word.indexOf('=');
	return equals < 1 ? [] : [[word.slice(0, equals), word.slice(equals + 1)]];
}

/** The value of `--name value` or `--name=value`; the last one wins, as in the programs. */
export function flagValue(words: readonly string[], ...names: readonly string[]): string | undefined {
	return flagValues(words, ...names).at(-1);
}

/** All values of a flag that may be given several times. */
export function flagValues(words: readonly string[], ...names: readonly string[]): readonly string[] {
	return words.flatMap((word, index) => {
		const name = names.find((each) => word === each || word.startsWith(`${each}=`));
		if (name === undefined) return [];
		return (word === name ? words[index + 1] : word.slice(name.length + 1)) ?? [];
	});
}
