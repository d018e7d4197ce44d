import { drawGuid } from '../../draw.js';
import type { Node } from '../../machine.js';
import { nodeBytes } from '../../node.js';
import type { Program, Session } from '../../session.js';
import { cutData } from '../../stream.js';
import { putNode, readFile } from '../../tree.js';
import { absolute, attempt } from './coreutil.js';

/** `dd if= of= bs= count=`: from /dev/urandom, /dev/zero, a file or standard input, to a file or a volume. */
export const dd: Program = (session, args) => {
	const known = ['if', 'of', 'bs', 'count', 'conv', 'status', 'oflag', 'iflag', 'seek', 'skip'];
	const values = new Map(args.map((arg) => [arg.split('=', 1)[0] ?? '', arg.slice(arg.indexOf('=') + 1)] as const));
	const wrong = [...values.keys()].find((key) => !known.includes(key));
	if (wrong !== undefined) {
		session.err(`dd: unrecognized operand '${wrong}'\nTry 'dd --help' for more information.`);
		return 1;
	}
	const units: Readonly<Record<string, bigint>> = { '': 1n, K: 1024n, k: 1024n, M: 1048576n, G: 1073741824n };
	const [, number = '512', unit = ''] = /^(\d+)([KkMG]?)$/.exec(values.get('bs') ?? '512') ?? [];
	const limit = values.has('count')
		? BigInt(number) * (units[unit] ?? 1n) * BigInt(values.get('count') ?? '0')
		: undefined;
	const input = values.get('if');
	const output = values.get('of') ?? '';
	return attempt(session, `dd: failed to open '${output}'`, () => {
		const [text, bytes] = readInput(session, input, limit);
		session.wait(0.02 + Number(bytes) / 400_000_000);
		const mtime = Math.floor(session.now);
		const node: Node = { kind: 'file', mode: 0o644, uid: 0, mtime, text, bytes: String(bytes) };
		session.change(putNode(session.machine, absolute(session, output), node));
		if (values.get('status') === 'none') return;
		const records = `${limit === undefined ? 1 : Number(values.get('count'))}+0`;
		session.err(`${records} records in\n${records} records out\n${bytes} bytes copied`);
	});
};

function readInput(session: Session, input: string | undefined, limit: bigint | undefined): readonly [string, bigint] {
	if (input === '/dev/urandom' || input === '/dev/zero') {
		if (input === '/dev/zero') return ['zeros', limit ?? 0n];
		const [random, drawn] = drawGuid(session.machine);
		session.change(drawn);
		return [`random ${random}`, limit ?? 0n];
	}
	const node = input === undefined ? undefined : readFile(session.machine, absolute(session, input));
	const data = node === undefined ? session.stdin : { text: node.text, bytes: nodeBytes(node) };
	const cut = limit === undefined ? data : cutData(data, limit);
	return [cut.text, cut.bytes];
}
