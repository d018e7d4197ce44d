/** What the packages' postinst scripts do. */

import { proxmoxKernelOf } from '../catalog-proxmox.js';
import { buildModule } from '../dkms-build.js';
import { addToTree, installModules, isAdded } from '../dkms-tree.js';
import { writeGrubMenu } from '../grub-menu.js';
import { rebuildInitramfs } from '../initramfs-update.js';
import { hasHeaders, installedKernels } from '../kernels.js';
import { loadFromDisk } from '../module-loading.js';
import { removeVersion, sayInstall } from '../programs/dkms.js';
import type { Session } from '../session.js';
import { startUnit } from '../units.js';
import { compareVersions } from '../version-order.js';
import { upstreamOf } from '../zfs-version.js';

/** @returns the script's exit code */
export function configureScript(session: Session, name: string, version: string): number {
	const kernel = proxmoxKernelOf(name)?.release;
	if (kernel !== undefined) return configureKernel(session, kernel);
	switch (name) {
		case 'zfs-dkms':
			return configureDkms(session, upstreamOf(version));
		case 'zfsutils-linux':
			configureTools(session);
			return 0;
		case 'zfs-zed':
			session.out('Installing new version of config file /etc/init.d/zfs-zed ...');
			session.out('Installing new version of config file /etc/zfs/zed.d/zed-functions.sh ...');
			session.out('Installing new version of config file /etc/zfs/zed.d/zed.rc ...');
			session.wait(1);
			session.change(startUnit(session.machine, 'zfs-zed.service'));
			return 0;
		default:
			return 0;
	}
}

/** Debian 12 builds for the running and the newest kernel only (packages.md 2.3). */
function configureDkms(session: Session, upstream: string): number {
	if (isAdded(session.machine, upstream)) {
		session.out(`Removing old zfs-${upstream} DKMS files...`);
		removeVersion(session, upstream, undefined);
	}
	session.out(`Loading new zfs-${upstream} DKMS files...`);
	session.change(addToTree(session.machine, upstream));
	const [newest = session.machine.runningKernel] = installedKernels(session.machine);
	const kernels = [...new Set([session.machine.runningKernel, newest])].sort(compareVersions);
	session.out(`Building for ${kernels.join(' ')}`);
	for (const kernel of kernels) {
		if (!hasHeaders(session.machine, kernel)) {
			session.out(
				`Module build for kernel ${kernel} was skipped since the\nkernel headers for this kernel do not seem to be installed.`,
			);
			continue;
		}
		session.out(`Building initial module for ${kernel}`);
		const code = buildModule(session, upstream, kernel, true);
		if (code !== 0) return code;
		session.out('Done.');
		sayInstall(session, upstream, kernel);
		session.wait(6);
		session.change(installModules(session.machine, upstream, kernel));
		session.out('depmod...');
	}
	return 0;
}

/** What is below /etc/kernel/postinst.d: initramfs-tools and zz-update-grub. */
function configureKernel(session: Session, kernel: string): number {
	session.out(
		`Examining /etc/kernel/postinst.d.\nrun-parts: executing /etc/kernel/postinst.d/initramfs-tools ${kernel}`,
	);
	const code = rebuildInitramfs(session, kernel);
	if (code !== 0) return code;
	session.out('run-parts: executing /etc/kernel/postinst.d/zz-update-grub');
	session.wait(4);
	session.change(writeGrubMenu(session.machine));
	return 0;
}

const changedConfiguration = [
	'/etc/default/zfs',
	'/etc/init.d/zfs-import',
	'/etc/init.d/zfs-load-key',
	'/etc/init.d/zfs-mount',
	'/etc/init.d/zfs-share',
	'/etc/zfs/zfs-functions',
];

function configureTools(session: Session): void {
	for (const path of changedConfiguration) session.out(`Installing new version of config file ${path} ...`);
	// `modprobe -v zfs || true`: a module that is loaded stays the one it is.
	const loaded = loadFromDisk(session.machine);
	if (loaded.ok) session.change(loaded.machine);
	else session.err(loaded.stderr);
	session.out('zfs-import-scan.service is a disabled or a static unit, not starting it.');
}
