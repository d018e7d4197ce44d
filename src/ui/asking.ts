import type { Answer, Question } from '../../steps/step.js';
import type { Keypress } from './keypress.js';
import { cleanText } from './text/clean.js';

/** What was typed or marked so far, each kind of question with its own. */
export type Draft =
	| { readonly kind: 'confirm' }
	/** Where a slip would hurt: the word is typed key by key. */
	| { readonly kind: 'word'; readonly word: string; readonly text: string }
	| { readonly kind: 'choose'; readonly index: number }
	| { readonly kind: 'choose-many'; readonly index: number; readonly chosen: readonly string[] }
	| { readonly kind: 'text'; readonly text: string; readonly cursor: number };

/** A question on the screen. */
export interface Asking {
	readonly question: Question;
	readonly draft: Draft;
	/** Milliseconds, when it came into sight; keys pressed before or just after were meant for something else. */
	readonly since: number;
	/** First visible row of its explanation. */
	readonly top: number;
	/** Why the last try was no answer. */
	readonly problem: string | undefined;
}

/** Keys within this time after a question came into sight are type-ahead, never an answer. Milliseconds. */
export const guardTime = 600;

/** A paste that is longer than any path or name is none. */
const longestText = 1000;

export function openQuestion(question: Question, at: number): Asking {
	return { question, draft: firstDraft(question), since: at, top: 0, problem: undefined };
}

function firstDraft(question: Question): Draft {
	switch (question.kind) {
		case 'confirm':
			return question.typeWord === undefined
				? { kind: 'confirm' }
				: { kind: 'word', word: question.typeWord, text: '' };
		case 'choose': {
			const suggested = question.choices.findIndex((choice) => choice.value === question.suggested);
			return { kind: 'choose', index: Math.max(0, suggested) };
		}
		case 'choose-many':
			return { kind: 'choose-many', index: 0, chosen: question.suggested };
		case 'text':
			return { kind: 'text', text: question.suggested, cursor: [...question.suggested].length };
	}
}

/** Whether letters are being typed, so that they cannot open panels. */
export function takesText(asking: Asking): boolean {
	return asking.draft.kind === 'word' || asking.draft.kind === 'text';
}

/** What a key did: an answer, another draft, or nothing (the key means something elsewhere). */
export type Pressed =
	| { readonly kind: 'answered'; readonly answer: Answer }
	| { readonly kind: 'drafted'; readonly asking: Asking }
	| undefined;

/** A key on an open question. Pure; the guard time has passed. */
export function pressKey(asking: Asking, key: Keypress): Pressed {
	const { draft } = asking;
	switch (draft.kind) {
		case 'confirm':
			return pressConfirm(asking, key);
		case 'word':
			return pressWord(asking, draft, key);
		case 'choose':
			return pressChoose(asking, draft.index, key);
		case 'choose-many':
			return pressChooseMany(asking, draft, key);
		case 'text':
			return pressText(asking, draft, key);
	}
}

function answered(asking: Asking, value: Answer['value']): Pressed {
	return { kind: 'answered', answer: { questionId: asking.question.id, value, by: 'administrator' } };
}

function drafted(asking: Asking, draft: Draft, problem?: string): Pressed {
	return { kind: 'drafted', asking: { ...asking, draft, problem } };
}

/** Only a single `y` or `n`: a paste that happens to begin with y is no agreement. */
function pressConfirm(asking: Asking, key: Keypress): Pressed {
	if (key.name === 'enter') {
		return drafted(asking, asking.draft, 'Press y for yes or n for no.');
	}
	if (key.name !== 'text' || key.ctrl) {
		return undefined;
	}
	switch (key.text.toLowerCase()) {
		case 'y':
			return answered(asking, true);
		case 'n':
			return answered(asking, false);
		default:
			return undefined;
	}
}

function pressWord(asking: Asking, draft: Extract<Draft, { kind: 'word' }>, key: Keypress): Pressed {
	const { word, text } = draft;
	if (key.name === 'backspace') {
		return drafted(asking, { ...draft, text: text.slice(0, -1) });
	}
	if (key.name === 'text' && key.ctrl && key.text === 'u') {
		return drafted(asking, { ...draft, text: '' });
	}
	if (key.name === 'text' && !key.ctrl) {
		return key.text.length === 1
			? drafted(asking, { ...draft, text: (text + key.text).slice(-40) })
			: drafted(
					asking,
					{ ...draft, text: '' },
					'Several characters came at once and were not taken. Type the word key by key.',
				);
	}
	if (key.name !== 'enter') {
		return undefined;
	}
	if (text.trim() === word) {
		return answered(asking, true);
	}
	if (text.trim().toLowerCase() === 'no') {
		return answered(asking, false);
	}
	return drafted(asking, { ...draft, text: '' }, `Nothing was done. Type ${word} to go on, or no to decline.`);
}

