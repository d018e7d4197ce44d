import { describe, expect, it } from 'vitest';
import { jobsTopic } from '../../src/checks/jobs.js';
import type { ReplicationJob } from '../../src/jobs/job.js';
import { factsWith, findingsOf, nothingToDo, set, unread, verdictsOf, version } from './facts.js';

const sanoid: ReplicationJob = {
	kind: 'service',
	system: 'sanoid',
	name: 'sanoid.service',
	unit: 'sanoid.service',
	runs: '/usr/sbin/sanoid --cron',
	startedBy: ['sanoid.timer'],
	isActive: false,
	isDaemon: false,
};
const cron: ReplicationJob = {
	kind: 'cron-file',
	system: 'syncoid',
	name: 'cron.d-syncoid',
	runs: 'syncoid -r tank backup:tank',
	path: '/etc/cron.d/syncoid',
	mode: 0o644,
	uid: 0,
	sha256: '00',
};
const running: ReplicationJob = {
	kind: 'running',
	system: 'zfs-command',
	name: 'zfs send',
	runs: 'zfs send -I @a tank@b',
	pid: 4242,
};
const outside: ReplicationJob = {
	kind: 'outside',
	system: 'zfs-autobackup',
	name: 'offsite',
	runs: 'autobackup:offsite',
};
const differing = factsWith({ versions: { userspace: set(version('2.3.2')), loadedModule: set(version('2.3.1')) } });

describe('jobs that run by themselves', () => {
	it('are said to be put on hold by a planned upgrade', () => {
		const [finding, ...others] = findingsOf(jobsTopic, { jobs: set([sanoid, cron]) });
		expect(finding).toMatchObject({
			id: 'jobs.unpaused',
			severity: 'notice',
			title: '2 jobs will be put on hold for the upgrade: sanoid.service, cron.d-syncoid',
		});
		expect(finding?.detail).toContain('sanoid.service by sanoid.timer, /etc/cron.d/syncoid');
		expect(others).toEqual([]);
	});

	it('are a warning while tools and module differ, with or without a plan', () => {
		const jobs = set([sanoid]);
		expect(verdictsOf(jobsTopic, { jobs, facts: differing })).toEqual(['warning jobs.unpaused']);
		expect(verdictsOf(jobsTopic, { jobs, facts: differing, plan: nothingToDo })).toEqual(['warning jobs.unpaused']);
	});

	it('are nobody else’s business', () => {
		expect(verdictsOf(jobsTopic, { jobs: set([sanoid]), plan: nothingToDo })).toEqual([]);
		expect(verdictsOf(jobsTopic)).toEqual([]);
	});

	it('that are at work are named with what they run', () => {
		const [finding] = findingsOf(jobsTopic, { jobs: set([running]) });
		expect(finding).toMatchObject({ id: 'jobs.running', severity: 'notice' });
		expect(finding?.detail).toContain('zfs send -I @a tank@b');
		expect(verdictsOf(jobsTopic, { jobs: set([running]), facts: differing })).toEqual(['warning jobs.running']);
	});

	it('that another host starts can only be named', () => {
		expect(verdictsOf(jobsTopic, { jobs: set([outside]) })).toEqual(['notice jobs.outside']);
	});

	it('in a table that cronie runs in spite of its name are named', () => {
		const renamed = { ...cron, path: '/etc/cron.d/syncoid.disabled' };
		const [, finding] = findingsOf(jobsTopic, { jobs: set([renamed]) });
		expect(finding).toMatchObject({ id: 'jobs.cron-name', severity: 'warning' });
		expect(finding?.title).toContain('/etc/cron.d/syncoid.disabled');
	});

	it('that could not be looked for are not taken to be none', () => {
		const [finding] = findingsOf(jobsTopic, { jobs: unread });
		expect(finding).toMatchObject({ id: 'jobs.unreadable', severity: 'warning' });
		expect(finding?.detail).toContain('it was not readable');
	});

	it('of a mounted system do not run', () => {
		const facts = factsWith({ machine: { environment: set('alternate-root') } });
		expect(verdictsOf(jobsTopic, { jobs: unread, facts })).toEqual([]);
	});
});
