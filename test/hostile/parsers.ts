/** Every function that turns foreign text into something typed, with real output to mutate and the errors it may throw. */

import { parseConfiguration } from '../../src/commands/configuration.js';
import { parseCommandLine } from '../../src/commands/parse.js';
import { parseConfig } from '../../src/facts/consumers/config.js';
import { readContainerdSettings } from '../../src/facts/consumers/containerd-settings.js';
import { parseDrbdStatus } from '../../src/facts/consumers/drbd.js';
import { parseIncusPools } from '../../src/facts/consumers/incus.js';
import { parseTables } from '../../src/facts/consumers/linstor.js';
import { parseEnvironment } from '../../src/facts/consumers/services.js';
import { parseMounts } from '../../src/facts/mounts.js';
import { parseOsRelease } from '../../src/facts/os-release.js';
import { parseUnits } from '../../src/facts/units.js';
import type { CommandResult } from '../../src/host/host.js';
import { isReadOnlyIn } from '../../src/host/mount-info.js';
import { LineSplitter } from '../../src/host/output.js';
import { quoteForDisplay, stripControls } from '../../src/host/text.js';
import { isAutomatic, replicationSeries } from '../../src/inventory/series.js';
import { parseExports } from '../../src/inventory/shares.js';
import { parseUnitStates } from '../../src/inventory/units.js';
import { holdLines, parseCronTable, releaseLines } from '../../src/jobs/cron-table.js';
import { recognise, withoutComments } from '../../src/jobs/recognise.js';
import { parseReplication } from '../../src/jobs/storage-replication.js';
import { parseUnitProperties } from '../../src/jobs/unit-properties.js';
import { parseDocument } from '../../src/journal/state-codec.js';
import { pairVerdict } from '../../src/knowledge/abi.js';
import { kernelWithin } from '../../src/knowledge/kernel-support.js';
import { parseSeries, parseVersion, parseZfsRelease } from '../../src/knowledge/version.js';
import { parseAutomaticUpgrades } from '../../src/packages/apt/automatic-upgrades.js';
import { parseHistory } from '../../src/packages/apt/history.js';
import { parseStatusTable } from '../../src/packages/apt/installed-packages.js';
import { parseLockTable } from '../../src/packages/apt/locks.js';
import { parsePolicy } from '../../src/packages/apt/offers.js';
import { preferencesText } from '../../src/packages/apt/preferences.js';
import { findTransactionProcesses } from '../../src/packages/apt/processes.js';
import { readSimulation } from '../../src/packages/apt/simulation.js';
import { advanceProgress } from '../../src/packages/apt/transaction-progress.js';
import { readTransactionSize } from '../../src/packages/apt/transaction-size.js';
import {
	parseGrubDefault,
	parseGrubEnvironment,
	parseGrubMenu,
	resolveGrubDefault,
} from '../../src/packages/boot/grub.js';
import { chooseModuleFile } from '../../src/packages/boot/initramfs.js';
import { parseSecureBoot, parseTestKey } from '../../src/packages/boot/secure-boot.js';
import { compareDebianVersions } from '../../src/packages/debian-version.js';
import { decisiveLines, readBuildProgress } from '../../src/packages/dkms/make-log.js';
import { findSourceVersion } from '../../src/packages/dkms/module-source.js';
import { parseDkmsStatus } from '../../src/packages/dkms/status.js';
import { isLaterSoname, parseLibraryName } from '../../src/packages/libraries.js';
import { parseModinfo } from '../../src/packages/module/modinfo.js';
import { parseOwner } from '../../src/packages/module/provider.js';
import { judgeReceive, judgeSend } from '../../src/zfs/judge.js';
import { parseBookmarkName, parseDatasetName, parsePoolName, parseSnapshotName } from '../../src/zfs/names.js';
import { claimBookmark, claimDataset, claimSnapshot } from '../../src/zfs/owned.js';
import { diagnose, diagnoseText, printableLines } from '../../src/zfs/problem.js';
import { parseVersions } from '../../src/zfs/read-versions.js';
import { parseReceivedStreams } from '../../src/zfs/receive.js';
import { parseRows } from '../../src/zfs/rows.js';
import { findResumeToken, parseResumeToken, parseSendEstimate, parseSendProgress } from '../../src/zfs/send.js';
import { parseSnapshotGuids } from '../../src/zfs/snapshot-guids.js';
import { parseZfsVersion } from '../../src/zfs/version.js';
import { setPropertyListing } from '../../src/zfs/zfs-get.js';
import { parseHolds } from '../../src/zfs/zfs-holds.js';
import { bookmarkListing, datasetListing, type Listing, snapshotListing } from '../../src/zfs/zfs-list.js';
import { parsePermanentErrors, parsePermanentErrorsJson } from '../../src/zfs/zpool-errors.js';
import { parsePoolProperties, parsePoolPropertiesJson } from '../../src/zfs/zpool-get.js';
import { parsePoolStatus } from '../../src/zfs/zpool-status.js';
import { parsePoolStatusJson } from '../../src/zfs/zpool-status-json.js';
import { recordings } from './corpus.js';

