#!/bin/bash
# Runs inside a clean Debian root: the life of the package, as a transcript. Ends with 1 at the first thing that is not
# as it should be.
exec 2>&1
export DEBIAN_FRONTEND=noninteractive

# promise TEXT: what the commands after it prove.
promise() { printf '\n## %s\n' "$*"; }

# must CODE COMMAND...: shows the command, its output and its exit code, which must be CODE.
must() {
	local wanted=$1 code
	shift
	printf '$ %s\n' "$*"
	output=$("$@" 2>&1)
	code=$?
	# A long output is proven by its end, and by what says() finds in it.
	[ -z "$output" ] || tail -n 14 <<<"$output" | sed 's/\r$//; s/.*\r//; /^$/d; s/^/    /'
	[ "$code" = 0 ] || printf '    (exit %s)\n' "$code"
	if [ "$code" != "$wanted" ]; then
		printf 'FAILED: exit %s, not %s\n' "$code" "$wanted"
		exit 1
	fi
}

# says WORDS: the last output has them.
says() {
	grep -qF -- "$1" <<<"$output" && return
	printf 'FAILED: it does not say: %s\n' "$1"
	exit 1
}

# Every file but what dpkg, apt and man-db keep of any package, and what is gone with the next boot.
every_file() {
	find / -xdev \( -path /srv -o -path /run -o -path /proc -o -path /dev -o -path /sys -o -path /tmp -o -path /root/demo \
		-o -path /var/cache -o -path /var/lib/dpkg -o -path /var/lib/apt -o -path /var/log/apt \) -prune -o \
		! -path /var/log/dpkg.log ! -path /var/log/alternatives.log -print | sort
}

# A run in the middle of the upgrade, as the demonstration leaves it; the record is the same on a real host.
record_run() {
	rm -rf /root/demo
	zfs-lockstep demo --yes --until module --state-dir /root/demo >/dev/null 2>&1
	install -d -m 0700 /var/lib/zfs-lockstep
	install -m 0600 /root/demo/state/state.json /var/lib/zfs-lockstep/state.json
}

sed -n 's/^PRETTY_NAME=//p' /etc/os-release
every_file >/srv/before

promise 'There is neither Node nor OpenZFS here.'
for program in node nodejs bun zfs zpool; do must 127 "$program" --version; done

promise 'It installs without anything else, and without a network.'
must 0 apt-get install -y /srv/zfs-lockstep.deb
says 'Setting up zfs-lockstep'
must 0 dpkg -L zfs-lockstep
must 0 dpkg --verify zfs-lockstep

promise 'It starts, and says what is the matter with this host.'
must 0 zfs-lockstep --version
must 3 zfs-lockstep check
says 'OpenZFS'

promise 'The manual page is found, whole and without a fault.'
must 0 man --warnings=w -P cat 8 zfs-lockstep
for section in 'EXIT STATUS' FILES ENVIRONMENT; do says "$section"; done

promise 'bash completes its commands.'
must 0 bash -c '. /usr/share/bash-completion/bash_completion
	if declare -F _comp_load >/dev/null; then _comp_load zfs-lockstep; else _completion_loader zfs-lockstep; fi
	COMP_WORDS=(zfs-lockstep ro) COMP_CWORD=1; _zfs_lockstep; printf "%s\n" "${COMPREPLY[@]}"'
says rollback
must 0 test -f /usr/share/zsh/vendor-completions/_zfs-lockstep -a -f /usr/share/fish/vendor_completions.d/zfs-lockstep.fish

promise 'The example of the configuration is taken as it is, and with every key in it turned on.'
mkdir /etc/zfs-lockstep
cp /usr/share/doc/zfs-lockstep/examples/config.toml /etc/zfs-lockstep/config.toml
must 3 zfs-lockstep check
sed -i 's/^#\([a-z]\)/\1/' /etc/zfs-lockstep/config.toml
must 3 zfs-lockstep check

promise 'The unit is enabled and sound, its folders are for root alone, and the log is rotated only when it is large.'
must 0 systemctl is-enabled zfs-lockstep.service
must 0 systemd-analyze verify zfs-lockstep.service
must 0 systemd-tmpfiles --create zfs-lockstep.conf
must 0 stat -c '%a %U %n' /var/lib/zfs-lockstep /var/log/zfs-lockstep /run/motd.d
says '700 root /var/lib/zfs-lockstep'
must 0 logrotate --debug /etc/logrotate.d/zfs-lockstep

promise 'The unit does nothing, and leaves no notice, where no run is in progress.'
must 0 zfs-lockstep after-boot
must 2 ls /run/motd.d/zfs-lockstep

promise 'With /usr read-only the demonstration upgrades a simulated host to the end, with its detached jobs.'
mount --bind /usr /usr
mount -o remount,bind,ro /usr
must 1 touch /usr/sbin/probe
must 0 zfs-lockstep demo --yes --state-dir /root/demo
must 0 zfs-lockstep report --state-dir /root/demo
says '7 smoke-test'
must 1 pgrep -l zfs-lockstep
umount --lazy /usr

promise 'A run that is in progress is told at login after a boot.'
record_run
must 6 zfs-lockstep after-boot
must 0 cat /run/motd.d/zfs-lockstep
says 'is under way on this host'

promise 'An upgrade of the package keeps the run, the configuration and a disabled unit.'
must 0 systemctl disable zfs-lockstep.service
dpkg-deb --raw-extract /srv/zfs-lockstep.deb /srv/next
sed -i 's/^Version: .*/&+next/' /srv/next/DEBIAN/control
dpkg-deb --root-owner-group -Znone --build /srv/next /srv/next.deb >/dev/null
must 0 apt-get install -y /srv/next.deb
says '+next'
must 0 test -f /var/lib/zfs-lockstep/state.json -a -f /etc/zfs-lockstep/config.toml
must 1 systemctl is-enabled zfs-lockstep.service
must 0 systemctl enable zfs-lockstep.service

promise 'While it is at work it is not removed.'
touch /run/lock/zfs-lockstep.lock
flock --no-fork /run/lock/zfs-lockstep.lock sleep 1000 &
until ! flock -n /run/lock/zfs-lockstep.lock true; do sleep 0.1; done
must 100 apt-get remove -y zfs-lockstep
says 'is at work on this host'
must 0 zfs-lockstep --version
kill %1
wait %1 2>/dev/null
until flock -n /run/lock/zfs-lockstep.lock true; do sleep 0.1; done

promise 'Removal and purge keep a run that is in progress, and say so.'
must 0 apt-get remove -y zfs-lockstep
says 'An upgrade of OpenZFS is in progress on this host.'
must 0 apt-get purge -y zfs-lockstep
says 'its record is not purged'
must 0 test -f /var/lib/zfs-lockstep/state.json

promise 'Installed again, it knows the run. When that has ended, removal and purge leave nothing.'
must 0 apt-get install -y /srv/zfs-lockstep.deb
must 0 zfs-lockstep status
sed -i 's/"endedAt": null/"endedAt": 1/' /var/lib/zfs-lockstep/state.json
must 0 apt-get remove -y zfs-lockstep
must 0 apt-get purge -y zfs-lockstep
every_file >/srv/after
must 0 diff /srv/before /srv/after
must 2 ls /run/motd.d/zfs-lockstep /run/lock/zfs-lockstep.lock

printf '\nAll as it should be.\n'
