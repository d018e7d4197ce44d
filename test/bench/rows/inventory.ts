/** The inventory of a host with 100,000 snapshots, against listing them. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundleProgram } from '../bundle-program.ts';
import { runIn, timeIn } from '../child.ts';
import { interleave } from '../measure.ts';
import { compare, limit, type Result } from '../result.ts';
import type { Setting } from '../setting.ts';

const snapshots = 100_000;
const memoryGoal = 150;

/** Fifty microseconds a snapshot; the simulated host takes ten times as long for a dataset. */
const listingSeconds = 5;

/** As `zfs list` prints them: dataset by dataset. */
function listing(): string {
	const rows = Array.from({ length: snapshots }, (_, index) => {
		const name = `pool${Math.floor(index / 12_500)}/data${index % 1000}@autosnap_2026-11-22_00:00:01_daily${index}`;
		const guid = (9_000_000_000_000_000_000n + BigInt(index) * 7_919_117n) % 18_446_744_073_709_551_615n;
		return `${guid}\t${name}\t${1000 + index}\t0\n`;
	});
	return rows.join('');
}

export async function measureInventory({ host, programs, rounds, scratch }: Setting): Promise<readonly Result[]> {
	const [build] = programs;
	const bundle = await bundleProgram('inventory.ts', scratch);
	cpSync(bundle, path.join(host.root, 'opt/inventory.mjs'));
	mkdirSync(path.join(host.root, 'var/bench'), { recursive: true });
	writeFileSync(path.join(host.root, 'bench/snapshots'), listing());
	const list = 'zfs list -H -p -t snapshot -o guid,name,createtxg,userrefs';
	const argv = [build.argv[0], '/opt/inventory.mjs', '/var/bench'];
	const what = 'inventory of 100,000 snapshots';
	const results: Result[] = [];
	for (const seconds of [0, listingSeconds]) {
		writeFileSync(path.join(host.root, 'bench/snapshots.pace'), String(seconds));
		const pairs = await interleave(
			Math.max(3, Math.round(rounds / 4)),
			() => timeIn(host.root, argv),
			() => timeIn(host.root, ['/bin/sh', '-c', `${list} | cat > /dev/null`]),
		);
		const labels = {
			what: `${what}, ${seconds === 0 ? 'listed at once' : `listed in ${seconds} s`}`,
			yardstick: '`zfs list` piped to `cat`',
			unit: 'ms',
		} as const;
		results.push(compare(labels, pairs, { kind: 'at most', ratio: 1.2 }));
	}
	writeFileSync(path.join(host.root, 'bench/snapshots.pace'), '0');
	const { mebibytes } = await runIn(host.root, argv);
	results.push(
		limit(
			{ what: `memory for the ${what}`, yardstick: '', measuredYardstick: '' },
			{ value: mebibytes, unit: 'MiB', most: memoryGoal },
		),
	);
	return results;
}
