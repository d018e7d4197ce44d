import { describe, expect, test } from 'vitest';
import { apt } from '../../../src/packages/apt/apt.js';
import { parsePolicy } from '../../../src/packages/apt/offers.js';
import { loadRecording, loadTranscript } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

describe('versions on offer', () => {
	test('each version is read with its priority and the archives that carry it', () => {
		const [dkms] = parsePolicy(loadRecording('packages/apt-3.0.3/policy.txt').stdout).filter(
			({ name }) => name === 'zfs-dkms',
		);
		expect(dkms).toEqual({
			name: 'zfs-dkms',
			installed: '2.3.9-0+deb13u1',
			candidate: '2.3.9-0+deb13u1',
			versions: [
				{ version: '2.4.4-1~bpo13+1', priority: 100, suites: ['trixie-backports/contrib'] },
				{ version: '2.3.9-0+deb13u1', priority: 500, suites: ['trixie/contrib'] },
				{ version: '2.3.5-2~bpo13+1', priority: 100, suites: ['trixie-backports/contrib'] },
			],
		});
	});

	test('a version that only the host still has is seen to be gone from the archives', () => {
		const transcript = loadTranscript('packages/deb-download-old.txt')[0]?.stdout ?? '';
		const block = transcript.slice(transcript.indexOf('zfs-dkms:\n'), transcript.lastIndexOf('E: Can'));
		expect(parsePolicy(block)[0]?.versions).toEqual([
			{ version: '2.4.4-1', priority: 500, suites: ['sid/contrib'] },
			{ version: '2.3.9-0+deb13u1', priority: 100, suites: [] },
		]);
	});

	test('all packages of a recorded host are read, absent ones without an installed version', () => {
		const offers = parsePolicy(loadRecording('lab/apt-bookworm-2.1.11-to-2.3.2/apt-cache-policy.txt').stdout);
		expect(offers.map(({ name }) => name)).toHaveLength(14);
		expect(offers.find(({ name }) => name === 'libzfs6linux')).toMatchObject({
			installed: undefined,
			candidate: '2.3.2-2~bpo12+2',
		});
	});

	test('a pin below zero and a phased update are no surprise', () => {
		const text = [
			'zfs-dkms:',
			'  Installed: (none)',
			'  Candidate: (none)',
			'  Version table:',
			'     2.3.2-2 -10',
			'        -10 http://deb.example.org/debian sid/contrib amd64 Packages',
			'     2.3.1-2 500 ',
		];
		expect(parsePolicy(`${text.slice(0, 6).join('\n')}\n        (phased 20%)\n`)[0]?.versions).toEqual([
			{ version: '2.3.2-2', priority: -10, suites: ['sid/contrib'] },
		]);
		expect(() => parsePolicy(`${text.join('\n')}x\n`)).toThrow(/not a version row/);
	});

	test('asking for no package asks nothing', async () => {
		const host = createTableHost();
		expect(await apt.readOffers(host, [])).toMatchObject({ known: true });
		expect(host.calls).toEqual([]);
	});

	test('output that is no policy is an error', () => {
		expect(() => parsePolicy('Package files:\n 100 /var/lib/dpkg/status\n')).toThrow(/not a policy block/);
	});
});
