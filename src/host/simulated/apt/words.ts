/** How apt prints lists, sizes and the summary of a transaction. */
import { findSuite, type PackageRecord } from '../catalog.js';

/** Names of a section, two blanks before each line, wrapped before column 80. */
export function nameList(names: readonly string[]): string {
	const lines: string[] = [];
	let line = ' ';
	for (const name of names) {
		if (line.length + 1 + name.length > 79) {
			lines.push(line);
			line = ' ';
		}
		line += ` ${name}`;
	}
	return [...lines, line].join('\n');
}

/** `2447 kB`, `38.1 kB`, `70.2 MB`: powers of a thousand, three figures below a thousand. */
export function aptSize(bytes: number): string {
	const units = ['', 'k', 'M', 'G', 'T'];
	let value = Math.abs(bytes);
	for (const unit of units) {
		if (value < 100 && unit !== '') return `${value.toFixed(1)} ${unit}B`;
		if (value < 10_000) return `${Math.round(value)} ${unit}B`;
		value /= 1000;
	}
	return `${Math.round(value)} PB`;
}

/** `(2.3.2-2~bpo12+2 Debian Backports:oldstable-backports [all])` */
export function describeVersion({ version, suite, architecture }: PackageRecord): string {
	return `(${version} ${findSuite(suite)?.origin ?? ''} [${architecture}])`;
}

/** `libzfs4linux:amd64` in the lists of what is broken. */
export function fullName(name: string): string {
	return `${name}:amd64`;
}
