/** Cuts what the two streams of a command say into lines, as they come. */
import type { OutputLine } from '../host.js';

export function createLineSplitter() {
	const begun = { stdout: '', stderr: '' };
	return {
		push({ stream, text }: { readonly stream: 'stdout' | 'stderr'; readonly text: string }): readonly OutputLine[] {
			const lines = `${begun[stream]}${text}`.split('\n');
			begun[stream] = lines.pop() ?? '';
			return lines.map((line) => ({ stream, line }));
		},
		/** A last line without its newline. */
		end(): readonly OutputLine[] {
			return (['stdout', 'stderr'] as const).flatMap((stream) =>
				begun[stream] === '' ? [] : [{ stream, line: begun[stream] }],
			);
		},
	};
}
