import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		// The lab takes hours and has a command of its own; of the campaigns a sample is here.
		exclude: [...configDefaults.exclude, 'test/lab/**'],
		setupFiles: ['test/fixed-seed.ts'],
		maxWorkers: 2,
		// No test measures time; on a busy machine even setting up a generator takes seconds.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// Without a size in the environment Ink spawns tput for every layout (2.3 times slower).
		// Without CI Ink draws every frame, as on an administrator's terminal.
		env: { COLUMNS: '100', LINES: '30', CI: 'false', FORCE_COLOR: '0' },
	},
});
