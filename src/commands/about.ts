/** Set by the bundler from package.json. */
declare const ZFS_LOCKSTEP_VERSION: string;

/** Version of this program. */
export const version: string = typeof ZFS_LOCKSTEP_VERSION === 'string' ? ZFS_LOCKSTEP_VERSION : '0.0.0-source';
