import { type RunOptions, type StepId, stepIds } from '../../steps/step.js';
import { type Invocation, UsageError } from './parse.js';

/** What the command line asks of a run. Throws UsageError. */
export function runOptionsOf(invocation: Invocation): RunOptions {
	const target = invocation.value('target');
	const until = invocation.value('until');
	if (until !== undefined && !stepIds.includes(until as StepId)) {
		throw new UsageError(`There is no step "${until}". Steps: ${stepIds.join(', ')}.`);
	}
	return {
		pools: invocation.values('pool'),
		ignoredChecks: invocation.values('ignore-check'),
		...(target === undefined ? {} : { target }),
		...(until === undefined ? {} : { until: until as StepId }),
	};
}
