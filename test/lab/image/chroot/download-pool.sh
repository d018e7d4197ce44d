# Runs inside the new root: fetches the packages of the guest's offline archive into /srv/debian and indexes them.
# $1 suite, $2 packages of the suite, $3 the same from backports, $4 other packages of the suite (with their
# dependencies that are not installed yet)
suite=$1 stable=$2 backports=$3 others=$4
pool=/srv/debian/pool
mkdir -p $pool/$suite/main $pool/$suite/contrib $pool/$suite-backports/main $pool/$suite-backports/contrib

# the newest version that the archive SUITE offers
version_in() { apt-cache madison zfs-dkms | awk -F'|' -v suite="$1/contrib" '$3 ~ suite " amd64" {gsub(/ /, "", $2); print $2; exit}'; }
old=$(version_in $suite)
new=$(version_in $suite-backports)
[ -n "$old" ] && [ -n "$new" ] || { echo "the archive offers zfs-dkms '$old' and '$new'" >&2; exit 1; }

fetch() { (cd "$1" && shift && apt-get download -q "$@"); }
fetch $pool/$suite/contrib $(for package in $stable; do echo "$package=$old"; done)
fetch $pool/$suite-backports/contrib $(for package in $backports; do echo "$package=$new"; done)
fetch $pool/$suite/main $others

printf '%s\n' "{\"kernel\": \"$(ls /lib/modules | sort -V | tail -1)\", \"old\": \"$old\", \"new\": \"$new\"}" > /srv/debian/lab.json

cd /srv/debian
for name in $suite $suite-backports; do
	for component in main contrib; do
		folder=dists/$name/$component/binary-amd64
		mkdir -p $folder
		apt-ftparchive packages pool/$name/$component > $folder/Packages
		gzip -9kf $folder/Packages
	done
done
# the fields of Debian's own Release files: they give backports the priority 100 that apt policies depend on
release() {
	apt-ftparchive -o APT::FTPArchive::Release::Architectures='amd64 all' -o APT::FTPArchive::Release::Components='main contrib' \
		-o APT::FTPArchive::Release::Codename="$1" -o APT::FTPArchive::Release::Suite="$2" \
		-o APT::FTPArchive::Release::Origin="$3" -o APT::FTPArchive::Release::Label="$3" release dists/$1 > /tmp/Release
	[ $1 = $suite ] || sed -i '/^Codename:/a NotAutomatic: yes\nButAutomaticUpgrades: yes' /tmp/Release
	mv /tmp/Release dists/$1/Release
}
release $suite oldstable Debian
release $suite-backports oldstable-backports 'Debian Backports'
