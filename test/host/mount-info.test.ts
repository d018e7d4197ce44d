import { describe, expect, it } from 'vitest';
import { isOnReadOnlyMount, isReadOnlyIn } from '../../src/host/mount-info.js';

const mountInfo = String.raw`22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw,errors=remount-ro
30 22 0:30 / /boot ro,relatime shared:2 - vfat /dev/vdb1 rw
31 22 0:31 / /rescue rw,relatime shared:3 master:1 - zfs rpool/ROOT ro,xattr
32 22 0:32 / /mnt/a\040b ro,relatime - tmpfs tmpfs rw
33 22 0:33 / /data ro,relatime - ext4 /dev/vdc rw
34 33 0:34 / /data rw,relatime - ext4 /dev/vdd rw
`;

describe('a read-only file system', () => {
	it.each([
		['/etc/fstab', false],
		['/boot', true],
		['/boot/vmlinuz', true],
		['/bootstrap', false],
		['/rescue/x', true],
		['/mnt/a b/file', true],
		['/data/file', false],
	])('is recognised for %s: %s', (file, expected) => {
		expect(isReadOnlyIn(mountInfo, file)).toBe(expected);
	});

	it('is not what this machine has its temporary files on', () => {
		expect(isOnReadOnlyMount('/tmp')).toBe(false);
	});
});
