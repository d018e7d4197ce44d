/** Programs of the simulated machine by the names they are called by. A shell is not among them, on purpose. */
import type { Program } from '../session.js';
import { aptCache } from './apt-cache.js';
import { aptGet } from './apt-get.js';
import { aptConfig, aptMark } from './apt-mark.js';
import { dkms } from './dkms.js';
import { dpkg, dpkgDeb, dpkgQuery } from './dpkg.js';
import { dd } from './files/dd.js';
import { findFiles } from './files/find.js';
import { chmod, ln, mkdir, touch } from './files/make.js';
import { cp, install, mv } from './files/move.js';
import { cat, head, sha256sum, sort, tail, wc } from './files/read.js';
import { rm, rmdir } from './files/remove.js';
import { ls, readlink, stat } from './files/show.js';
import { sync } from './files/sync.js';
import { tar } from './files/tar.js';
import { lsinitramfs, unmkinitramfs, updateInitramfs } from './initramfs.js';
import { depmod, lsmod, modinfo, modprobe, rmmod } from './modules.js';
import { reboot, shutdown, wall } from './power.js';
import {
	detectVirt,
	dmesg,
	env,
	findmnt,
	hostname,
	id,
	journalctl,
	mokutil,
	pgrep,
	ps,
	sleep,
	ssh,
	uname,
	updateGrub,
	whoami,
} from './system.js';
import { systemctl } from './systemctl.js';
import { zfs } from './zfs/index.js';
import { zpool } from './zpool/index.js';
import { zstream } from './zstream.js';

export const programs: Readonly<Record<string, Program>> = {
	'apt-cache': aptCache,
	'apt-config': aptConfig,
	'apt-get': aptGet,
	'apt-mark': aptMark,
	cat,
	chmod,
	cp,
	dd,
	depmod,
	dkms,
	dmesg,
	dpkg,
	'dpkg-deb': dpkgDeb,
	'dpkg-query': dpkgQuery,
	env,
	false: () => 1,
	find: findFiles,
	findmnt,
	head,
	hostname,
	id,
	install,
	journalctl,
	ln,
	ls,
	lsinitramfs,
	lsmod,
	mkdir,
	modinfo,
	modprobe,
	mokutil,
	mv,
	pgrep,
	ps,
	readlink,
	reboot,
	rm,
	rmdir,
	rmmod,
	sha256sum,
	shutdown,
	sleep,
	sort,
	ssh,
	stat,
	sync,
	'systemd-detect-virt': detectVirt,
	systemctl,
	tail,
	tar,
	touch,
	true: () => 0,
	uname,
	unmkinitramfs,
	'update-grub': updateGrub,
	'update-initramfs': updateInitramfs,
	wall,
	wc,
	whoami,
	zfs,
	zpool,
	zstream,
};
