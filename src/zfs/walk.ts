import { type Fact, known, unknown } from '../facts/fact.js';
import { type CommandResult, type Host, succeeded } from '../host/host.js';
import { quoteForDisplay } from '../host/text.js';
import type { Dataset } from './dataset.js';
import { ZfsParseError } from './parse-error.js';
import { diagnose } from './problem.js';
import { createRowReader } from './rows.js';
import { datasetListing, type Listing } from './zfs-list.js';

/**
 * Runs a listing and hands over each item as it comes, so that 100,000 snapshots are never held at once.
 * @returns how many there were; unknown when the listing was not whole, whatever was handed over until then
 */
export async function walk<T>(host: Host, listing: Listing<T>, visit: (item: T) => void): Promise<Fact<number>> {
	const source = quoteForDisplay(listing.command.argv);
	const reader = createRowReader(listing.rows);
	let ended: CommandResult | undefined;
	const lines = (async function* () {
		ended = yield* host.stream(listing.command);
	})();
	let count = 0;
	try {
		for await (const { stream, line } of lines) {
			const fields = stream === 'stdout' ? reader.push(line) : undefined;
			if (fields === undefined) continue;
			visit(listing.toItem(fields));
			count += 1;
		}
		// Every line was seen here, so it does not matter whether the result kept them all.
		if (ended === undefined || !succeeded(ended)) return unknown(`${source}: ${explain(ended)}`);
		reader.end();
	} catch (error) {
		if (!(error instanceof ZfsParseError)) throw error;
		return unknown(`${source}: ${error.message}`);
	}
	return known(count, source);
}

/** All filesystems and volumes of all pools, by one command. */
export async function readDatasets(host: Host): Promise<Fact<readonly Dataset[]>> {
	const datasets: Dataset[] = [];
	const count = await walk(host, datasetListing, (dataset) => datasets.push(dataset));
	return count.known ? known(datasets, count.source) : count;
}

function explain(result: CommandResult | undefined): string {
	return result === undefined ? 'it did not say how it ended' : diagnose(result).message;
}
