import { describe, expect, it } from 'vitest';
import { parseReplication } from '../../src/jobs/storage-replication.js';

describe('Proxmox’s replication.cfg', () => {
	it('is read section by section', () => {
		const text =
			'local: 100-0\n\tcomment nightly, disable 1 later\n\trate 10.5\n\ttarget pve2\n\nlocal: 7000-12\n\tdisable 1\n';
		expect(parseReplication(text)).toEqual([
			{
				id: '100-0',
				isDisabled: false,
				options: new Map([
					['comment', 'nightly, disable 1 later'],
					['rate', '10.5'],
					['target', 'pve2'],
				]),
			},
			{ id: '7000-12', isDisabled: true, options: new Map([['disable', '1']]) },
		]);
	});

	it('takes the job of a removed guest for one that does not run', () => {
		expect(parseReplication('local: 100-0\n\tremove_job full\n\ttarget pve2\n')).toMatchObject([{ isDisabled: true }]);
	});

	it('does not take an id for anything else than an id', () => {
		expect(parseReplication('local: --all\n\ttarget x\nlocal: $(id)\n')).toEqual([]);
	});
});
