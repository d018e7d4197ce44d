import { readdirSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readSimulation } from '../../../src/packages/apt/simulation.js';
import type { Transaction } from '../../../src/packages/package-manager.js';
import { loadRecording, loadTranscript, type Recording } from '../../fixtures/load.js';

const labFolder = 'lab/apt-bookworm-2.1.11-to-2.3.2';

function read({ exitCode, stdout, stderr }: Recording) {
	return readSimulation({ code: exitCode ?? 0, stdout, stderr });
}

function transactionOf(recording: Recording): Transaction {
	const simulation = read(recording);
	if (simulation.kind === 'impossible') throw new Error(simulation.reasons.join('\n'));
	return simulation.transaction;
}

const names = (changes: readonly { readonly name: string }[]) => changes.map(({ name }) => name).toSorted();

describe('what apt would do', () => {
	test('the whole set forward: upgrades, new libraries, and the old ones that go', () => {
		const transaction = transactionOf(loadRecording('packages/apt-2.6.2/simulate-forward.txt'));
		expect(names(transaction.install)).toEqual(['libzfs6linux', 'libzpool6linux']);
		expect(names(transaction.remove)).toEqual(['libzfs4linux', 'libzpool5linux']);
		expect(names(transaction.upgrade)).toHaveLength(8);
		expect(transaction.upgrade).toContainEqual({
			name: 'zfs-dkms',
			from: '2.1.11-1+deb12u1',
			to: '2.3.2-2~bpo12+2',
			origin: 'Debian Backports:oldstable-backports',
		});
		expect(transaction.downgrade).toEqual([]);
	});

	test.each(['packages/apt-2.6.2/simulate-back-archive.txt', 'packages/apt-2.6.2/simulate-back-files.txt'])(
		'the way back is seen as one (%s)',
		(file) => {
			const transaction = transactionOf(loadRecording(file));
			expect(names(transaction.downgrade)).toHaveLength(8);
			expect(names(transaction.install)).toEqual(['libzfs4linux', 'libzpool5linux']);
			expect(names(transaction.remove)).toEqual(['libzfs6linux', 'libzpool6linux']);
			expect(transaction.upgrade).toEqual([]);
		},
	);

	test('apt 3 says it in the same words', () => {
		const transaction = transactionOf(loadRecording('packages/apt-3.0.3/simulate-forward.txt'));
		expect(names(transaction.install)).toEqual(['gawk', 'libsigsegv2', 'libzfs7linux', 'libzpool7linux']);
		expect(transaction.install).toContainEqual({
			name: 'gawk',
			to: '1:5.2.1-2+b1',
			origin: 'Debian:13.7/stable',
		});
		expect(names(transaction.remove)).toEqual(['libzfs6linux']);
	});

	test('naming the module alone is seen to remove the tools, though apt exits with 0', () => {
		for (const file of [
			'packages/apt-2.6.2/simulate-module-alone.txt',
			'packages/apt-3.0.3/simulate-module-alone.txt',
		]) {
			expect(names(transactionOf(loadRecording(file)).remove)).toEqual([
				'python3-pyzfs',
				'zfs-initramfs',
				'zfs-zed',
				'zfsutils-linux',
			]);
		}
	});

	test('a held package that would be changed all the same is named', () => {
		expect(transactionOf(loadRecording(`${labFolder}/s-held-eight.txt`)).heldChanged).toEqual(['zfs-dkms']);
	});

	test('what an interrupted transaction left to configure is told apart from new work', () => {
		const transaction = transactionOf(loadRecording('lab/apt-dkms-build-failure/6-s-install.txt'));
		expect(transaction).toMatchObject({ install: [], upgrade: [], remove: [] });
		expect(transaction.configureOnly).toEqual(['zfs-zed', 'zfs-initramfs', 'zfs-dkms']);
	});

	test('a refusal gives apt’s own reasons', () => {
		expect(read(loadRecording(`${labFolder}/s-dkms-utils.txt`))).toEqual({
			kind: 'impossible',
			reasons: [
				'zfsutils-linux : Depends: libnvpair3linux (= 2.3.2-2~bpo12+2) but 2.1.11-1+deb12u1 is to be installed',
				'Depends: libuutil3linux (= 2.3.2-2~bpo12+2) but 2.1.11-1+deb12u1 is to be installed',
				'Depends: libzfs6linux (= 2.3.2-2~bpo12+2) but it is not going to be installed',
				'Depends: libzpool6linux (= 2.3.2-2~bpo12+2) but it is not going to be installed',
				'E: Unable to correct problems, you have held broken packages.',
			],
		});
		expect(read(loadRecording(`${labFolder}/s-unknown-version.txt`))).toMatchObject({
			reasons: ["E: Version '9.9.9' for 'zfs-dkms' was not found"],
		});
	});

	const simulations = readdirSync(path.join(import.meta.dirname, '../../fixtures', labFolder)).filter((file) =>
		file.startsWith('s-'),
	);

	test.each(simulations)('every recorded simulation can be read: %s', (file) => {
		const recording = loadRecording(`${labFolder}/${file}`);
		// A shell that put the hold back afterwards ends with its code; apt's own is in the text.
		const isRefused =
			recording.exitCode !== 0 || recording.stderr.includes('\nE: ') || recording.stderr.startsWith('E: ');
		const simulation = readSimulation({
			code: isRefused ? 100 : 0,
			stdout: recording.stdout,
			stderr: recording.stderr,
		});
		expect(simulation.kind).toBe(isRefused ? 'impossible' : 'possible');
	});

	test.each(['bw-s1-dkms-only', 'bw-s6-t-upg', 'bw-s7-userspace-only'])(
		'long lists with archives of several origins add up: %s',
		(file) => {
			const [recording] = loadTranscript(`packages/${file}.txt`);
			expect(recording && transactionOf(recording).upgrade.length).toBeGreaterThan(0);
		},
	);

	test.each(['s-downgrade', 's-downgrade-without-flag-y'])('a way back that apt allows or refuses: %s', (file) => {
		const recording = loadRecording(`${labFolder}-chroot-real/${file}.txt`);
		const simulation = read(recording);
		if (simulation.kind === 'possible') expect(names(simulation.transaction.downgrade)).toHaveLength(6);
		else
			expect(simulation.reasons).toEqual(['E: Packages were downgraded and -y was used without --allow-downgrades.']);
	});

	test.each([
		['bw-s2-dkms-only-exact', 'possible'],
		['bw-s3-dkms-only-noremove', 'impossible'],
		['bw-s4-dkms+utils', 'impossible'],
	])('neither exit code nor --no-remove tells right from wrong: %s is %s', (file, kind) => {
		const [recording] = loadTranscript(`packages/${file}.txt`);
		expect(recording && read(recording).kind).toBe(kind);
	});

	test('lines that do not add up to apt’s own summary are an error, never a smaller transaction', () => {
		const { stdout } = loadRecording('packages/apt-2.6.2/simulate-forward.txt');
		for (const dropped of ['Remv libzfs4linux', 'Inst zfs-dkms']) {
			const text = stdout
				.split('\n')
				.filter((line) => !line.startsWith(dropped))
				.join('\n');
			expect(() => readSimulation({ code: 0, stdout: text, stderr: '' })).toThrow(/the simulation lists/);
		}
		expect(() => readSimulation({ code: 0, stdout: 'Reading package lists...\n', stderr: '' })).toThrow(
			/no summary line/,
		);
	});

	test('cut-off output is never taken for a whole transaction', () => {
		const { stdout } = loadRecording('packages/apt-2.6.2/simulate-forward.txt');
		const lastRemoval = stdout.lastIndexOf('Remv ');
		fc.assert(
			fc.property(fc.integer({ min: 0, max: lastRemoval }), (length) => {
				expect(() => readSimulation({ code: 0, stdout: stdout.slice(0, length), stderr: '' })).toThrow();
			}),
		);
	});
});
