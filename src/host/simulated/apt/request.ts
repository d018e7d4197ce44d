/** What an apt-get command line asks for. */
import { hasOption, optionValue, optionValues, type ParsedOptions, parseOptions, splitOnce } from '../options.js';

const spec = {
	short: 'ysqdfmVut:o:bc:hPv',
	long: {
		yes: 'y',
		'assume-yes': 'y',
		'assume-no': 'assume-no',
		simulate: 's',
		'just-print': 's',
		'dry-run': 's',
		recon: 's',
		'no-act': 's',
		'quiet?': 'q',
		'download-only': 'd',
		'fix-broken': 'f',
		'fix-missing': 'm',
		'verbose-versions': 'V',
		'show-upgraded': 'u',
		'target-release=': 't',
		'default-release=': 't',
		'option=': 'o',
		'config-file=': 'c',
		'no-install-recommends': 'no-install-recommends',
		'install-recommends': 'install-recommends',
		'only-upgrade': 'only-upgrade',
		reinstall: 'reinstall',
		'no-remove': 'no-remove',
		'allow-downgrades': 'allow-downgrades',
		'allow-change-held-packages': 'allow-change-held-packages',
		'allow-remove-essential': 'allow-remove-essential',
		'allow-unauthenticated': 'allow-unauthenticated',
		'auto-remove': 'auto-remove',
		autoremove: 'auto-remove',
		'no-auto-remove': 'no-auto-remove',
		purge: 'purge',
		'print-uris': 'print-uris',
		'ignore-hold': 'ignore-hold',
		version: 'v',
	},
} as const;

export interface AptRequest {
	readonly parsed: ParsedOptions;
	readonly operation: string;
	readonly targets: readonly string[];
	readonly simulate: boolean;
	readonly assumeYes: boolean;
	readonly targetRelease: string | undefined;
	readonly preferencesFile: string | undefined;
	readonly archivesDirectory: string;
	/** Seconds to wait for the lock; 0 does not wait. */
	readonly lockTimeout: number;
	readonly has: (option: string) => boolean;
}

/** A string is what apt says of a wrong command line. */
export function parseAptRequest(args: readonly string[]): AptRequest | string {
	const parsed = parseOptions(args, spec);
	if (parsed.problem !== undefined) {
		const { kind, option } = parsed.problem;
		const shown = option.length > 1 ? `--${option}` : option;
		if (kind === 'missing') return `E: Command line option ${shown} requires an argument.`;
		const from = option.length > 1 ? '' : ` [from -${option}]`;
		return `E: Command line option ${option.length > 1 ? shown : `'${option}'`}${from} is not understood in combination with the other options`;
	}
	const settings = new Map(
		optionValues(parsed, 'o').map((text) => {
			const [name, value = ''] = splitOnce(text, '=');
			return [name.toLowerCase(), value] as const;
		}),
	);
	const wrong = optionValues(parsed, 'o').find((text) => !text.includes('='));
	if (wrong !== undefined) {
		return `E: Option ${wrong}: Configuration item specification must have an =<val>.`;
	}
	const [operation = '', ...targets] = parsed.operands;
	return {
		parsed,
		operation,
		targets,
		simulate: hasOption(parsed, 's'),
		assumeYes: hasOption(parsed, 'y'),
		targetRelease: optionValue(parsed, 't'),
		preferencesFile: settings.get('dir::etc::preferences'),
		archivesDirectory: settings.get('dir::cache::archives')?.replace(/\/$/, '') ?? '/var/cache/apt/archives',
		lockTimeout: Number(settings.get('dpkg::lock::timeout') ?? 0),
		has: (option) => hasOption(parsed, option),
	};
}
