# Runs inside the unpacked root, after the lab's own files are in place: makes it the guest, with the old zfs installed
# from its offline archive by the real apt. $1 packages, $2 suite, $3 label of the root file system
packages=$1 suite=$2 label=$3

rm -rf /etc/apt/sources.list /etc/apt/sources.list.d/* /var/lib/apt/lists/*
mkdir -p /var/lib/apt/lists/partial
for name in "$suite" "$suite-backports"; do
	echo "deb [trusted=yes] file:/srv/debian $name main contrib"
done > /etc/apt/sources.list
apt-get update -q
echo 'zfs-dkms zfs-dkms/note-incompatible-licenses note true' | debconf-set-selections
apt-get install -y -q --no-install-recommends $packages

echo labguest > /etc/hostname
echo '127.0.0.1 localhost labguest' > /etc/hosts
: > /etc/resolv.conf
passwd -d root
mkdir -p /opt/zfs-lockstep /etc/lab
printf '%s\n' "LABEL=$label / ext4 defaults,noatime 0 1" \
	'LABEL=zfs-lockstep /opt/zfs-lockstep ext4 ro 0 0' > /etc/fstab
zgenhostid -f 0x1ab1ab01
rm -f /etc/machine-id
systemd-machine-id-setup

systemctl enable serial-getty@hvc0.service qemu-guest-agent.service zfs-load-key.service
# what would only wake up in the middle of a scenario, or look for hardware that is not there
for unit in apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service fstrim.timer \
	dpkg-db-backup.timer logrotate.timer man-db.timer systemd-timesyncd.service systemd-pstore.service \
	ssh.service networking.service getty@tty1.service keyboard-setup.service console-setup.service \
	modprobe@drm.service modprobe@fuse.service modprobe@configfs.service dev-hugepages.mount dev-mqueue.mount \
	sys-kernel-debug.mount sys-kernel-tracing.mount sys-fs-fuse-connections.mount sys-kernel-config.mount; do
	systemctl mask "$unit"
done
