import type { Fact } from '../../facts/fact.js';
import type { HostFacts } from '../../facts/host-facts.js';
import type { UpgradePlan } from '../../plan/upgrade-plan.js';
import { emptyLine, type Line, line, span, type Tone } from './line.js';
import { cellWidth, padEnd, shorten } from './width.js';

/** One of the four versions that must come to agree. */
export interface VersionCell {
	readonly name: string;
	/** Full package version; or a word where there is none. */
	readonly version: string;
	/** What it belongs to: a kernel release, a route. */
	readonly about: string;
	readonly tone: Tone;
}

const notRead = 'not read yet';

function textOf(fact: Fact<{ readonly full: string } | undefined>, absent: string): string {
	if (!fact.known) {
		return 'unknown';
	}
	return fact.value === undefined ? absent : fact.value.full;
}

function kernelOf(fact: Fact<string>): string {
	return fact.known ? fact.value : 'kernel unknown';
}

/** The four as observed. What the run recorded is of before: the host may have been rebooted since. */
export function versionCells(
	facts: HostFacts | undefined,
	plan: UpgradePlan | null | undefined,
): readonly [VersionCell, VersionCell, VersionCell, VersionCell] {
	const target = plan?.targetVersion;
	const userspace = facts === undefined ? notRead : textOf(facts.versions.userspace, 'none');
	const loaded = facts === undefined ? notRead : textOf(facts.versions.loadedModule, 'not loaded');
	const next = facts === undefined ? notRead : textOf(facts.versions.nextModule, 'no module');
	const toneOf = (version: string): Tone => {
		if (version === 'unknown' || version === 'no module' || version === 'not loaded') {
			return 'warning';
		}
		return version === target ? 'good' : 'plain';
	};
	const running = facts === undefined ? '' : kernelOf(facts.boot.runningKernel);
	const nextKernel = facts === undefined ? '' : kernelOf(facts.boot.nextKernel);
	return [
		{ name: 'userspace', version: userspace, about: '', tone: toneOf(userspace) },
		{ name: 'loaded module', version: loaded, about: running, tone: toneOf(loaded) },
		{ name: 'after next boot', version: next, about: nextKernel, tone: toneOf(next) },
		{
			name: 'target',
			version: target ?? 'not chosen yet',
			about: plan === null || plan === undefined ? '' : `route ${plan.route}`,
			tone: target === undefined ? 'faint' : 'plain',
		},
	];
}

/** The four side by side in three rows: names, versions, kernels. */
export function versionTable(cells: readonly VersionCell[], width: number, ellipsis = '...'): readonly Line[] {
	const gap = 2;
	const natural = cells.map((cell) => Math.max(...[cell.name, cell.version, cell.about].map(cellWidth)));
	const total = natural.reduce((sum, each) => sum + each, 0) + gap * (cells.length - 1);
	const even = Math.floor((width - gap * (cells.length - 1)) / cells.length);
	const widths = total <= width ? natural.map((each) => each + gap) : cells.map(() => even + gap);
	const row = (read: (cell: VersionCell) => string, toneOf: (cell: VersionCell) => Tone): Line =>
		cells.map((cell, index) => {
			const columns = widths[index] ?? even + gap;
			return span(padEnd(shorten(read(cell), columns - gap, ellipsis), columns), toneOf(cell));
		});
	return [
		row(
			(cell) => cell.name,
			() => 'faint',
		),
		row(
			(cell) => cell.version,
			(cell) => (cell.tone === 'plain' ? 'strong' : cell.tone),
		),
		row(
			(cell) => cell.about,
			() => 'faint',
		),
	];
}

/** The four below each other, for narrow columns and for screen readers. */
export function versionList(cells: readonly VersionCell[], width: number, ellipsis = '...'): readonly Line[] {
	const label = Math.max(...cells.map((cell) => cellWidth(cell.name))) + 2;
	return cells.flatMap((cell) => [
		[
			span(padEnd(cell.name, label), 'faint'),
			span(shorten(cell.version, width - label, ellipsis), cell.tone === 'plain' ? 'strong' : cell.tone),
		],
		...(cell.about === ''
			? []
			: [[span(' '.repeat(label)), span(shorten(cell.about, width - label, ellipsis), 'faint')]]),
	]);
}

/** Versions for a report: what each kernel has on disk and inside its initramfs stands below the four. */
export function versionReport(facts: HostFacts, plan: UpgradePlan | undefined, width: number): readonly Line[] {
	const table = versionTable(versionCells(facts, plan), width);
	if (!facts.kernels.known) {
		return [...table, emptyLine, line(`Kernels: unknown (${facts.kernels.why})`, 'warning')];
	}
	const rows = facts.kernels.value.map((kernel) => {
		const roles = [...(kernel.isRunning ? ['running'] : []), ...(kernel.isNext ? ['boots next'] : [])].join(', ');
		const disk = kernel.moduleOnDisk.known ? (kernel.moduleOnDisk.value?.version.full ?? 'none') : 'unknown';
		const image = kernel.initramfs.known
			? kernel.initramfs.value === undefined
				? 'no initramfs'
				: (kernel.initramfs.value.version?.full ?? 'none')
			: 'unknown';
		return { kernel: kernel.release, disk, image, roles };
	});
	const head = { kernel: 'kernel', disk: 'module on disk', image: 'in its initramfs', roles: '' };
	const widthOf = (read: (row: typeof head) => string): number =>
		Math.max(...[head, ...rows].map((row) => cellWidth(read(row)))) + 2;
	const columns = [widthOf((row) => row.kernel), widthOf((row) => row.disk), widthOf((row) => row.image)] as const;
	const print = (row: typeof head, tone: Tone): Line => [
		span(
			padEnd(row.kernel, columns[0]) + padEnd(row.disk, columns[1]) + padEnd(row.image, columns[2]) + row.roles,
			tone,
		),
	];
	return [...table, emptyLine, print(head, 'faint'), ...rows.map((row) => print(row, 'plain'))];
}
