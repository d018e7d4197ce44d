import { defineConfig } from 'vitest/config';

/** The scenarios; started by `main.ts run`, which builds the guest and says where it is. */
export default defineConfig({
	test: {
		dir: import.meta.dirname,
		include: ['scenarios/*.lab.ts'],
		// A machine has one processor and keeps one core busy; the parts of one scenario follow each other.
		maxWorkers: Number(process.env.LOCKSTEP_LAB_WORKERS ?? 2),
		// twenty times what a part takes on an idle machine
		testTimeout: 90 * 60_000,
		hookTimeout: 10 * 60_000,
		reporters: ['verbose'],
	},
});