export interface Parser {
	readonly name: string;
	/** Reads the text; what it returns does not matter here. */
	readonly parse: (text: string) => unknown;
	/** Names of the error classes with which it may refuse. */
	readonly refusals: readonly string[];
	/** Real texts of the kind that it reads. */
	readonly texts: () => readonly string[];
}

function parser(
	name: string,
	parse: Parser['parse'],
	texts: RegExp | readonly string[],
	...refusals: readonly string[]
): Parser {
	return { name, parse, refusals, texts: () => (texts instanceof RegExp ? recordings(texts) : texts) };
}

function listed<T>({ rows, toItem }: Listing<T>): (text: string) => unknown {
	return (text) => parseRows(text, rows).map(toItem);
}

/** A command that said the same on both streams and ended well, or not. */
function result(text: string): CommandResult {
	const outcome = { kind: 'exited', code: text.length % 3 } as const;
	return { command: { argv: ['zfs', 'x'] }, outcome, stdout: text, stderr: text, truncated: false, seconds: 1 };
}

function exited(text: string) {
	return { code: text.length % 3, stdout: text, stderr: text };
}

/** A file is read by a command that ended well. */
function printed(text: string) {
	return { code: 0, stdout: text, stderr: '' };
}

const zfsOutput = /^lab\/zfs-2\./;
const zfs = 'ZfsParseError';
const unexpected = 'UnexpectedOutputError';

