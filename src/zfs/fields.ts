/** Single fields of zfs and zpool output. `-` is how the tools say "none" or "does not apply". */
import { excerpt } from '../host/text.js';
import { InvalidNameError } from './names.js';
import { ZfsParseError } from './parse-error.js';

/** Bytes or a count in exact digits, as `-p` prints them. @throws ZfsParseError */
export function parseCount(field: string, subject: string): bigint {
	if (!/^\d{1,20}$/.test(field)) throw new ZfsParseError(subject, `not an exact number: ${excerpt(field)}`);
	return BigInt(field);
}

/** Like `parseCount`, with `-` as undefined. @throws ZfsParseError */
export function parseOptionalCount(field: string | undefined, subject: string): bigint | undefined {
	return field === undefined || field === '-' ? undefined : parseCount(field, subject);
}

/** A guid stays text: it exceeds what a number can hold. @throws ZfsParseError */
export function parseGuid(field: string | undefined, subject: string): string {
	if (field === undefined || !/^\d{1,20}$/.test(field)) {
		throw new ZfsParseError(subject, `not a guid: ${excerpt(field ?? '')}`);
	}
	return field;
}

export function orUndefined(field: string | undefined): string | undefined {
	return field === '-' || field === '' ? undefined : field;
}

/** Takes one of a few words. @throws ZfsParseError */
export function parseWord<Word extends string>(field: string, words: readonly Word[], subject: string): Word {
	const word = words.find((candidate) => candidate === field);
	if (word === undefined) throw new ZfsParseError(subject, `expected ${words.join(' or ')}: ${excerpt(field)}`);
	return word;
}

/** A name that the tools printed. @throws ZfsParseError */
export function parsePrintedName<Name>(field: string, parse: (text: string) => Name, subject: string): Name {
	try {
		return parse(field);
	} catch (error) {
		if (!(error instanceof InvalidNameError)) throw error;
		throw new ZfsParseError(subject, `${error.message}: ${excerpt(field)}`);
	}
}

/** Lines of prose as one; undefined when nothing is left. */
export function foldLines(lines: readonly string[] | undefined): string | undefined {
	const text = lines?.map((line) => line.trim()).join(' ');
	return text?.trim() || undefined;
}
