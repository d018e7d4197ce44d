import { execa } from 'execa';

/** How a program that had the terminal to itself ended: its exit code, or 128 and the signal's number as shells say it. */
export type InheritedEnd = { readonly kind: 'ended'; readonly code: number } | { readonly kind: 'not-found' };

/**
 * Runs a program of the caller's with the caller's own terminal, environment and PATH, and waits for it. Only for
 * `guard`, which stands in front of somebody else's command; everything of ours goes through `Host`.
 */
export async function runInherited(argv: readonly [string, ...string[]]): Promise<InheritedEnd> {
	const [program, ...args] = argv;
	const result = await execa(program, args, {
		stdio: 'inherit',
		reject: false,
		cleanup: true,
		forceKillAfterDelay: false,
	});
	if (result.code === 'ENOENT') return { kind: 'not-found' };
	if (result.exitCode !== undefined) return { kind: 'ended', code: result.exitCode };
	const { constants } = await import('node:os');
	return { kind: 'ended', code: 128 + (result.signal === undefined ? 0 : constants.signals[result.signal]) };
}
