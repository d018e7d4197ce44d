# Runs inside a throw-away root: a real dkms build of one zfs version for the guest's kernel.
# $1 Debian version, $2 upstream version, $3 kernel
deb=$(find /srv/debian/pool -name "zfs-dkms_$1_all.deb")
dpkg-deb -x "$deb" /
dkms add -m zfs -v "$2"
# -g0: dkms strips the modules anyway, and the compiler needs a third less time
KCFLAGS=-g0 dkms build -m zfs -v "$2" -k "$3"
cd "/var/lib/dkms/zfs/$2/$3/x86_64"
tar -cf /tmp/objects.tar module log/make.log zfs_config.h Module.symvers
