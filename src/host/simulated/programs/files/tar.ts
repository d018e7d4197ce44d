import { extractArchive, unpackArchive } from '../../initramfs.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import type { Program } from '../../session.js';
import { find } from '../../tree.js';
import { absolute, attempt } from './coreutil.js';

/** `tar --extract` of an archive on standard input, whole or the named members. */
export const tar: Program = (session, args) => {
	const parsed = parseOptions(args, {
		short: 'xtcvf:C:pz',
		long: {
			extract: 'x',
			get: 'x',
			list: 't',
			'directory=': 'C',
			'file=': 'f',
			'strip-components=': 'strip',
			'no-same-owner': 'o',
			'no-same-permissions': 'o',
			'no-overwrite-dir': 'o',
			'keep-old-files': 'k',
			verbose: 'v',
			'wildcards?': 'w',
		},
	});
	if (parsed.problem !== undefined) {
		session.err(
			`tar: unrecognized option '${parsed.problem.option}'\nTry 'tar --help' or 'tar --usage' for more information.`,
		);
		return 64;
	}
	const isInput = (optionValue(parsed, 'f') ?? '-') === '-';
	if (!isInput || !(hasOption(parsed, 'x') || hasOption(parsed, 't'))) {
		session.err("tar: You must specify one of the '-Acdtrux', '--delete' or '--test-label' options");
		return 2;
	}
	const archive = unpackArchive(session.stdin.text);
	if (archive === undefined) {
		session.err('tar: This does not look like a tar archive\ntar: Exiting with failure status due to previous errors');
		return 2;
	}
	const wanted = parsed.operands.map((name) => name.replace(/\/$/, ''));
	// Debian's packages name their members from `./`, which counts both in a name and in --strip-components.
	const members = Object.entries(archive)
		.map(([path, node]) => [`./${path}`, node] as const)
		.filter(([path]) => wanted.length === 0 || wanted.some((name) => path === name || path.startsWith(`${name}/`)));
	if (hasOption(parsed, 't')) {
		session.out(members.map(([path, node]) => `${path}${node.kind === 'directory' ? '/' : ''}`).join('\n'));
		return 0;
	}
	const folder = absolute(session, optionValue(parsed, 'C') ?? '.');
	if (find(session.machine, folder).node?.kind !== 'directory') {
		session.err(
			`tar: ${optionValue(parsed, 'C')}: Cannot open: No such file or directory\ntar: Error is not recoverable: exiting now`,
		);
		return 2;
	}
	const missing = wanted.filter((name) => !members.some(([path]) => path === name || path.startsWith(`${name}/`)));
	for (const name of missing) session.err(`tar: ${name}: Not found in archive`);
	const strip = Number(optionValue(parsed, 'strip') ?? 0);
	const stripped = members
		.map(([path, node]) => [path.split('/').slice(strip).join('/').replace(/^\.\//, ''), node] as const)
		.filter(([path]) => path !== '');
	session.wait(2);
	const code = attempt(session, 'tar: Cannot write', () =>
		session.change(extractArchive(session.machine, Object.fromEntries(stripped), folder)),
	);
	if (code !== 0 || missing.length > 0) {
		session.err('tar: Exiting with failure status due to previous errors');
		return 2;
	}
	return 0;
};
