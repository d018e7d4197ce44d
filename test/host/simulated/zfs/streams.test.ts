import { describe, expect, it } from 'vitest';
import { loadRecording } from '../../../fixtures/load.js';
import type { Said } from '../machine-shell.js';
import { openFixturePool, versions } from './fixture-pool.js';

const token = /1-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+/g;

function lastOf(results: readonly Said[]): Said {
	const last = results.at(-1);
	if (last === undefined) throw new Error('nothing was run');
	return last;
}

describe.each(versions)('sending and receiving with %s', (folder, scenario) => {
	const recording = (name: string) => loadRecording(`lab/${folder}/${name}.txt`);

	/** What both ends said to standard error, as a shell shows it. */
	function expectRecorded(name: string, results: readonly Said[]): void {
		const recorded = recording(name);
		const said = results.map(({ err }) => err).join('');
		expect(said.replace(token, 'TOKEN'), name).toBe(recorded.stderr.replace(token, 'TOKEN'));
		expect(lastOf(results).code, name).toBe(recorded.exitCode);
	}

	it('fails in the recorded words, one after the other', () => {
		const shell = openFixturePool(scenario);
		expectRecorded('recv-ok', shell.pipe('zfs send fx/data@a', 'zfs receive -v fx/r1'));
		expectRecorded('recv-exists', shell.pipe('zfs send fx/data@a', 'zfs receive fx/r1'));
		expectRecorded('recv-i-ok', shell.pipe('zfs send -i @a fx/data@b', 'zfs receive -v fx/r1'));
		expectRecorded('recv-no-parent', shell.pipe('zfs send fx/data@a', 'zfs receive fx/no/such'));
		expectRecorded('recv-no-pool', shell.pipe('zfs send fx/data@a', 'zfs receive nopool/x'));
		shell.run('zfs create fx/r2');
		expectRecorded('recv-no-base', shell.pipe('zfs send -i @a fx/data@b', 'zfs receive fx/r2'));
		shell.run('dd if=/dev/urandom of=/fx/r1/changed bs=1K count=1 status=none');
		shell.run('zfs snapshot fx/data@c');
		expectRecorded('recv-modified', shell.pipe('zfs send -i @b fx/data@c', 'zfs receive fx/r1'));
		expectRecorded('recv-modified-F', shell.pipe('zfs send -i @b fx/data@c', 'zfs receive -F fx/r1'));
		expectRecorded('recv-empty', [shell.run('zfs receive fx/r3', '')]);
		expectRecorded('recv-garbage', [shell.run('zfs receive fx/r3', 'x'.repeat(1000))]);
		expectRecorded('recv-truncated', shell.pipe('zfs send fx/data@a', 'head -c 3000000', 'zfs receive fx/r3'));
		expectRecorded('recv-truncated-s', shell.pipe('zfs send fx/data@a', 'head -c 9000000', 'zfs receive -s fx/r3'));
		expectRecorded('recv-s-other', shell.pipe('zfs send fx/data@b', 'zfs receive -s fx/r3'));
		shell.run('zfs create -o quota=5M fx/q');
		expectRecorded('recv-nospace', shell.pipe('zfs send fx/data@a', 'zfs receive fx/q/x'));
	});

	it('treats encryption in the recorded words', () => {
		const shell = openFixturePool(scenario);
		shell.run('zfs create fx/r2');
		expectRecorded('recv-enc-under-plain', shell.pipe('zfs send -R fx/enc@a', 'zfs receive -u fx/e2'));
		expectRecorded('recv-enc-w-F-over-plain', shell.pipe('zfs send -w fx/enc@a', 'zfs receive -F fx/r2'));
		expectRecorded('recv-enc-w', shell.pipe('zfs send -w fx/enc@a', 'zfs receive -u fx/e1'));
		expectRecorded('recv-enc-mount-nokey', [shell.run('zfs mount fx/e1')]);
		expectRecorded('recv-enc-load-key-wrong', [shell.run('zfs load-key -L prompt fx/e1', 'wrongwrong\n')]);
		expectRecorded('recv-enc-nokey-plain-send', [shell.run('zfs send fx/e1@a')]);
		shell.run('zfs snapshot fx/enc@b');
		expectRecorded('recv-enc-i-plain-into-raw', shell.pipe('zfs send -i @a fx/enc@b', 'zfs receive fx/e1'));
		expect(shell.run('zfs load-key -L prompt fx/e1', 'correct horse\n').code).toBe(0);
	});

	it('estimates in the recorded form', () => {
		const shell = openFixturePool(scenario);
		const shape = (text: string) => text.replace(/\d+(?:\.\d+)?M?/g, 'N');
		for (const name of ['send-nP', 'send-nP-i', 'send-nP-w', 'send-nv', 'send-nvP']) {
			const { command, stdout } = recording(name);
			const said = shell.run(command);
			expect(shape(said.out), name).toBe(shape(stdout));
			expect(said.code, name).toBe(0);
		}
		expectRecorded('send-nosuch', [shell.run('zfs send fx/data@nosuch')]);
	});

	it('breaks the pipe of a reader that goes early, as the kernel does', () => {
		const [send, head] = openFixturePool(scenario).pipe('zfs send fx/data@a', 'head -c 100000');
		expect(send?.code).toBeUndefined();
		expect(head?.code).toBe(0);
	});

	it('goes on from a resume token to the same content', () => {
		const shell = openFixturePool(scenario);
		shell.pipe('zfs send fx/data@b', 'head -c 9000000', 'zfs receive -s fx/r3');
		const resume = shell.run('zfs get -H -o value receive_resume_token fx/r3').out.trim();
		expect(resume).toMatch(/^1-[0-9a-f]+-[0-9a-f]+-789c[0-9a-f]+$/);
		const estimate = shell.run(['zfs', 'send', '-nvP', '-t', resume]);
		expect(estimate.out).toContain('toname = fx/data@b');
		const [sent, received] = shell.pipe(['zfs', 'send', '-t', resume], 'zfs receive -s fx/r3');
		expect([sent?.code, received?.code]).toEqual([0, 0]);
		expect(shell.run('zfs get -H -o value receive_resume_token fx/r3').out).toBe('-\n');
		expect(shell.run('sha256sum /fx/r3/file /fx/r3/more').out.replaceAll('/r3/', '/data/')).toBe(
			shell.run('sha256sum /fx/data/file /fx/data/more').out,
		);
	});

	it('gives up a partial receive with zfs receive -A', () => {
		const shell = openFixturePool(scenario);
		shell.pipe('zfs send fx/data@b', 'head -c 9000000', 'zfs receive -s fx/r3');
		expect(shell.run('zfs receive -A fx/r3').code).toBe(0);
		expect(shell.run('zfs list fx/r3').code).toBe(1);
	});

	it('carries a whole tree with its snapshots, guids and properties', () => {
		const shell = openFixturePool(scenario);
		shell.run('zfs create fx/data/child');
		shell.run('zfs set compression=gzip fx/data/child');
		shell.run('zfs snapshot -r fx/data@r');
		const [, received] = shell.pipe('zfs send -R fx/data@r', 'zfs receive -u fx/copy');
		expect(received?.code).toBe(0);
		const guids = (of: string) => shell.run(`zfs list -H -r -t snapshot -o name,guid ${of}`).out.replaceAll(of, '');
		expect(guids('fx/copy')).toBe(guids('fx/data'));
		expect(shell.run('zfs get -H -o value,source compression fx/copy/child').out).toBe('gzip\treceived\n');
	});
});

describe('the layout of 2.3.1', () => {
	it('lets zfs send -I fail after the first snapshot, in words and by exit code', () => {
		const shell = openFixturePool('abi-mismatch');
		const [send] = shell.pipe('zfs send -I @a fx/data@b', 'zfs receive fx/none');
		expect(send?.code).toBe(1);
		expect(send?.err).toContain("warning: cannot send 'fx/data@b': Invalid argument");
		expect(shell.run('zfs send -nP fx/data@a').code).toBe(0);
	});

	it('lets the tools of 2.1 end with 0 over a stream that is cut off', () => {
		const shell = openFixturePool('happy');
		const zfs = shell.machine.modules.zfs;
		if (zfs === undefined) throw new Error('the module is loaded');
		shell.machine = { ...shell.machine, modules: { zfs: { ...zfs, layout: 'shifted' } } };
		const [send] = shell.pipe('zfs send -I @a fx/data@b', 'wc -c');
		expect(send?.code).toBe(0);
		expect(send?.err).toContain('Invalid argument');
	});
});
