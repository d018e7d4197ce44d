import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
	test: {
		include: ['test/**/*.test.{ts,tsx}'],
		// The lab and the campaigns take minutes to hours and have commands of their own.
		exclude: [...configDefaults.exclude, 'test/lab/**', 'test/campaigns/**'],
		maxWorkers: 2,
		// No test measures time; on a busy machine even setting up a generator takes seconds.
		testTimeout: 60_000,
		hookTimeout: 60_000,
		// Without a size in the environment Ink spawns tput for every layout (2.3 times slower).
		// Without CI Ink draws every frame, as on an administrator's terminal.
		env: { COLUMNS: '100', LINES: '30', CI: 'false', FORCE_COLOR: '0' },
	},
});
