import process from 'node:process';

/** Set by the bundler from package.json. */
declare const ZFS_LOCKSTEP_VERSION: string;

const [argument] = process.argv.slice(2);
if (argument === '--version') {
	process.stdout.write(`zfs-lockstep ${ZFS_LOCKSTEP_VERSION}\n`);
} else {
	process.stderr.write(`Unknown argument: ${JSON.stringify(argument ?? '')}. Try --version.\n`);
	process.exitCode = 2;
}
