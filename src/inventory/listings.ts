/**
 * The listings of zfs and zpool, written by their own processes through sort(1) into files, so that no number of
 * snapshots costs memory here. Sorted by bytes (`LC_ALL=C`): the first columns hold nothing but ASCII.
 */
import type { Command } from '../host/host.js';
import { limits } from '../zfs/limits.js';
import type { FileName } from './manifest.js';

/** Columns of the tables whose key is a guid. */
export const columns = {
	pools: ['guid', 'name', 'health', 'readonly', 'size', 'altroot'],
	datasets: [
		'guid',
		'name',
		'type',
		'origin',
		'volsize',
		'encryptionroot',
		'keystatus',
		'mounted',
		'canmount',
		'used',
		'referenced',
		'receive_resume_token',
	],
	snapshots: ['guid', 'name', 'createtxg', 'userrefs'],
	bookmarks: ['guid', 'name', 'createtxg'],
} as const;

export interface Listing {
	readonly file: FileName;
	readonly command: Command;
}

export const listings: readonly Listing[] = [
	listing('pools.tsv', ['zpool', 'list', '-H', '-p', '-o', columns.pools.join(',')]),
	listing('pool-properties.tsv', ['zpool', 'get', '-H', '-p', '-o', 'name,property,value,source', 'all']),
	listing('datasets.tsv', ['zfs', 'list', '-H', '-p', '-t', 'filesystem,volume', '-o', columns.datasets.join(',')]),
	listing('properties.tsv', [
		'zfs',
		'get',
		'-H',
		'-p',
		'-t',
		'filesystem,volume',
		'-s',
		'local,received',
		'-o',
		'name,property,value,source',
		'all',
	]),
	listing('snapshots.tsv', ['zfs', 'list', '-H', '-p', '-t', 'snapshot', '-o', columns.snapshots.join(',')]),
	listing('bookmarks.tsv', ['zfs', 'list', '-H', '-p', '-t', 'bookmark', '-o', columns.bookmarks.join(',')]),
];

function listing(file: FileName, argv: Command['argv']): Listing {
	return { file, command: { argv, timeoutSeconds: limits.listing } };
}

export const sortCommand: Command = { argv: ['sort'] };
