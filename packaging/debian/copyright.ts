/** The file /usr/share/doc/zfs-lockstep/copyright: who wrote what is in the executable, and under which licence. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../bundle.ts';
import type { Runtime } from '../standalone/runtime.ts';

interface Part {
	readonly folder: string;
	readonly copyright: readonly string[];
	/** As SPDX calls it. */
	readonly license: string;
}

/** Long ones, which every Debian system has. */
const commonLicenses: Readonly<Record<string, string>> = {
	'Apache-2.0': 'On Debian systems the text is in /usr/share/common-licenses/Apache-2.0.',
	'LGPL-2': 'On Debian systems the text is in /usr/share/common-licenses/LGPL-2.',
};

/** A licence that is not here stops the build: what it asks for has to be looked at first. */
const knownLicenses = ['MIT', 'ISC', 'BSD-3-Clause', 'Apache-2.0'];

/** Under licences of several lines each, which their authors keep in one place. */
function describeRuntime({ version }: Runtime): string[] {
	return [
		'Files: node_modules/@oven/bun-linux-*',
		'Copyright: 2022-2026 Oven',
		'License: MIT',
		`Comment: The runtime in the executable is Bun ${version}. It links these libraries, whose own notices and sources`,
		` are listed in https://github.com/oven-sh/bun/blob/bun-v${version}/LICENSE.md: JavaScriptCore and WebKit (below),`,
		' boringssl, brotli, c-ares, ICU, libarchive, libbase64, libdeflate, lol-html, ls-hpack, mimalloc, picohttpparser,',
		' simdutf, tinycc (LGPL-2.1), uSockets, uWebSockets, zlib-cloudflare, zstd.',
		'',
		'Files: WebKit/*',
		'Copyright: Apple Inc. and the WebKit contributors',
		'License: LGPL-2',
		'Comment: Statically linked by Bun, which can be linked again with a changed WebKit from its published sources:',
		' https://github.com/oven-sh/WebKit and the section on JavaScriptCore of the file named above. The program that the',
		' executable runs is in the sources of this package; npm run package puts it into any such runtime.',
		'',
	];
}

/** Folders of packages, below the root of the project, that bundled files came from. */
function foldersOf(files: readonly string[]): readonly string[] {
	const folders = files.map((file) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(file)?.[0]);
	return [...new Set(folders.filter((folder) => folder !== undefined))].sort();
}

function readLicense(folder: string): string {
	const file = readdirSync(path.join(root, folder)).find((name) => /^licen[cs]e/i.test(name));
	return file === undefined ? '' : readFileSync(path.join(root, folder, file), 'utf8');
}

/** The text of a licence behind the names of the holders, as one of the parts under it has it. */
function licenseText(name: string, parts: readonly Part[]): string {
	const common = commonLicenses[name];
	if (common !== undefined) return common;
	const texts = parts.filter(({ license }) => license === name).map(({ folder }) => readLicense(folder));
	const found = texts.map((text) => /^(?:Permission|Redistribution)[\s\S]+/m.exec(text)?.[0]).find(Boolean);
	if (found === undefined) throw new Error(`There is no text of the licence ${name}.`);
	return found.trim();
}

function readPart(folder: string): Part {
	const { license, author } = JSON.parse(readFileSync(path.join(root, folder, 'package.json'), 'utf8'));
	if (!knownLicenses.includes(license)) throw new Error(`${folder} has the licence ${license}, which is not known.`);
	const text = readLicense(folder);
	const lines = [...text.matchAll(/^\s*Copyright (?:\([cC]\)|©|(?=\d{4}))\s*(.+)$/gm)].map(
		([, holder]) => holder ?? '',
	);
	const holders = lines.length > 0 ? lines : [author?.name ?? author ?? `The authors of ${path.basename(folder)}`];
	return { folder, license, copyright: holders.map((holder) => holder.trim()) };
}

function indent(text: string): string {
	return text
		.split('\n')
		.map((line) => ` ${line.trim() === '' ? '.' : line}`)
		.join('\n');
}

/**
 * @param files what was bundled, relative to the root of the project
 * @returns in the machine-readable form of Debian (copyright-format 1.0)
 */
export function copyrightFile(files: readonly string[], runtime: Runtime): string {
	const parts = foldersOf(files).map(readPart);
	const licenses = [...new Set(['LGPL-2', ...parts.map(({ license }) => license)])].sort();
	return [
		'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/',
		'Upstream-Name: zfs-lockstep',
		'Comment: Everything below is inside /usr/sbin/zfs-lockstep; Files names folders of the sources.',
		'',
		'Files: *',
		'Copyright: 2026 The zfs-lockstep authors',
		'License: MIT',
		'',
		...parts.flatMap(({ folder, copyright, license }) => [
			`Files: ${folder}/*`,
			`Copyright: ${copyright.join('\n  ')}`,
			`License: ${license}`,
			'',
		]),
		...describeRuntime(runtime),
		...licenses.flatMap((name) => [`License: ${name}`, indent(licenseText(name, parts)), '']),
	].join('\n');
}
