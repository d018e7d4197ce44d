/** How the module and the tools get from here to there: by asking the package manager, never by a table of distributions. */
import { type Fact, known, unknown } from '../facts/fact.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { Host } from '../host/host.js';
import type { ModuleProvider } from '../packages/module/provider.js';
import type { PackageManager, Simulation } from '../packages/package-manager.js';
import type { PackageSet } from './package-set.js';
import type { Route } from './upgrade-plan.js';

export interface RouteChoice {
	readonly route: Exclude<Route, 'refuse'>;
	/** Why, from what the host itself said. */
	readonly reason: string;
	/** Package that carries the module, or its source for DKMS. */
	readonly modulePackage: string;
}

export type RouteResult =
	| { readonly kind: 'route'; readonly choice: RouteChoice }
	/** Nobody's module: no package and no DKMS would ever upgrade it. */
	| { readonly kind: 'nobodys-module'; readonly path: string }
	| { readonly kind: 'built-in' }
	| { readonly kind: 'no-module' };

/** @param version full package version of the target */
export async function chooseRoute(
	host: Host,
	manager: PackageManager,
	facts: HostFacts,
	set: PackageSet,
	version: string,
): Promise<Fact<RouteResult>> {
	const provider = findProvider(facts, set);
	if (!provider.known) return provider;
	switch (provider.value?.kind) {
		case 'dkms':
			return set.dkmsSource === undefined
				? unknown('DKMS builds the module, but no installed package carries its source')
				: choosePackageRoute(host, manager, set, { name: set.dkmsSource.name, version, isBuiltByDkms: true });
		case 'package':
			return choosePackageRoute(host, manager, set, {
				name: provider.value.package,
				version,
				isBuiltByDkms: false,
			});
		case 'kernel':
			return known(
				{
					kind: 'route',
					choice: {
						route: 'kernel-package',
						reason: `The module belongs to ${provider.value.package}: it changes with the kernel, apart from the tools.`,
						modulePackage: provider.value.package,
					},
				},
				provider.source,
			);
		case 'built-in':
			return known({ kind: 'built-in' }, provider.source);
		case 'unowned':
			return known({ kind: 'nobodys-module', path: pathOfModule(facts) }, provider.source);
		case undefined:
			return known({ kind: 'no-module' }, provider.source);
	}
}

/**
 * Of the kernel that boots next, else of the running one. Where neither has a module yet (headers were missing, a build
 * failed), an installed source package says that DKMS is to build it.
 */
function findProvider({ kernels }: HostFacts, { dkmsSource }: PackageSet): Fact<ModuleProvider | undefined> {
	if (!kernels.known) return kernels;
	const candidates = [
		...kernels.value.filter(({ isNext }) => isNext),
		...kernels.value.filter(({ isRunning }) => isRunning),
	];
	const providers = (candidates.length > 0 ? candidates : kernels.value).map(({ provider }) => provider);
	const found = providers.find((provider) => provider.known && provider.value !== undefined);
	if (found !== undefined) return found;
	const unread = providers.find((provider) => !provider.known);
	if (unread !== undefined) return unread;
	return dkmsSource === undefined
		? known(undefined, kernels.source)
		: known({ kind: 'dkms', version: dkmsSource.version }, dkmsSource.name);
}

function pathOfModule({ kernels }: HostFacts): string {
	const paths = (kernels.known ? kernels.value : []).map(
		({ moduleOnDisk }) => moduleOnDisk.known && moduleOnDisk.value?.path,
	);
	return paths.find((path) => typeof path === 'string') ?? 'the module';
}

interface ModulePackage {
	readonly name: string;
	readonly version: string;
	readonly isBuiltByDkms: boolean;
}

/** Asks whether the module's package can go alone. */
async function choosePackageRoute(
	host: Host,
	manager: PackageManager,
	set: PackageSet,
	wanted: ModulePackage,
): Promise<Fact<RouteResult>> {
	const { name, version } = wanted;
	const installed = set.installed.find((each) => each.name === name);
	if (installed?.version === version) {
		const reason = `${name} is at ${version} already; what is left is to bring every part to it.`;
		const route = wanted.isBuiltByDkms ? 'dkms-ahead' : 'one-transaction';
		return known({ kind: 'route', choice: { route, reason, modulePackage: name } }, name);
	}
	const simulation = await manager.simulate(host, {
		direction: 'forward',
		from: { kind: 'archive', packages: [{ name, version }] },
		changeHeld: true,
	});
	if (!simulation.known) return simulation;
	const obstacle = explainLock(simulation.value, set, wanted);
	return known({ kind: 'route', choice: toChoice(wanted, obstacle) }, simulation.source);
}

function toChoice({ name, isBuiltByDkms }: ModulePackage, obstacle: string | undefined): RouteChoice {
	if (obstacle === undefined) {
		const reason = `A simulation shows that ${name} can be upgraded alone, before the tools.`;
		return { route: 'module-package', reason, modulePackage: name };
	}
	if (isBuiltByDkms) {
		const reason = `${obstacle} DKMS can hold both versions beside each other, so the new module is built and booted first.`;
		return { route: 'dkms-ahead', reason, modulePackage: name };
	}
	return { route: 'one-transaction', reason: `${obstacle} Both halves go in one transaction.`, modulePackage: name };
}

/** Why the package cannot go alone; undefined: it can. apt answers by removals, newer solvers by an error. */
function explainLock(simulation: Simulation, set: PackageSet, { name, version }: ModulePackage): string | undefined {
	if (simulation.kind === 'impossible') {
		return `${name} ${version} cannot be installed alone (${simulation.reasons[0] ?? 'the package manager refuses'}).`;
	}
	const { install, upgrade, downgrade, reinstall, remove } = simulation.transaction;
	if (remove.length > 0) {
		return `Installing ${name} ${version} alone would remove ${remove.map((each) => each.name).join(', ')}.`;
	}
	const changes = [...install, ...upgrade, ...downgrade, ...reinstall];
	if (!changes.some((each) => each.name === name && each.to === version)) {
		return `${name} ${version} alone would not be installed.`;
	}
	const others = changes.filter((each) => each.name !== name && set.installed.some((one) => one.name === each.name));
	return others.length === 0
		? undefined
		: `Installing ${name} ${version} alone would also change ${others.map((each) => each.name).join(', ')}.`;
}
