/** One key as the reducer sees it. Several characters that came at once (type-ahead, an unmarked paste) are `text`. */
export interface Keypress {
	readonly name:
		| 'text'
		| 'enter'
		| 'escape'
		| 'up'
		| 'down'
		| 'left'
		| 'right'
		| 'page-up'
		| 'page-down'
		| 'home'
		| 'end'
		| 'backspace'
		| 'delete'
		| 'tab';
	/** The characters of `text`; empty for the other keys. */
	readonly text: string;
	readonly ctrl: boolean;
}
