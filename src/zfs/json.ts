/** Steps into the JSON that the tools print (`-j`, since 2.3), in string mode: every number is text. */
import { excerpt } from '../host/text.js';
import { ZfsParseError } from './parse-error.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** @throws ZfsParseError when it is no JSON object */
export function parseJsonObject(text: string, subject: string): JsonObject {
	let value: unknown;
	try {
		value = JSON.parse(text);
	} catch {
		throw new ZfsParseError(subject, `not JSON: ${excerpt(text)}`);
	}
	return toObject(value, subject, 'the whole');
}

/** @throws ZfsParseError */
export function toObject(value: unknown, subject: string, what: string): JsonObject {
	if (typeof value !== 'object' || value === null || Array.isArray(value)) {
		throw new ZfsParseError(subject, `${what} is not an object`);
	}
	return value as JsonObject;
}

/** A member that is an object; undefined where there is none. @throws ZfsParseError */
export function getObject(object: JsonObject, key: string, subject: string): JsonObject | undefined {
	const value = getMember(object, key);
	return value === undefined ? undefined : toObject(value, subject, key);
}

/**
 * A member that is text; undefined where there is none.
 * @throws ZfsParseError for a number: it comes from `--json-int`, and a guid or size may already be rounded
 */
export function getText(object: JsonObject, key: string, subject: string): string | undefined {
	const value = getMember(object, key);
	if (value !== undefined && typeof value !== 'string') throw new ZfsParseError(subject, `${key} is not text`);
	return value;
}

/** Own members only: a dataset or device may be called `constructor`. */
export function getMember(object: JsonObject, key: string): unknown {
	return Object.hasOwn(object, key) ? object[key] : undefined;
}
