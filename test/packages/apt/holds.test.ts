import { describe, expect, test } from 'vitest';
import { apt } from '../../../src/packages/apt/apt.js';
import { isKernelMetapackage, planHolds } from '../../../src/packages/apt/holds.js';
import { isOpenzfsPackage, parseStatusTable } from '../../../src/packages/apt/installed-packages.js';
import { loadRecording } from '../../fixtures/load.js';
import { createTableHost } from '../../support/table-host.js';

const table = loadRecording('packages/apt-2.6.2/status.txt').stdout;

describe('holds between the stages', () => {
	test('cover the whole set and the packages that bring new kernels', () => {
		const installed = parseStatusTable(table);
		const set = installed.filter(isOpenzfsPackage);
		expect(planHolds(installed, set)).toEqual({
			ours: [...set.map(({ name }) => name), 'linux-headers-cloud-amd64', 'linux-image-cloud-amd64'],
			administrators: [],
		});
	});

	test('the administrator’s own are remembered as such and are not ours to release', () => {
		const installed = parseStatusTable(table.replace(/^(zfs-zed\t.*\t)ii \t/m, '$1hi \t'));
		const plan = planHolds(installed, installed.filter(isOpenzfsPackage));
		expect(plan.administrators).toEqual(['zfs-zed']);
		expect(plan.ours).not.toContain('zfs-zed');
	});

	test.each([
		'linux-image-amd64',
		'linux-headers-cloud-amd64',
		'linux-image-generic-hwe-22.04',
		'linux-generic',
		'linux-image-rt-amd64',
		'proxmox-default-kernel',
		'proxmox-default-headers',
		'proxmox-kernel-6.8',
		'pve-headers',
	])('%s brings new kernels', (name) => {
		expect(isKernelMetapackage(name)).toBe(true);
	});

	test.each([
		'linux-image-6.1.0-56-amd64',
		'linux-headers-6.1.0-56-common',
		'linux-headers-6.8.0-45',
		'linux-kbuild-6.1',
		'linux-libc-dev',
		'linux-base',
		'proxmox-kernel-6.8.12-4-pve-signed',
		'proxmox-kernel-helper',
		'pve-kernel-helper',
	])('%s does not', (name) => {
		expect(isKernelMetapackage(name)).toBe(false);
	});

	test('are read by name, one a line', async () => {
		const host = createTableHost({
			commands: [['apt-mark showhold', loadRecording('packages/apt-2.6.2/showhold.txt')]],
		});
		const holds = await apt.readHolds(host);
		expect(holds.known && holds.value).toHaveLength(12);
		expect(holds).toMatchObject({ value: expect.arrayContaining(['zfs-dkms', 'linux-image-cloud-amd64']) });
	});

	test('with holds on the set, apt refuses the whole transaction', async () => {
		const recording = loadRecording('packages/apt-2.6.2/simulate-held.txt');
		const host = createTableHost({ commands: [['apt-get --simulate *', recording]] });
		expect(await apt.simulate(host, { direction: 'forward', from: { kind: 'archive', packages: [] } })).toMatchObject({
			known: true,
			value: { kind: 'impossible' },
		});
	});
});
