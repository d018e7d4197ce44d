/** The exact apt-get commands: one request, simulated, sized, downloaded and run with the same arguments. */
import type { Command } from '../../host/host.js';
import type { SetChange } from '../package-manager.js';

/**
 * Nobody is there to answer: debconf takes its defaults (zfs-dkms has a note that would wait for a key), changelogs and
 * bug lists are not shown, and no service is restarted behind our back while the halves differ (needrestart(1)).
 */
export const quietEnvironment: Readonly<Record<string, string>> = {
	DEBIAN_FRONTEND: 'noninteractive',
	APT_LISTCHANGES_FRONTEND: 'none',
	APT_LISTBUGS_FRONTEND: 'none',
	NEEDRESTART_SUSPEND: '1',
	NEEDRESTART_MODE: 'l',
};

/** Keep the administrator's edited configuration files; the new ones are left beside them as `.dpkg-dist`. */
export const keepConfiguration = ['--force-confdef', '--force-confold'] as const;

/** Folders of a run are for root alone: without this apt tries as user _apt first and warns for each package. */
export const rootOnly = ['--option', 'APT::Sandbox::User=root'] as const;

/** What would happen. Without `--assume-yes`, so that held and downgraded packages are listed and not only refused. */
export function simulateCommand(change: SetChange): Command {
	return aptGet(['--simulate'], change);
}

/** The list of files that the transaction would fetch. `--print-uris` changes nothing, but checks for the lock. */
export function printUrisCommand(change: SetChange): Command {
	return aptGet(['--print-uris', '--assume-yes'], change);
}

export function downloadCommand(change: SetChange & { readonly archivesDirectory: string }): Command {
	return aptGet(['--download-only', '--assume-yes', '--option', 'Acquire::Retries=3', ...rootOnly], change);
}

/**
 * apt's own progress channel (`APT::Status-Fd`) is not used: apt marks that descriptor close-on-exec, and a job has
 * only standard output and error, so maintainer scripts would run without one of them. Measured with apt 2.6.2 and
 * `APT::Status-Fd=2`: the postinst of zfs-dkms failed and the transaction stopped half-configured.
 */
export function transactionCommand(change: SetChange): Command {
	return aptGet(['--assume-yes', ...rootOnly], change);
}

/** The same request, said the same way every time. */
function aptGet(mode: readonly string[], change: SetChange): Command {
	const { from } = change;
	const preferences = from.kind === 'archive' ? from.preferencesFile : undefined;
	const targets =
		from.kind === 'files'
			? from.files
			: from.packages.map(({ name, version }) => (version === undefined ? name : `${name}=${version}`));
	return {
		argv: [
			'apt-get',
			...mode,
			// Output fit for a log, whatever apt.conf says.
			'--quiet=1',
			'--no-install-recommends',
			'--no-auto-remove',
			...(change.direction === 'back' ? ['--allow-downgrades'] : []),
			...(change.repair ? ['--fix-broken', '--reinstall'] : []),
			// The first lets the resolver touch them, old libraries included; the second lets --assume-yes agree.
			...(change.changeHeld ? ['--ignore-hold', '--allow-change-held-packages'] : []),
			...setting('DPkg::Lock::Timeout', change.lockTimeoutSeconds?.toString()),
			...setting('Dir::Etc::Preferences', preferences),
			...setting('Dir::Cache::Archives', change.archivesDirectory),
			...keepConfiguration.flatMap((option) => setting('Dpkg::Options::', option)),
			// Plain lines in the log instead of a pseudo-terminal's control sequences.
			...setting('Dpkg::Use-Pty', '0'),
			'install',
			'--',
			...targets,
			// apt-get(8): a name with a minus behind it is removed.
			...(change.remove ?? []).map((name) => `${name}-`),
		],
		env: quietEnvironment,
	};
}

function setting(name: string, value: string | undefined): readonly string[] {
	return value === undefined ? [] : ['--option', `${name}=${value}`];
}
