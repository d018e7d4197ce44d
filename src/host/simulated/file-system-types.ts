/** `f_type` of statfs(2), from linux/magic.h and zfs_vfsops.c. */
export const fileSystemTypes = { ext4: 0xef53, tmpfs: 0x01021994, zfs: 0x2fc12fc1 } as const;
