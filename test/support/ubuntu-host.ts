/**
 * A host whose module comes with the kernel, as on Ubuntu 24.04. Reconstructed from facts on packages (module file below
 * kernel/zfs, owned by linux-modules-RELEASE, no zfs-dkms), not recorded: no Ubuntu archive was at hand.
 */
import { createDebianHost, moduleInfo, oldVersion } from './debian-host.js';
import type { CommandTable, TableHost, TableHostOptions } from './table-host.js';

export const ubuntuKernel = '6.8.0-45-generic';

export interface UbuntuState {
	/** Version of the module on disk and loaded. */
	readonly module: string;
	readonly tools: string;
	readonly offeredTools: string;
	/** Kernel that an upgrade of linux-image-generic would bring. */
	readonly newKernel?: string;
}

export function createUbuntuHost(state: UbuntuState, options: TableHostOptions = {}): TableHost {
	const modulePath = `/lib/modules/${ubuntuKernel}/kernel/zfs/zfs.ko.zst`;
	const info = moduleInfo(oldVersion, ubuntuKernel)
		.replaceAll(oldVersion, state.module)
		.replaceAll(/^filename:.*$/gm, `filename:       ${modulePath}`);
	const commands: CommandTable = [
		...(options.commands ?? []),
		['dpkg-query --show *', statusTable(state)],
		['dpkg-query --search *', { exit: 1, stdout: `linux-modules-${ubuntuKernel}: ${modulePath}\n`, stderr: '' }],
		[`modinfo -k ${ubuntuKernel} zfs`, info],
		['modinfo /var/tmp/*', info],
		['zfs --version', `zfs-${state.tools}\nzfs-kmod-${state.module}\n`],
		['apt-cache policy *', policy(state)],
		['dkms status *', ''],
		['apt-get --simulate * install -- linux-*', kernelSimulation(state)],
		['apt-get --simulate * install -- *', toolsSimulation(state)],
	];
	return createDebianHost(
		{ loaded: oldVersion, kernels: [{ release: ubuntuKernel, disk: oldVersion, initramfs: oldVersion }] },
		{
			...options,
			commands,
			files: {
				'/etc/os-release': 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nPRETTY_NAME="Ubuntu 24.04.3 LTS"\n',
				'/sys/module/zfs/version': `${state.module}\n`,
				...options.files,
			},
		},
	);
}

const tools = [
	'zfsutils-linux',
	'zfs-zed',
	'zfs-initramfs',
	'libzfs4linux',
	'libzpool5linux',
	'libnvpair3linux',
	'libuutil3linux',
];

function statusTable({ tools: version }: UbuntuState): string {
	const set = tools.map((name) => `${name}\tamd64\t${version}\tii \tzfs-linux\n`);
	const others = ['linux-image-generic', 'linux-headers-generic'].map(
		(name) => `${name}\tamd64\t6.8.0-45.45\tii \tlinux-meta\n`,
	);
	return [...set, ...others, 'initramfs-tools\tall\t0.142\tii \tinitramfs-tools\n'].join('');
}

function policy({ tools: installed, offeredTools }: UbuntuState): string {
	return tools
		.map((name) =>
			[
				`${name}:`,
				`  Installed: ${installed}`,
				`  Candidate: ${offeredTools}`,
				'  Version table:',
				...(offeredTools === installed
					? []
					: [
							`     ${offeredTools} 500`,
							'        500 http://archive.example.org/ubuntu noble-updates/main amd64 Packages',
						]),
				` *** ${installed} ${offeredTools === installed ? 500 : 100}`,
				...(offeredTools === installed
					? ['        500 http://archive.example.org/ubuntu noble/main amd64 Packages']
					: []),
				'        100 /var/lib/dpkg/status',
				'',
			].join('\n'),
		)
		.join('');
}

function toolsSimulation({ tools: installed, offeredTools }: UbuntuState): string {
	const lines = tools.map((name) => `Inst ${name} [${installed}] (${offeredTools} Ubuntu:24.04/noble-updates [amd64])`);
	return [`${tools.length} upgraded, 0 newly installed, 0 to remove and 0 not upgraded.`, ...lines, ''].join('\n');
}

function kernelSimulation({ newKernel }: UbuntuState): string {
	if (newKernel === undefined) return '0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n';
	const version = '6.8.0-50.51';
	return [
		'2 upgraded, 2 newly installed, 0 to remove and 0 not upgraded.',
		`Inst linux-modules-${newKernel} (${version} Ubuntu:24.04/noble-updates [amd64])`,
		`Inst linux-image-${newKernel} (${version} Ubuntu:24.04/noble-updates [amd64])`,
		`Inst linux-image-generic [6.8.0-45.45] (${version} Ubuntu:24.04/noble-updates [amd64])`,
		`Inst linux-headers-generic [6.8.0-45.45] (${version} Ubuntu:24.04/noble-updates [amd64])`,
		'',
	].join('\n');
}
