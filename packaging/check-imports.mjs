/**
 * Checks that imports run one way: `node packaging/check-imports.mjs [ROOT]`. The table below is the architecture; types count
 * as much as code. dependency-cruiser cannot read TypeScript through the native compiler (TypeScript 7), so this reads
 * imports with oxc-parser, which the dead-code check brings anyway.
 */
import { existsSync, globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseSync } from 'oxc-parser';

const root = process.argv[2] ?? path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

/** What each folder may import besides itself: folders, or single files. A folder that is not named here may not exist. */
const layers = {
	'src/knowledge': [],
	'src/host': [],
	'src/zfs': ['src/host'],
	'src/packages': ['src/host'],
	'src/facts': ['src/packages', 'src/zfs', 'src/host'],
	// A plan can be refused, which is said by findings; it knows no check.
	'src/plan': ['src/checks/finding.ts', 'src/facts', 'src/packages', 'src/zfs', 'src/host'],
	'src/jobs': ['src/plan', 'src/facts', 'src/zfs', 'src/host'],
	'src/inventory': ['src/facts', 'src/zfs', 'src/host'],
	'src/checks': ['src/jobs', 'src/plan', 'src/facts', 'src/packages', 'src/zfs'],
	steps: ['src/jobs', 'src/inventory', 'src/plan', 'src/checks', 'src/facts', 'src/packages', 'src/zfs', 'src/host'],
	'src/journal': ['steps', 'src/plan', 'src/checks', 'src/facts', 'src/host'],
	'src/engine': ['steps', 'src/journal', 'src/plan', 'src/checks', 'src/facts', 'src/host'],
	'src/ui': ['steps', 'src/engine', 'src/plan', 'src/checks', 'src/facts', 'src/host'],
	'src/commands': [
		'src/ui',
		'src/engine',
		'steps',
		'src/journal',
		'src/plan',
		'src/checks',
		'src/facts',
		'src/packages',
		'src/zfs',
		'src/host',
	],
	'src/cli.ts': ['src/commands', 'src/engine'],
};

/** Open to every folder: data, and the value that says "known or unknown". */
const openToAll = ['src/knowledge', 'src/facts/fact.ts'];

/** Packages that have one door. */
const doors = {
	execa: ['src/host'],
	'node:child_process': ['src/host'],
	conf: ['src/journal'],
	ink: ['src/ui'],
	react: ['src/ui'],
};

const modules = readModules();
const faults = [...modules.keys()].flatMap((file) => [...findForbiddenImports(file)]);
faults.push(...findCycles());
process.stdout.write(faults.map((fault) => `${fault}\n`).join(''));
process.exitCode = faults.length > 0 ? 1 : 0;

/**
 * Each source file with what it imports: project files as paths from the root, packages by name. `values` are the
 * imports that are there at run time: only those can close a circle that hurts.
 */
function readModules() {
	const found = new Map();
	for (const file of globSync('{src,steps}/**/*.{ts,tsx}', { cwd: root }).sort()) {
		const source = readFileSync(path.join(root, file), 'utf8');
		const { module, errors } = parseSync(file, source);
		if (errors.length > 0) throw new Error(`${file}: ${errors[0].message}`);
		const imports = [
			...module.staticImports.map(({ moduleRequest, entries }) => ({
				name: moduleRequest.value,
				isType: entries.length > 0 && entries.every((entry) => entry.isType),
			})),
			...module.staticExports.flatMap(({ entries }) =>
				entries
					.filter((entry) => entry.moduleRequest !== null)
					.map((entry) => ({ name: entry.moduleRequest.value, isType: entry.isType })),
			),
			...module.dynamicImports.map((each) => ({ name: readLiteral(file, source, each.moduleRequest), isType: false })),
		];
		const targetsOf = (list) => [...new Set(list.map(({ name }) => resolveImport(file, name)))];
		found.set(file, { all: targetsOf(imports), values: targetsOf(imports.filter(({ isType }) => !isType)) });
	}
	return found;
}

function readLiteral(file, source, { start, end }) {
	const text = source.slice(start, end);
	if (!/^(['"]).*\1$/.test(text)) throw new Error(`${file}: import(${text}) cannot be checked; name the module`);
	return text.slice(1, -1);
}

function resolveImport(file, name) {
	if (!name.startsWith('.')) return packageName(name);
	const target = path.join(path.dirname(file), name);
	const candidates = [target, target.replace(/\.js$/, '.ts'), target.replace(/\.jsx?$/, '.tsx')];
	return candidates.find((each) => existsSync(path.join(root, each))) ?? target;
}

/** `semver/functions/lt.js` is semver, `@a/b/c` is @a/b. */
function packageName(name) {
	return name
		.split('/')
		.slice(0, name.startsWith('@') ? 2 : 1)
		.join('/');
}

function layerOf(file) {
	return Object.keys(layers).find((layer) => file === layer || file.startsWith(`${layer}/`));
}

function* findForbiddenImports(file) {
	const layer = layerOf(file);
	if (layer === undefined) {
		yield `${file} belongs to no layer: put it into one of ${Object.keys(layers).join(', ')}`;
		return;
	}
	for (const target of modules.get(file).all) {
		const isOpen = [...openToAll, ...layers[layer]].some((each) => target === each || target.startsWith(`${each}/`));
		const targetLayer = layerOf(target);
		const users = doors[target];
		if (users !== undefined && !users.includes(layer)) {
			yield `${file} imports ${target}: only ${users.join(', ')} may`;
		} else if (targetLayer !== undefined && targetLayer !== layer && !isOpen) {
			yield `${file} imports ${target}: ${layer} may import only ${layers[layer].join(', ') || 'itself'}`;
		} else if (layer === 'src/knowledge' && targetLayer !== layer && target !== 'semver') {
			yield `${file} imports ${target}: src/knowledge is data and imports nothing but semver`;
		} else if (/^(test|packaging)\//.test(target)) {
			yield `${file} imports ${target}: the program does not reach into its tests or packaging`;
		}
	}
}

/** Depth-first: an import of a file that is still on the path closes a circle. */
function findCycles() {
	const cycles = [];
	const finished = new Set();
	const visit = (file, trail) => {
		if (finished.has(file) || !modules.has(file)) return;
		const start = trail.indexOf(file);
		if (start !== -1) {
			cycles.push(`imports in a circle: ${[...trail.slice(start), file].join(' -> ')}`);
			return;
		}
		for (const target of modules.get(file).values) visit(target, [...trail, file]);
		finished.add(file);
	};
	for (const file of modules.keys()) visit(file, []);
	return cycles;
}
