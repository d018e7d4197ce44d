import type { BenchHost } from './bench-host.ts';
import type { Program } from './program.ts';

/** What every row works with. */
export interface Setting {
	readonly host: BenchHost;
	/** Node's build, and the executable where there is one. */
	readonly programs: readonly [Program, ...Program[]];
	/** Times that a short row is repeated; long ones divide it. */
	readonly rounds: number;
	/** For files of a row, on this machine's disk. */
	readonly scratch: string;
}
