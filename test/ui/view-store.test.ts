import { describe, expect, it, vi } from 'vitest';
import { initialView } from '../../src/ui/view.js';
import { createViewStore } from '../../src/ui/view-store.js';
import { about, commands, runState } from './example-run.js';

const start = initialView({
	about,
	terminal: { colour: false, unicode: false, screenReader: false },
	size: { columns: 80, rows: 24 },
	now: 0,
});

describe('the store of the view', () => {
	it('shows a burst of lines once, and a key at once', () => {
		vi.useFakeTimers();
		try {
			const store = createViewStore(start);
			const listener = vi.fn();
			store.subscribe(listener);
			for (let index = 0; index < 1000; index += 1) {
				const event = { type: 'output', commandId: commands.build.id, stream: 'stdout', line: 'x' } as const;
				store.dispatch({ type: 'event', event: { type: 'step-event', step: 'module', event }, at: 0 });
			}
			expect(listener).not.toHaveBeenCalled();
			vi.runAllTimers();
			expect(listener).toHaveBeenCalledTimes(1);
			expect(store.shown().feed.total).toBe(1000);
			store.dispatch({ type: 'key', key: { name: 'text', text: 'r', ctrl: false }, at: 0 });
			expect(listener).toHaveBeenCalledTimes(2);
			expect(store.shown().panel?.kind).toBe('rollback');
		} finally {
			vi.useRealTimers();
		}
	});

	it('tells those who wait for a state, also when it is there already', async () => {
		const store = createViewStore(start);
		const waiting = store.when((view) => view.run !== undefined);
		store.dispatch({ type: 'event', event: { type: 'run', state: runState(), resumed: false }, at: 0 });
		expect((await waiting).run?.id).toBe('20261122-213000');
		expect((await store.when(() => true)).run?.id).toBe('20261122-213000');
		store.close();
	});
});
