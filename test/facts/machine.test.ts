import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMachine } from '../../src/facts/machine.js';
import { parseOsRelease } from '../../src/facts/os-release.js';
import { createDebianHost } from '../support/debian-host.js';
import { notInstalled } from '../support/table-host.js';

describe('os-release', () => {
	it('is read with either quotes, escapes and comments', () => {
		const text = '# comment\nNAME="A \\"B\\" $C"\nID=debian\nVERSION_ID=\'12\'\nBROKEN\n lower=x\nEMPTY=\n';
		expect([...parseOsRelease(text)]).toEqual([
			['NAME', 'A "B" $C'],
			['ID', 'debian'],
			['VERSION_ID', '12'],
			['EMPTY', ''],
		]);
	});

	it('brings no control character to the screen, and nothing makes it throw', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'binary-ascii' }), (text) => {
				for (const value of parseOsRelease(`NAME="${text}"`).values()) expect(value).not.toContain('\x1b');
			}),
		);
	});
});

describe('the machine', () => {
	it('is described from its own files', async () => {
		expect(await readMachine(createDebianHost())).toMatchObject({
			hostname: 'labguest',
			architecture: { value: 'x86_64' },
			distribution: { value: { id: 'debian', versionId: '12', codename: 'bookworm', idLike: [] } },
			appliance: { known: true, value: undefined },
			isProxmox: { value: false },
			isRoot: true,
			initSystem: 'systemd',
			virtualization: { value: 'none' },
			environment: { value: 'machine' },
		});
	});

	it.each([
		['lxc', 'container'],
		['docker', 'container'],
		['kvm', 'machine'],
	])('that systemd calls %s is a %s', async (word, environment) => {
		const host = createDebianHost({}, { commands: [['systemd-detect-virt', `${word}\n`]] });
		expect((await readMachine(host)).environment).toMatchObject({ known: true, value: environment });
	});

	it('in a chroot is told apart', async () => {
		const host = createDebianHost({}, { commands: [['systemd-detect-virt --chroot', '']] });
		expect((await readMachine(host)).environment).toMatchObject({ known: true, value: 'chroot' });
	});

	it('without the tool is unknown, or a container by the marks that its manager left', async () => {
		const commands = notInstalled('systemd-detect-virt');
		expect((await readMachine(createDebianHost({}, { commands }))).environment.known).toBe(false);
		const marked = createDebianHost({}, { commands, files: { '/.dockerenv': '' } });
		expect((await readMachine(marked)).environment).toMatchObject({ known: true, value: 'container' });
	});

	it('with Proxmox VE on it is an ordinary host that says so', async () => {
		const machine = await readMachine(createDebianHost({}, { files: { '/usr/bin/pveversion': '' } }));
		expect(machine).toMatchObject({ isProxmox: { value: true }, appliance: { value: undefined } });
	});
});
