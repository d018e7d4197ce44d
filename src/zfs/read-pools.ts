import { type Fact, known, unknown } from '../facts/fact.js';
import type { Command, Host } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';
import { type Answer, ask } from './ask.js';
import type { PoolName } from './names.js';
import type { Pool, PoolStatus } from './pool.js';
import { toolsSupportJson, type ZfsVersion } from './version.js';
import {
	type PermanentErrors,
	parsePermanentErrors,
	parsePermanentErrorsJson,
	poolErrorsCommand,
	poolErrorsJsonCommand,
} from './zpool-errors.js';
import {
	type PoolProperties,
	parsePoolProperties,
	parsePoolPropertiesJson,
	poolPropertiesCommand,
	poolPropertiesJsonCommand,
} from './zpool-get.js';
import { parsePoolStatus, poolStatusCommand } from './zpool-status.js';
import { parsePoolStatusJson, poolStatusJsonCommand } from './zpool-status-json.js';

type Statuses = ReadonlyMap<PoolName, PoolStatus>;

/** A command and what reads its output. */
interface Query<T> {
	readonly command: Command;
	readonly parse: (stdout: string) => T;
}

interface Queries {
	readonly properties: Query<readonly PoolProperties[]>;
	readonly status: Query<Statuses>;
	readonly errors: Query<PermanentErrors>;
}

const textQueries: Queries = {
	properties: { command: poolPropertiesCommand, parse: parsePoolProperties },
	status: { command: poolStatusCommand, parse: parsePoolStatus },
	errors: { command: poolErrorsCommand, parse: parsePermanentErrors },
};

const jsonQueries: Queries = {
	properties: { command: poolPropertiesJsonCommand, parse: parsePoolPropertiesJson },
	status: { command: poolStatusJsonCommand, parse: parsePoolStatusJson },
	errors: { command: poolErrorsJsonCommand, parse: parsePermanentErrorsJson },
};

/**
 * All imported pools by at most three commands, however many pools there are; each has a time limit, so that a suspended
 * pool makes something unknown and nothing hang.
 * @param tools version of the userspace, which decides between JSON and text; text without it
 */
export async function readPools(host: Host, tools: ZfsVersion | undefined): Promise<Fact<readonly Pool[]>> {
	const queries = tools !== undefined && toolsSupportJson(tools) ? jsonQueries : textQueries;
	const answers = await askAll(host, queries);
	// The tools break their JSON off at a name or property that is not UTF-8; text goes on.
	if (queries === jsonQueries && (isBroken(answers.properties) || isBroken(answers.status))) {
		return combine(host, textQueries, await askAll(host, textQueries));
	}
	return combine(host, queries, answers);
}

interface Answers {
	readonly properties: Answer<readonly PoolProperties[]>;
	readonly status: Answer<Statuses>;
}

async function askAll(host: Host, queries: Queries): Promise<Answers> {
	const [properties, status] = await Promise.all([
		ask(host, queries.properties.command, queries.properties.parse),
		ask(host, queries.status.command, queries.status.parse),
	]);
	return { properties, status };
}

function isBroken(answer: Answer<unknown>): boolean {
	return !answer.ok && answer.problem.kind === 'unexpected-output';
}

async function combine(host: Host, queries: Queries, answers: Answers): Promise<Fact<readonly Pool[]>> {
	const source = quoteForDisplay(queries.properties.command.argv);
	if (!answers.properties.ok) {
		return unknown(`${source}: ${answers.properties.problem.message}${nameSuspended(answers.status)}`);
	}
	const pools = answers.properties.value.map((pool) => ({ ...pool, status: statusOf(pool, queries, answers.status) }));
	const isDamaged = pools.some(({ status }) => status.known && status.value.errorCount !== 0n);
	const errors = isDamaged ? await ask(host, queries.errors.command, queries.errors.parse) : undefined;
	return known(
		pools.map((pool) => ({ ...pool, permanentErrors: errorsOf(pool, queries, errors) })),
		source,
	);
}

type PoolWithStatus = Omit<Pool, 'permanentErrors'>;

function statusOf({ name }: PoolProperties, { status }: Queries, answer: Answer<Statuses>): Fact<PoolStatus> {
	const source = quoteForDisplay(status.command.argv);
	if (!answer.ok) return unknown(`${source}: ${answer.problem.message}`);
	const value = answer.value.get(name);
	return value === undefined ? unknown(`${source} does not show the pool`) : known(value, source);
}

function errorsOf(
	{ name, status }: PoolWithStatus,
	{ errors }: Queries,
	answer: Answer<PermanentErrors> | undefined,
): Fact<readonly string[]> {
	const source = quoteForDisplay(errors.command.argv);
	if (!status.known) return status;
	if (status.value.errorCount === 0n) return known([], status.source);
	if (answer?.ok !== true) return unknown(`${source}: ${answer?.problem.message ?? 'was not asked'}`);
	const paths = answer.value.get(name);
	return paths === undefined ? unknown(`${source} does not list the errors`) : known(paths, source);
}

/** `zpool status` still answers when a suspended pool keeps everything else waiting. */
function nameSuspended(status: Answer<Statuses>): string {
	if (!status.ok) return '';
	const names = [...status.value].filter(([, { state }]) => state === 'SUSPENDED').map(([name]) => name);
	return names.length === 0 ? '' : ` (suspended: ${names.join(', ')})`;
}