const rows = {
	datasets: [
		'tank\t11\t-\t1\t1\t1\t-\ton\tyes\toff\t-\t-\t-\tnone\t/tank\tfilesystem\n',
		'tank/v\t12\t-\t1\t1\t1\t4096\t-\t-\taes-256-gcm\ttank/v\tavailable\t-\tprompt\t-\tvolume\n',
	],
	snapshots: ['tank@a\t1795336007\t14336\t0\t6083639963026583371\ntank/d@r\t1795336024\t0\t2\t63\n'],
	bookmarks: ['tank#a\t1795336007\t6083639963026583371\n'],
	properties: ['tank\torg.x:y\ta\tb\nc\treceived\ntank\tcompression\tlz4\tlocal\n'],
	names: [
		'tank',
		'tank/home/user one',
		'tank/a@zfs-lockstep-20261122-213000',
		'tank/a#b',
		`t${'/d'.repeat(48)}`,
		'mirror',
		'tank/.zfs-lockstep-20261122-213000.smoke/x',
	],
	versions: [
		'2.3.2',
		'zfs-kmod-2.1.11-1+deb12u1',
		'2.2.0-pve2',
		'2.3.0~rc3-1',
		'2.2.99-784_g1234567',
		'2.3.2-2~bpo12+2',
		'6.1.0-56-amd64',
	],
	cron: [
		'# m h dom mon dow user command\nSHELL=/bin/sh\n17 * * * * root cd / && run-parts /etc/cron.hourly\n@daily root /usr/sbin/syncoid tank b:tank\n',
		'24 0 8-14 * * root if [ $(date +\\%w) -eq 0 ] && [ -x /usr/lib/zfs-linux/scrub ]; then /usr/lib/zfs-linux/scrub; fi\n',
		'1 5 cron.daily run-parts --report /etc/cron.daily\n',
	],
	mounts: [
		'22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw\n40 22 0:38 / /fx\\040y rw,relatime shared:9 master:1 - zfs fx/a b rw,xattr\n23 22 0:21 / /proc ro,nosuid - proc proc ro\n',
	],
	environment: ['# comment\nA="b c"\nexport PATH=/x:$PATH\n; other\nB=\'d\'\n', 'ONE=1\\\n2\n'],
	history: [
		'\nStart-Date: 2026-11-22  07:05:52\nCommandline: apt-get install zfs-dkms\nUpgrade: zfs-dkms:amd64 (2.1.11-1, 2.3.2-2~bpo12+2)\nEnd-Date: 2026-11-22  07:25:52\n',
		'\nStart-Date: 2026-11-22  07:05:52\nCommandline: apt-get install zfs-dkms\n',
	],
	locks: [
		'1: FLOCK  ADVISORY  WRITE 420 00:19:611 0 EOF\n2: POSIX  ADVISORY  WRITE 4711 fe:01:131 0 EOF\n3: -> POSIX  ADVISORY  WRITE 12 fe:01:131 0 EOF\n',
	],
	processes: [
		'      1 4026531836 /sbin/init\n    420 4026531836 /usr/sbin/zed -F\n   4711 4026531836 /usr/bin/dpkg --status-fd 5 --configure -a\n   4712 - /bin/sh /var/lib/dpkg/info/zfs-dkms.postinst configure\n',
	],
	exports: ['/tank/share   192.0.2.0/24(rw,wdelay,root_squash)\n/tank/a rather long path\n\t\t<world>(ro)\n'],
	replication: [
		'local: 100-0\n\ttarget pve2\n\tschedule */5\n\trate 10\n\nlocal: 101-0\n\tdisable 1\n\ttarget pve2\n\tsource pve1\n',
	],
	osRelease: [
		'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n# x\nID_LIKE=\'a b\'\n',
	],
	unitShow: [
		'Id=zfs-mount.service\nLoadState=loaded\nActiveState=active\nSubState=exited\nUnitFileState=enabled\nConditionResult=yes\nConditionTimestampMonotonic=12\nResult=success\nDropInPaths=\n\nId=zfs.target\nLoadState=not-found\n',
	],
	progress: [
		'Get:1 file:/srv/debian bookworm-backports/contrib amd64 zfs-dkms all 2.3.2-2~bpo12+2 [2,444 kB]\nUnpacking zfs-dkms (2.3.2-2~bpo12+2) over (2.1.11-1+deb12u1) ...\nSetting up zfs-dkms (2.3.2-2~bpo12+2) ...\n',
	],
	state: [
		'{"tool":"zfs-lockstep","schemaVersion":1,"savedAt":"2026-11-22T21:30:00.000Z","state":{"id":"20261122-213000"},"sha256":"0000000000000000000000000000000000000000000000000000000000000000"}',
	],
	configuration: [
		'# defaults\ntarget = "2.3.2"\npools = ["tank", "backup"]\nignore-check = ["pool.degraded"]\nno-color = true\nwall = false\n',
	],
	commandLines: [
		'run --yes --pool tank --pool backup --until verify --state-dir /x --ignore-check pool.degraded',
		'guard -- syncoid tank b:tank',
		'check --json --root /mnt',
		'explain versions.abi-break',
	],
	modulePaths: [
		'/x/root/main/lib/modules/6.1.0-56-amd64/updates/dkms/zfs.ko\n/x/root/usr/lib/modules/6.1.0-56-amd64/kernel/zfs/zfs.ko.zst\n',
	],
} as const;

