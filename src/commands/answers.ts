import { readFileSync } from 'node:fs';
import type { Answer, Question } from '../../steps/step.js';
import { type Invocation, UsageError } from './parse.js';

type Values = Readonly<Record<string, Answer['value']>>;

function isValue(value: unknown): value is Answer['value'] {
	return (
		typeof value === 'boolean' ||
		typeof value === 'string' ||
		(Array.isArray(value) && value.every((item) => typeof item === 'string'))
	);
}

/** `{"module.approve": true, "reboot.when": "now", "check.pools": ["tank"]}`. Throws UsageError. */
function parseAnswers(text: string, file: string): Values {
	let raw: unknown;
	try {
		raw = JSON.parse(text);
	} catch {
		throw new UsageError(`${file} is not JSON.`);
	}
	if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) {
		throw new UsageError(`${file} must hold one JSON object: question id to answer.`);
	}
	const wrong = Object.entries(raw).find(([, value]) => !isValue(value));
	if (wrong !== undefined) {
		throw new UsageError(`${file}: the answer to ${wrong[0]} must be true, false, a text or a list of texts.`);
	}
	return raw as Values;
}

/** Whether a value is an answer to this question at all: a file with a slip must not agree to something else. */
function fits(question: Question, value: Answer['value']): boolean {
	switch (question.kind) {
		case 'confirm':
			return typeof value === 'boolean';
		case 'choose':
			return question.choices.some((choice) => choice.value === value);
		case 'choose-many':
			return Array.isArray(value) && value.every((one) => question.choices.some((choice) => choice.value === one));
		case 'text':
			return typeof value === 'string' && question.problem(value) === undefined;
	}
}

/** What `--yes` says: yes to every command, and to a choice what is suggested, which is never a reboot. */
function agree(question: Question): Answer['value'] | undefined {
	switch (question.kind) {
		case 'confirm':
			return true;
		case 'text':
			return question.problem(question.suggested) === undefined ? question.suggested : undefined;
		default:
			return question.suggested;
	}
}

/**
 * Who answers where nobody is at the keyboard.
 * @param preset answers that stand before `--yes`, for `demo`
 */
export function answerPolicy(invocation: Invocation, preset: Values = {}): (question: Question) => Answer | undefined {
	const file = invocation.value('answers');
	let values: Values = {};
	if (file !== undefined) {
		let text: string;
		try {
			text = readFileSync(file, 'utf8');
		} catch (error) {
			throw new UsageError(
				`The answers file ${file} cannot be read: ${error instanceof Error ? error.message : error}`,
			);
		}
		values = parseAnswers(text, file);
	}
	return (question) => {
		const given = values[question.id];
		if (given !== undefined) {
			if (!fits(question, given)) {
				throw new UsageError(
					`The answers file says ${JSON.stringify(given)} to ${question.id}, which is no answer to it.`,
				);
			}
			return { questionId: question.id, value: given, by: 'answers-file' };
		}
		if (!invocation.switch('yes')) return undefined;
		const value = preset[question.id] ?? agree(question);
		return value === undefined ? undefined : { questionId: question.id, value, by: 'yes-flag' };
	};
}
