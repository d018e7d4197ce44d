/** Programs that read files, or what comes in, and print it. */
import { checksumOf, nodeBytes } from '../../node.js';
import { hasOption, optionValue, parseOptions } from '../../options.js';
import type { Program } from '../../session.js';
import { cutData } from '../../stream.js';
import { readFile } from '../../tree.js';
import { absolute, attempt, refuse } from './coreutil.js';

export const cat: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'nAvbEsTetu' });
	if (refuse(session, 'cat', parsed)) return 1;
	if (parsed.operands.length === 0) {
		session.write(session.stdin);
		return 0;
	}
	let code = 0;
	for (const operand of parsed.operands) {
		code =
			attempt(session, `cat: ${operand}`, () => {
				if (operand === '-') return session.write(session.stdin);
				const node = readFile(session.machine, absolute(session, operand));
				return session.write({ text: node.text, bytes: nodeBytes(node) });
			}) || code;
	}
	return code;
};

export const head: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'c:n:qv', long: { 'bytes=': 'c', 'lines=': 'n' } });
	if (refuse(session, 'head', parsed)) return 1;
	const [operand] = parsed.operands;
	return attempt(session, `head: cannot open '${operand}' for reading`, () => {
		const node = operand === undefined ? undefined : readFile(session.machine, absolute(session, operand));
		const data = node === undefined ? session.stdin : { text: node.text, bytes: nodeBytes(node) };
		const bytes = optionValue(parsed, 'c');
		if (bytes === undefined) {
			const lines = data.text.split('\n').slice(0, Number(optionValue(parsed, 'n') ?? 10));
			const text = lines.join('\n') + (lines.length < data.text.split('\n').length ? '\n' : '');
			return session.write({ text, bytes: BigInt(Buffer.byteLength(text)) });
		}
		const cut = cutData(data, BigInt(bytes));
		// It goes when it has enough, and whoever still writes is killed.
		if (operand === undefined && cut.bytes < data.bytes) session.leaveInput();
		return session.write(cut);
	});
};

export const tail: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'n:c:fFqv', long: { 'lines=': 'n', 'bytes=': 'c' } });
	if (refuse(session, 'tail', parsed)) return 1;
	const [operand] = parsed.operands;
	return attempt(session, `tail: cannot open '${operand}' for reading`, () => {
		const text =
			operand === undefined ? session.stdin.text : readFile(session.machine, absolute(session, operand)).text;
		const lines = text
			.replace(/\n$/, '')
			.split('\n')
			.slice(-Number(optionValue(parsed, 'n') ?? 10));
		if (text !== '') session.out(lines.join('\n'));
	});
};

export const wc: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'clwm' });
	if (hasOption(parsed, 'c')) session.out(String(session.stdin.bytes));
	else session.out(String(session.stdin.text.split('\n').length - 1));
	return 0;
};

export const sha256sum: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'bctz', long: { check: 'c', binary: 'b' } });
	let code = refuse(session, 'sha256sum', parsed) ? 1 : 0;
	for (const operand of parsed.operands) {
		code =
			attempt(session, `sha256sum: ${operand}`, () => {
				const node = readFile(session.machine, absolute(session, operand));
				session.wait(Number(nodeBytes(node)) / 400_000_000);
				session.out(`${checksumOf(node)}  ${operand}`);
			}) || code;
	}
	return code;
};

/** `sort`: by bytes, as with LC_ALL=C. */
export const sort: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'ur', long: { unique: 'u', reverse: 'r' } });
	if (refuse(session, 'sort', parsed)) return 2;
	const [operand] = parsed.operands;
	return attempt(session, `sort: cannot read: ${operand}`, () => {
		const text =
			operand === undefined ? session.stdin.text : readFile(session.machine, absolute(session, operand)).text;
		if (text === '') return;
		const lines = text
			.replace(/\n$/, '')
			.split('\n')
			.map((line) => Buffer.from(line));
		const sorted = lines.sort(Buffer.compare).map(String);
		const shown = hasOption(parsed, 'u') ? sorted.filter((line, index) => line !== sorted[index - 1]) : sorted;
		session.out((hasOption(parsed, 'r') ? shown.toReversed() : shown).join('\n'));
	});
};