const zfsParsers: readonly Parser[] = [
	parser('parsePoolStatus', parsePoolStatus, zfsOutput, zfs),
	parser('parsePoolStatusJson', parsePoolStatusJson, zfsOutput, zfs),
	parser('parsePoolProperties', parsePoolProperties, zfsOutput, zfs),
	parser('parsePoolPropertiesJson', parsePoolPropertiesJson, zfsOutput, zfs),
	parser('parsePermanentErrors', parsePermanentErrors, zfsOutput, zfs),
	parser('parsePermanentErrorsJson', parsePermanentErrorsJson, zfsOutput, zfs),
	parser('parseHolds', parseHolds, zfsOutput, zfs),
	parser('parseSendEstimate', parseSendEstimate, zfsOutput, zfs),
	parser('parseReceivedStreams', parseReceivedStreams, zfsOutput, zfs),
	parser('diagnoseText', diagnoseText, zfsOutput),
	parser('diagnose', (text) => diagnose(result(text)), zfsOutput),
	parser('printableLines', printableLines, zfsOutput),
	parser('datasetListing', listed(datasetListing), rows.datasets, zfs),
	parser('snapshotListing', listed(snapshotListing), rows.snapshots, zfs),
	parser('bookmarkListing', listed(bookmarkListing), rows.bookmarks, zfs),
	parser('setPropertyListing', listed(setPropertyListing), rows.properties, zfs),
	parser('parseVersions', (text) => parseVersions(result(text)), zfsOutput, zfs),
	parser('judgeSend', (text) => judgeSend(result(text)), zfsOutput),
	parser('judgeReceive', (text) => judgeReceive(result(text)), zfsOutput, zfs),
	parser('parseSnapshotGuids', parseSnapshotGuids, rows.snapshots, zfs),
	parser('parseResumeToken', parseResumeToken, ['1-f69ee9bd0-e8-789c636064000310a500c4ec']),
	parser('findResumeToken', findResumeToken, zfsOutput),
	parser('parseSendProgress', parseSendProgress, zfsOutput, zfs),
	parser('parsePoolName', parsePoolName, rows.names, 'InvalidNameError'),
	parser('parseDatasetName', parseDatasetName, rows.names, 'InvalidNameError'),
	parser('parseSnapshotName', parseSnapshotName, rows.names, 'InvalidNameError'),
	parser('parseBookmarkName', parseBookmarkName, rows.names, 'InvalidNameError'),
	...[claimDataset, claimSnapshot, claimBookmark].map((claim) =>
		parser(claim.name, (text) => claim(text, '20261122-213000'), rows.names, 'InvalidNameError', 'NotOwnedError'),
	),
	parser('parseZfsVersion', parseZfsVersion, rows.versions, 'InvalidVersionError'),
];

const packageParsers: readonly Parser[] = [
	parser('compareDebianVersions', (text) => compareDebianVersions(text, '2.3.2-2~bpo12+2'), rows.versions),
	parser('parseLibraryName', parseLibraryName, ['libzfs4linux', 'libzpool5linux']),
	parser('isLaterSoname', (text) => isLaterSoname(text, 'libzfs4linux'), ['libzfs4linux', 'libzfs6linux']),
	parser('parseStatusTable', parseStatusTable, /^packages\/apt-.*status/, unexpected),
	parser('parsePolicy', parsePolicy, /^packages\/apt-.*policy/, unexpected),
	parser('readSimulation', (text) => readSimulation(exited(text)), /simulate|^packages\/bw-s|interrupted/, unexpected),
	parser('readTransactionSize', (text) => readTransactionSize(printed(text)), /print-uris/, unexpected),
	parser('advanceProgress', (text) => advanceProgress({ done: 0, total: 3, stage: 'preparing' }, text), rows.progress),
	parser('parseHistory', parseHistory, rows.history),
	parser('parseLockTable', parseLockTable, rows.locks),
	parser('findTransactionProcesses', (text) => findTransactionProcesses(text, '4026531836'), rows.processes),
	parser('parseAutomaticUpgrades', parseAutomaticUpgrades, /apt-config-dump/),
	parser('preferencesText', (text) => preferencesText('zfs-linux', '2.3.2-2~bpo12+2', text), rows.progress),
	parser('parseDkmsStatus', parseDkmsStatus, /dkms-status/, unexpected),
	parser('readBuildProgress', (text) => readBuildProgress(text, '2.3.2'), /make-log|dkms-build/),
	parser('decisiveLines', (text) => decisiveLines(text), /make-log|dkms-build/),
	parser('findSourceVersion', findSourceVersion, /dpkg-contents/, unexpected),
	parser('parseModinfo', (text) => parseModinfo(exited(text)), /modinfo/, unexpected),
	parser('parseOwner', (text) => parseOwner(exited(text)), /dpkg-search/, unexpected),
	parser('parseSecureBoot', (text) => parseSecureBoot(exited(text)), /mokutil/, unexpected),
	parser('parseTestKey', (text) => parseTestKey(exited(text)), /mokutil/, unexpected),
	parser('chooseModuleFile', (text) => chooseModuleFile(text.split('\n'), '6.1.0-56-amd64'), rows.modulePaths),
	parser('parseGrubMenu', (text) => resolveGrubDefault(parseGrubMenu(text), '1>0'), /grub-cfg/),
	parser('parseGrubDefault', parseGrubDefault, /grub-cfg/),
	parser('parseGrubEnvironment', parseGrubEnvironment, /grubenv/),
	parser(
		'resolveGrubDefault',
		(text) => resolveGrubDefault(parseGrubMenu(recordings(/grub-cfg\.txt/)[0] ?? ''), text),
		['1>2', 'gnulinux-advanced-abc>gnulinux-6.1.0-56-amd64-advanced-abc'],
	),
];

