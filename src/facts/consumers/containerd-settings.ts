/**
 * What a configuration of containerd says about snapshotters, whatever its version: 1 has short plugin names, 2 has
 * URIs, 3 splits CRI into images and runtime, 4 moved only the server's sockets (cmd/containerd/server/config/config.go,
 * containerd-config.toml(5), docs/cri/config.md).
 */
import {
	type Config,
	ConfigError,
	flagAt,
	numberAt,
	type Table,
	tableAt,
	tablesAt,
	textAt,
	textsAt,
} from './config.js';

export interface ContainerdSettings {
	/** As the file declares it; undefined: not at all, which is read as 1. */
	readonly version: number | undefined;
	readonly root: string | undefined;
	readonly isCriDisabled: boolean;
	/** It has a section for CRI, whatever is in it. */
	readonly hasCriSection: boolean;
	/** Of CRI. Undefined: not set, so overlayfs. */
	readonly snapshotter: string | undefined;
	/** Of CRI in the style of version 2, where the file declares no version: releases before 2.0 ignore it. */
	readonly ignoredSnapshotter: string | undefined;
	readonly isZfsDisabled: boolean;
	/** Root of the zfs snapshotter where it is set. */
	readonly zfsRoot: string | undefined;
	/** Snapshotters that the transfer service is set up to unpack into. */
	readonly unpackedInto: readonly string[];
	/** Setting that makes CRI pull by itself instead of through the transfer service; undefined: none does. */
	readonly pullsItselfBecause: string | undefined;
}

const criV2 = ['plugins', 'io.containerd.grpc.v1.cri'] as const;
const criV3 = ['plugins', 'io.containerd.cri.v1.images'] as const;
const criNames: ReadonlySet<string> = new Set([
	'cri',
	'io.containerd.grpc.v1.cri',
	'io.containerd.cri.v1.images',
	'io.containerd.cri.v1.runtime',
]);
const zfsNames = ['io.containerd.snapshotter.v1.zfs', 'zfs'] as const;
const defaultDownloads = 3;

/** @throws ConfigError */
export function readContainerdSettings(config: Config): ContainerdSettings {
	const version = numberAt(config, 'version');
	const effective = version ?? 1;
	const disabled = textsAt(config, 'disabled_plugins') ?? [];
	if (effective >= 2) demandUris(config, disabled);
	const inV1 = effective === 1 ? textAt(config, 'plugins', 'cri', 'containerd', 'snapshotter') : undefined;
	const inV2 = textAt(config, ...criV2, 'containerd', 'snapshotter');
	const inV3 = textAt(config, ...criV3, 'snapshotter');
	return {
		version,
		root: textAt(config, 'root') || undefined,
		isCriDisabled: disabled.some((name) => criNames.has(name)),
		hasCriSection: [['plugins', 'cri'], criV2, criV3].some((keys) => tableAt(config, ...keys) !== undefined),
		snapshotter: (effective === 1 ? inV1 : (inV3 ?? inV2)) || undefined,
		ignoredSnapshotter: (effective === 1 ? (inV3 ?? inV2) : undefined) || undefined,
		isZfsDisabled: disabled.some((name) => zfsNames.some((each) => each === name)),
		zfsRoot: firstOf(zfsNames, (name) => textAt(config, 'plugins', name, 'root_path') || undefined),
		unpackedInto: (tablesAt(config, 'plugins', 'io.containerd.transfer.v1.local', 'unpack_config') ?? []).flatMap(
			({ snapshotter }) => (typeof snapshotter === 'string' ? [snapshotter] : []),
		),
		pullsItselfBecause: findLocalPull(config),
	};
}

/** As `ValidateVersion` does; containerd does not start with such a file. */
function demandUris({ source }: Config, names: readonly string[]): void {
	const short = names.find((name) => !name.includes('.'));
	if (short !== undefined) throw new ConfigError(source, `disabled_plugins names ${short}, which is no plugin URI`);
}

/** internal/cri/config, `CheckLocalImagePullConfigs` of 2.1: any of these falls back to a pull by CRI itself. */
function findLocalPull(config: Config): string | undefined {
	for (const [images, section] of [
		[criV3, criV3],
		[criV2, [...criV2, 'containerd']],
	] as const) {
		if (flagAt(config, ...images, 'use_local_image_pull') === true) return 'use_local_image_pull = true';
		if (flagAt(config, ...section, 'disable_snapshot_annotations') === false) {
			return 'disable_snapshot_annotations = false';
		}
		if (flagAt(config, ...section, 'discard_unpacked_layers') === true) return 'discard_unpacked_layers = true';
		if (flagAt(config, ...images, 'image_pull_with_sync_fs') === true) return 'image_pull_with_sync_fs = true';
		const downloads = numberAt(config, ...images, 'max_concurrent_downloads') ?? defaultDownloads;
		if (downloads !== defaultDownloads) return `max_concurrent_downloads = ${downloads}`;
		for (const name of ['mirrors', 'configs', 'auths']) {
			const entries = tableAt(config, ...images, 'registry', name);
			if (entries !== undefined && Object.keys(entries).length > 0) return `registry.${name} is set`;
		}
	}
	return undefined;
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
	for (const item of items) {
		const found = find(item);
		if (found !== undefined) return found;
	}
	return undefined;
}

/**
 * Settings of an imported file over those before it, each read by its own version (`mergeConfig`: what is set wins,
 * lists grow).
 * @param replacesSections containerd 1.x takes the section of a plugin as a whole from the last file that has one: what
 *   that file does not set is back at its built-in value (measured with 1.6.20)
 * @throws ConfigError an imported file must not be of a later version than the main one
 */
export function mergeContainerdSettings(
	main: ContainerdSettings,
	imported: ContainerdSettings,
	source: string,
	replacesSections: boolean,
): ContainerdSettings {
	if ((imported.version ?? 1) > (main.version ?? 1)) {
		throw new ConfigError(source, `its version is ${imported.version}, later than that of the file that imports it`);
	}
	const cri = replacesSections && imported.hasCriSection ? imported : main;
	return {
		version: main.version,
		root: imported.root ?? main.root,
		isCriDisabled: imported.isCriDisabled || main.isCriDisabled,
		hasCriSection: imported.hasCriSection || main.hasCriSection,
		snapshotter: imported.snapshotter ?? cri.snapshotter,
		ignoredSnapshotter: imported.ignoredSnapshotter ?? cri.ignoredSnapshotter,
		isZfsDisabled: imported.isZfsDisabled || main.isZfsDisabled,
		zfsRoot: imported.zfsRoot ?? main.zfsRoot,
		unpackedInto: [...main.unpackedInto, ...imported.unpackedInto],
		pullsItselfBecause: imported.pullsItselfBecause ?? cri.pullsItselfBecause,
	};
}

export function importsOf(config: Config): readonly string[] {
	return textsAt(config, 'imports') ?? [];
}

export const emptyContainerdConfig: Config = { source: 'built-in values', root: {} satisfies Table };
