import { type Action, reduceView, type View } from './view.js';

/** Holds the view, and shows it no more often than eyes can follow. */
export interface ViewStore {
	/** As it is now. */
	current(): View;
	/** As it was last shown; changes only when subscribers are told. */
	shown(): View;
	dispatch(action: Action): void;
	subscribe(listener: () => void): () => void;
	/** Resolves with the first view, now or later, of which `holds` is true. */
	when(holds: (view: View) => boolean): Promise<View>;
	/** Stops the timer; what is pending is shown. */
	close(): void;
}

/**
 * Milliseconds between two screens while lines come in. A build prints hundreds of lines a second; drawing each of
 * them costs a hundred times more than reading them.
 */
const pace = 100;

export function createViewStore(initial: View): ViewStore {
	let current = initial;
	let shown = initial;
	let timer: NodeJS.Timeout | undefined;
	const listeners = new Set<() => void>();
	const waiters = new Set<() => void>();

	function show(): void {
		clearTimeout(timer);
		timer = undefined;
		if (shown !== current) {
			shown = current;
			for (const listener of [...listeners]) {
				listener();
			}
		}
	}

	/** What a person did is answered at once, and so is what she must see at once. */
	function isUrgent(action: Action): boolean {
		if (action.type === 'event') {
			return action.event.type === 'step-event' && action.event.event.type === 'question';
		}
		return action.type !== 'tick';
	}

	return {
		current: () => current,
		shown: () => shown,
		dispatch(action) {
			current = reduceView(current, action);
			for (const waiter of [...waiters]) {
				waiter();
			}
			if (isUrgent(action)) {
				show();
			} else {
				timer ??= setTimeout(show, pace);
			}
		},
		subscribe(listener) {
			listeners.add(listener);
			return () => {
				listeners.delete(listener);
			};
		},
		when(holds) {
			return new Promise((resolve) => {
				const look = (): void => {
					if (holds(current)) {
						waiters.delete(look);
						resolve(current);
					}
				};
				waiters.add(look);
				look();
			});
		},
		close: show,
	};
}
