import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseStatusTable } from '../../src/packages/apt/installed-packages.js';
import { readSimulation } from '../../src/packages/apt/simulation.js';
import { type Expectation, judgeTransaction } from '../../src/packages/judge-transaction.js';
import type { InstalledPackage, Transaction } from '../../src/packages/package-manager.js';
import { loadRecording } from '../fixtures/load.js';

const oldVersion = '2.1.11-1+deb12u1';
const newVersion = '2.3.2-2~bpo12+2';

function setOf(file: string): readonly InstalledPackage[] {
	return parseStatusTable(loadRecording(file).stdout).filter(({ source }) => source === 'zfs-linux');
}

function transactionOf(file: string): Transaction {
	const { stdout, stderr } = loadRecording(file);
	const simulation = readSimulation({ code: 0, stdout, stderr });
	if (simulation.kind === 'impossible') throw new Error('expected a possible transaction');
	return simulation.transaction;
}

const forward: Expectation = {
	direction: 'forward',
	targetVersion: newVersion,
	installed: setOf('packages/apt-2.6.2/status.txt'),
};
const back: Expectation = {
	direction: 'back',
	targetVersion: oldVersion,
	installed: setOf('packages/apt-2.6.2/status-after.txt'),
};
const whole = transactionOf('packages/apt-2.6.2/simulate-forward.txt');

describe('a transaction that does what was planned', () => {
	test('the whole set may replace its renamed libraries', () => {
		expect(judgeTransaction(whole, forward)).toEqual({
			kind: 'acceptable',
			renamedLibraries: ['libzpool5linux', 'libzfs4linux'],
			bystanders: [],
		});
	});

	test.each(['packages/apt-2.6.2/simulate-back-archive.txt', 'packages/apt-2.6.2/simulate-back-files.txt'])(
		'so may the way back: %s',
		(file) => {
			expect(judgeTransaction(transactionOf(file), back)).toMatchObject({
				kind: 'acceptable',
				renamedLibraries: ['libzfs6linux', 'libzpool6linux'],
			});
		},
	);

	test('other packages that come along are shown, and a replaced library may stay behind', () => {
		const judgement = judgeTransaction(transactionOf('packages/apt-3.0.3/simulate-forward.txt'), {
			direction: 'forward',
			targetVersion: '2.4.4-1~bpo13+1',
			installed: setOf('packages/apt-3.0.3/status.txt'),
		});
		expect(judgement).toMatchObject({ kind: 'acceptable', renamedLibraries: ['libzfs6linux'] });
		expect(judgement.kind === 'acceptable' && judgement.bystanders.map(({ name }) => name)).toEqual([
			'libsigsegv2',
			'gawk',
		]);
	});

	test('what is at the target already need not change again', () => {
		const nothing: Transaction = {
			install: [],
			upgrade: [],
			downgrade: [],
			reinstall: [],
			remove: [],
			configureOnly: ['zfs-dkms'],
			heldChanged: [],
		};
		expect(judgeTransaction(nothing, { ...forward, installed: back.installed })).toMatchObject({ kind: 'acceptable' });
	});
});

describe('a transaction that is refused', () => {
	test('one that removes the tools, with the exact packages that would be lost', () => {
		const judgement = judgeTransaction(transactionOf('packages/apt-2.6.2/simulate-module-alone.txt'), forward);
		expect(judgement.kind === 'refused' && judgement.refusals.filter(({ kind }) => kind === 'removal')).toEqual([
			{ kind: 'removal', name: 'python3-pyzfs', version: oldVersion },
			{ kind: 'removal', name: 'zfs-initramfs', version: oldVersion },
			{ kind: 'removal', name: 'zfs-zed', version: oldVersion },
			{ kind: 'removal', name: 'zfsutils-linux', version: oldVersion },
		]);
	});

	test('one that removes an old library without bringing the new one', () => {
		const install = whole.install.filter(({ name }) => name !== 'libzfs6linux');
		expect(judgeTransaction({ ...whole, install }, forward)).toEqual({
			kind: 'refused',
			refusals: [{ kind: 'removal', name: 'libzfs4linux', version: oldVersion }],
		});
	});

	test('one that goes forward and removes the newer library', () => {
		expect(
			judgeTransaction(transactionOf('packages/apt-2.6.2/simulate-back-files.txt'), { ...back, direction: 'forward' }),
		).toMatchObject({
			kind: 'refused',
			refusals: expect.arrayContaining([
				expect.objectContaining({ kind: 'removal', name: 'libzfs6linux' }),
				{ kind: 'downgrade', name: 'zfs-dkms' },
			]),
		});
	});

	test('one that leaves a package of the set behind', () => {
		const upgrade = whole.upgrade.filter(({ name }) => name !== 'zfs-zed');
		expect(judgeTransaction({ ...whole, upgrade }, forward)).toEqual({
			kind: 'refused',
			refusals: [{ kind: 'left-behind', name: 'zfs-zed', version: oldVersion }],
		});
	});

	test('one that brings another version than the target', () => {
		const upgrade = whole.upgrade.map((each) => (each.name === 'zfs-zed' ? { ...each, to: '2.3.9-1' } : each));
		expect(judgeTransaction({ ...whole, upgrade }, forward)).toEqual({
			kind: 'refused',
			refusals: [{ kind: 'wrong-version', name: 'zfs-zed', version: '2.3.9-1' }],
		});
	});

	test('one that changes a package on hold, until that was agreed to', () => {
		const held = { ...whole, heldChanged: ['zfs-dkms'] };
		expect(judgeTransaction(held, forward)).toEqual({
			kind: 'refused',
			refusals: [{ kind: 'held', name: 'zfs-dkms' }],
		});
		expect(judgeTransaction(held, { ...forward, agreedHeld: ['zfs-dkms'] })).toMatchObject({ kind: 'acceptable' });
	});

	test('one that downgrades a package outside the set, in either direction', () => {
		const downgrade = { name: 'libc6', from: '2.36-9', to: '2.36-8' };
		const backwards = transactionOf('packages/apt-2.6.2/simulate-back-files.txt');
		for (const [transaction, expectation] of [
			[{ ...whole, downgrade: [downgrade] }, forward],
			[{ ...backwards, downgrade: [...backwards.downgrade, downgrade] }, back],
		] as const) {
			expect(judgeTransaction(transaction, expectation)).toEqual({
				kind: 'refused',
				refusals: [{ kind: 'downgrade', name: 'libc6' }],
			});
		}
	});

	test('whatever else would be removed, nothing is lost that was not agreed to', () => {
		const name = fc.oneof(
			fc.constantFrom(...forward.installed.map((each) => each.name), 'libzfs5linux', 'libzpool6linux', 'postgresql'),
			fc.stringMatching(/^[a-z][a-z0-9-]{2,12}$/),
		);
		fc.assert(
			fc.property(
				fc.uniqueArray(name, { maxLength: 6 }),
				fc.uniqueArray(name, { maxLength: 6 }),
				(removed, agreedRemovals) => {
					const transaction = { ...whole, remove: removed.map((each) => ({ name: each, from: oldVersion })) };
					const judgement = judgeTransaction(transaction, { ...forward, agreedRemovals });
					const replaced = ['libzfs4linux', 'libzfs5linux', 'libzpool5linux'];
					const lost = removed.filter((each) => !agreedRemovals.includes(each) && !replaced.includes(each));
					const reported =
						judgement.kind === 'refused' ? judgement.refusals.filter(({ kind }) => kind === 'removal') : [];
					expect(reported.map((refusal) => refusal.name)).toEqual(lost);
				},
			),
		);
	});
});