/** The next index after an arrow, a page key or a digit; undefined for keys that do not move. */
function move(index: number, amount: number, key: Keypress): number | undefined {
	const last = Math.max(0, amount - 1);
	switch (key.name) {
		case 'up':
			return Math.max(0, index - 1);
		case 'down':
			return Math.min(last, index + 1);
		case 'home':
			return 0;
		case 'end':
			return last;
		case 'text': {
			if (key.text === 'k' || key.text === 'j') {
				return key.text === 'k' ? Math.max(0, index - 1) : Math.min(last, index + 1);
			}
			const digit = /^[1-9]$/.test(key.text) ? Number(key.text) - 1 : undefined;
			return digit !== undefined && digit <= last ? digit : undefined;
		}
		default:
			return undefined;
	}
}

function pressChoose(asking: Asking, index: number, key: Keypress): Pressed {
	if (asking.question.kind !== 'choose') {
		return undefined;
	}
	const { choices } = asking.question;
	if (key.name === 'enter') {
		return answered(asking, (choices[index] ?? choices[0]).value);
	}
	const next = move(index, choices.length, key);
	return next === undefined ? undefined : drafted(asking, { kind: 'choose', index: next });
}

function pressChooseMany(asking: Asking, draft: Extract<Draft, { kind: 'choose-many' }>, key: Keypress): Pressed {
	if (asking.question.kind !== 'choose-many') {
		return undefined;
	}
	const { index, chosen } = draft;
	const values = asking.question.choices.map((choice) => choice.value);
	if (key.name === 'enter') {
		return answered(
			asking,
			values.filter((value) => chosen.includes(value)),
		);
	}
	if (key.name === 'text' && key.text === ' ') {
		const value = values[index];
		if (value === undefined) {
			return undefined;
		}
		const toggled = chosen.includes(value) ? chosen.filter((each) => each !== value) : [...chosen, value];
		return drafted(asking, { ...draft, chosen: toggled });
	}
	if (key.name === 'text' && key.text === 'a' && !key.ctrl) {
		return drafted(asking, { ...draft, chosen: chosen.length === values.length ? [] : values });
	}
	const next = move(index, values.length, key);
	return next === undefined ? undefined : drafted(asking, { ...draft, index: next });
}

function pressText(asking: Asking, draft: Extract<Draft, { kind: 'text' }>, key: Keypress): Pressed {
	if (asking.question.kind !== 'text') {
		return undefined;
	}
	const characters = [...draft.text];
	const put = (next: readonly string[], cursor: number): Pressed =>
		drafted(asking, { kind: 'text', text: next.join(''), cursor: Math.min(Math.max(0, cursor), next.length) });
	switch (key.name) {
		case 'enter': {
			const problem = asking.question.problem(draft.text);
			return problem === undefined ? answered(asking, draft.text) : drafted(asking, draft, problem);
		}
		case 'left':
			return put(characters, draft.cursor - 1);
		case 'right':
			return put(characters, draft.cursor + 1);
		case 'home':
			return put(characters, 0);
		case 'end':
			return put(characters, characters.length);
		case 'backspace':
			return put(characters.toSpliced(draft.cursor - 1, draft.cursor > 0 ? 1 : 0), draft.cursor - 1);
		case 'delete':
			return put(characters.toSpliced(draft.cursor, 1), draft.cursor);
		case 'text':
			if (key.ctrl) {
				return key.text === 'u' ? put([], 0) : undefined;
			}
			return insert(asking, draft, key.text);
		default:
			return undefined;
	}
}

function insert(asking: Asking, draft: Extract<Draft, { kind: 'text' }>, text: string): Pressed {
	// A pasted line break is not Enter.
	const typed = [...cleanText((text.split(/[\r\n]/)[0] ?? '').slice(0, longestText))];
	const characters = [...draft.text].toSpliced(draft.cursor, 0, ...typed);
	return drafted(asking, { kind: 'text', text: characters.join(''), cursor: draft.cursor + typed.length });
}

/** A marked paste (bracketed paste): taken by text fields only. */
export function pasteText(asking: Asking, text: string): Asking {
	const pressed =
		asking.draft.kind === 'text'
			? insert(asking, asking.draft, text)
			: asking.draft.kind === 'word'
				? drafted(asking, asking.draft, 'Pasted text is not taken here. Type the word key by key.')
				: undefined;
	return pressed?.kind === 'drafted' ? pressed.asking : asking;
}
