import { describe, expect, it } from 'vitest';
import { loseUnsynced, noteUnsynced, syncAll } from '../../../src/host/simulated/durability.js';
import { execute } from '../../../src/host/simulated/execute.js';
import type { Machine } from '../../../src/host/simulated/machine.js';
import { buildScenario } from '../../../src/host/simulated/scenarios.js';
import { makeFolder, writeText } from '../../../src/host/simulated/tree.js';

const files = ['META', 'dkms.conf', 'module/zfs.c', 'module/spl.c'];

function withSource(folder: string): Machine {
	const machine = makeFolder(buildScenario('happy', 1), `${folder}/module`);
	return syncAll(files.reduce((one, name) => writeText(one, `${folder}/${name}`, `${name}\n`), machine));
}

describe('a power cut after a folder was moved', () => {
	it('leaves all of it in the old place or all of it in the new one', () => {
		const before = withSource('/usr/src/.new/zfs');
		const after = execute(before, ['mv', '/usr/src/.new/zfs', '/usr/src/zfs']).machine;
		const moved = noteUnsynced(before, after);
		const places = new Set<string>();
		for (let drawn = 0; drawn < 200; drawn += 1) {
			const left = loseUnsynced({ ...moved, drawn }, 0.5);
			const found = (folder: string) => files.filter((name) => left.files[`${folder}/${name}`] !== undefined).length;
			expect([found('/usr/src/.new/zfs'), found('/usr/src/zfs')].sort()).toEqual([0, files.length]);
			places.add(found('/usr/src/zfs') > 0 ? 'new' : 'old');
		}
		expect([...places].sort()).toEqual(['new', 'old']);
	});
});
