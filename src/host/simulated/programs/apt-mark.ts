/** apt-mark and apt-config. */

import { takeLock } from '../apt/apt-install.js';
import { withPackage } from '../apt/dpkg-run.js';
import { versionsOf } from '../apt/policy.js';
import type { Machine, Package } from '../machine.js';
import { parseOptions } from '../options.js';
import type { Program, Session } from '../session.js';
import { listNames, textOf } from '../tree.js';

type Change = (installed: Package) => Partial<Package> | undefined;

const changes: Readonly<
	Record<
		string,
		{ readonly change: Change; readonly said: (name: string) => string; readonly already: (name: string) => string }
	>
> = {
	hold: {
		change: ({ want }) => (want === 'hold' ? undefined : { want: 'hold' }),
		said: (name) => `${name} set on hold.`,
		already: (name) => `${name} was already set on hold.`,
	},
	unhold: {
		change: ({ want }) => (want === 'hold' ? { want: 'install' } : undefined),
		said: (name) => `Canceled hold on ${name}.`,
		already: (name) => `${name} was already not on hold.`,
	},
	auto: {
		change: ({ automatic }) => (automatic ? undefined : { automatic: true }),
		said: (name) => `${name} set to automatically installed.`,
		already: (name) => `${name} was already set to automatically installed.`,
	},
	manual: {
		change: ({ automatic }) => (automatic ? { automatic: false } : undefined),
		said: (name) => `${name} set to manually installed.`,
		already: (name) => `${name} was already set to manually installed.`,
	},
};

export const aptMark: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'qs', long: { quiet: 'q', simulate: 's' } });
	session.wait(0.3);
	const [action = '', ...names] = parsed.operands;
	if (parsed.problem !== undefined) {
		session.err(
			`E: Command line option --${parsed.problem.option} is not understood in combination with the other options`,
		);
		return 100;
	}
	const shown = namesShown(session.machine, action);
	if (shown !== undefined) {
		const wanted = shown.filter((name) => names.length === 0 || names.includes(name));
		if (wanted.length > 0) session.out(wanted.join('\n'));
		return 0;
	}
	const change = changes[action];
	if (change === undefined) {
		session.err(`E: Invalid operation ${action}`);
		return 100;
	}
	// Holds are dpkg's and need its lock; auto and manual are apt's own.
	if (/hold$/.test(action) && !takeLock(session, 0)) return 100;
	return mark(session, names, change);
};

function mark(session: Session, names: readonly string[], { change, said, already }: (typeof changes)[string]): number {
	let code = 0;
	for (const name of names) {
		const installed = session.machine.packages[name];
		if (installed === undefined || installed.state === 'config-files') {
			const isKnown = versionsOf(session.machine, name).length > 0;
			session.err(
				isKnown
					? `E: Can't select installed nor candidate version from package ${name}`
					: `E: Unable to locate package ${name}`,
			);
			code = 100;
			continue;
		}
		const changed = change(installed);
		if (changed === undefined) session.out(already(name));
		else {
			session.change(withPackage(session.machine, name, changed), true);
			session.out(said(name));
		}
	}
	return code;
}

function namesShown(machine: Machine, action: string): readonly string[] | undefined {
	const tests: Readonly<Record<string, (installed: Package) => boolean>> = {
		showhold: ({ want }) => want === 'hold',
		showholds: ({ want }) => want === 'hold',
		showauto: ({ automatic }) => automatic,
		showmanual: ({ automatic }) => !automatic,
	};
	const test = tests[action];
	if (test === undefined) return undefined;
	return Object.entries(machine.packages)
		.filter(([, installed]) => installed.state !== 'config-files' && test(installed))
		.map(([name]) => name)
		.sort();
}

/** `apt-config dump`: some of apt's own settings, then what /etc/apt/apt.conf.d sets. */
export const aptConfig: Program = (session, args) => {
	const [action] = args;
	if (action !== 'dump') {
		session.err(`E: Invalid operation ${action ?? ''}`);
		return 100;
	}
	session.out(
		'APT "";\nAPT::Architecture "amd64";\nAPT::Install-Recommends "1";\nDir "/";\nDir::Cache "var/cache/apt";',
	);
	for (const name of listNames(session.machine, '/etc/apt/apt.conf.d') ?? []) {
		const text = textOf(session.machine, `/etc/apt/apt.conf.d/${name}`) ?? '';
		for (const [, key, value] of text.matchAll(/^([A-Za-z:-]+) "(.*)";$/gm)) session.out(`${key} "${value}";`);
	}
	return 0;
};
