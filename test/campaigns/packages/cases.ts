/** Where in the package transaction something is killed, and what. */
import process from 'node:process';
import { type Process, processes } from './chroot.js';

export interface Case {
	readonly name: string;
	/** The line of the transaction's output after which it happens. */
	readonly after: RegExp;
	/** `left`: nothing is killed; our own sitting ends, as when the terminal is closed. */
	readonly kill: 'left' | { readonly signal: NodeJS.Signals; readonly whom: (one: Process) => boolean };
}

const building = /^Setting up zfs-dkms/;
const dpkg = ({ name }: Process) => name === 'dpkg';
const apt = ({ name }: Process) => name === 'apt-get';
const builder = ({ name, commandLine }: Process) =>
	name === 'dkms' || /\/usr\/sbin\/dkms|lab\/kbuild/.test(commandLine);
const script = ({ commandLine }: Process) => /\/var\/lib\/dpkg\/info\/zfs-dkms\.postinst/.test(commandLine);
/** As a power cut that leaves the disk: everything but ourselves. */
const everything = ({ pid }: Process) => pid !== 1 && pid !== process.pid && pid !== process.ppid;

export const cases: readonly Case[] = [
	{ name: 'dpkg, unpacking a library', after: /^Unpacking libzfs6linux/, kill: { signal: 'SIGKILL', whom: dpkg } },
	{
		name: 'everything, unpacking a library',
		after: /^Unpacking libzfs6linux/,
		kill: { signal: 'SIGKILL', whom: everything },
	},
	{
		name: 'dpkg, in the prerm of zfs-dkms',
		after: /^Preparing to unpack .*zfs-dkms/,
		kill: { signal: 'SIGKILL', whom: dpkg },
	},
	{
		name: 'everything, in the prerm of zfs-dkms',
		after: /^Preparing to unpack .*zfs-dkms/,
		kill: { signal: 'SIGKILL', whom: everything },
	},
	{ name: 'apt-get, in the DKMS build', after: building, kill: { signal: 'SIGKILL', whom: apt } },
	{ name: 'apt-get, in the DKMS build, by SIGTERM', after: building, kill: { signal: 'SIGTERM', whom: apt } },
	{ name: 'dpkg, in the DKMS build', after: building, kill: { signal: 'SIGKILL', whom: dpkg } },
	{ name: 'the DKMS build', after: building, kill: { signal: 'SIGKILL', whom: builder } },
	{ name: 'the maintainer script of zfs-dkms', after: building, kill: { signal: 'SIGKILL', whom: script } },
	{ name: 'everything, in the DKMS build', after: building, kill: { signal: 'SIGKILL', whom: everything } },
	{
		name: 'everything, in the triggers',
		after: /^Processing triggers for initramfs-tools/,
		kill: { signal: 'SIGKILL', whom: everything },
	},
	{ name: 'the terminal is closed in the DKMS build', after: building, kill: 'left' },
];

/** How many were killed. */
export function killNow({ kill }: Case): number {
	if (kill === 'left') return 0;
	const chosen = processes().filter(kill.whom);
	for (const { pid } of chosen) {
		try {
			process.kill(pid, kill.signal);
		} catch {
			// It ended by itself.
		}
	}
	return chosen.length;
}