const factParsers: readonly Parser[] = [
	parser('parseUnits', parseUnits, rows.unitShow),
	parser('parseMounts', parseMounts, rows.mounts),
	parser('isReadOnlyIn', (text) => isReadOnlyIn(text, '/fx y/a'), rows.mounts),
	parser('parseOsRelease', parseOsRelease, rows.osRelease),
	parser('parseEnvironment', parseEnvironment, rows.environment),
	parser(
		'parseToml',
		async (text) => readContainerdSettings(await parseConfig('x', text, 'toml')),
		/^consumers\/.*\.(?:toml|conf)$/,
		'ConfigError',
	),
	parser('parseJson', (text) => parseConfig('x', text, 'json'), /^consumers\/.*\.json$/, 'ConfigError'),
	parser('parseYaml', (text) => parseConfig('x', text, 'yaml'), /^consumers\/.*\.ya?ml$/, 'ConfigError'),
	parser('parseDrbdStatus', parseDrbdStatus, /drbd\/status/, unexpected),
	parser('parseIncusPools', parseIncusPools, /incus\/storage/, unexpected),
	parser('parseTables', parseTables, /linstor\/.*json/, unexpected),
];

const jobParsers: readonly Parser[] = [
	...(['system', 'user', 'anacron'] as const).map((form) =>
		parser(`parseCronTable ${form}`, (text) => parseCronTable(text, form), rows.cron),
	),
	parser('holdLines', (text) => releaseLines(holdLines(text, text.split('\n'))), rows.cron),
	parser('recognise', (text) => recognise(withoutComments(text)), rows.cron),
	parser('parseUnitProperties', parseUnitProperties, /^jobs\/show-units/),
	parser('parseReplication', parseReplication, rows.replication),
];

const otherParsers: readonly Parser[] = [
	parser('parseUnitStates', parseUnitStates, rows.unitShow),
	parser('parseExports', parseExports, rows.exports),
	parser('replicationSeries', (text) => [replicationSeries(text), isAutomatic(text)], [
		'syncoid_host_2026-11-22:08:00:00-GMT00:00',
		'autosnap_2026-11-22_08:00:00_hourly',
		'zrepl_20261122_080000_000',
	]),
	parser(
		'parseConfiguration',
		(text) => parseConfiguration(text, '/etc/zfs-lockstep/config.toml'),
		rows.configuration,
		'UsageError',
	),
	parser(
		'parseCommandLine',
		(text) => parseCommandLine(text.split(' ').slice(0, 1000)),
		rows.commandLines,
		'UsageError',
	),
	parser('parseDocument', (text) => parseDocument(text, '/x/state.json', 1), rows.state, 'JournalError'),
	parser('knowledge versions', (text) => [parseZfsRelease(text), parseVersion(text), parseSeries(text)], rows.versions),
	parser('pairVerdict', (text) => [pairVerdict(text, '2.3.1'), pairVerdict('2.3.2', text)], rows.versions),
	parser('kernelWithin', (text) => kernelWithin({ linuxMin: text, linuxMax: '6.12' }, '6.1.0-56-amd64'), rows.versions),
	parser('stripControls', stripControls, zfsOutput),
	parser('quoteForDisplay', (text) => quoteForDisplay([text, text]), rows.names),
	parser('LineSplitter', splitLines, rows.progress),
];

function splitLines(text: string): readonly string[] {
	const splitter = new LineSplitter();
	const bytes = Buffer.from(text);
	const half = bytes.length >> 1;
	return [...splitter.push(bytes.subarray(0, half)), ...splitter.push(bytes.subarray(half)), ...splitter.end()];
}

export const parsers: readonly Parser[] = [
	...zfsParsers,
	...packageParsers,
	...factParsers,
	...jobParsers,
	...otherParsers,
];
