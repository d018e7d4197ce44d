/**
 * The property tests draw the same values in every run, so that a change is what turned a run red. FAST_CHECK_SEED is
 * another seed; `npm run campaign -- fuzz` draws many more values.
 */
import process from 'node:process';
import fc from 'fast-check';

fc.configureGlobal({ seed: Number(process.env.FAST_CHECK_SEED ?? 20261122) });
