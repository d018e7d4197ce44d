/** From the facts to the plan: which version, by which route, for which kernels, with which packages. */
import type { Finding } from '../checks/finding.js';
import type { Fact } from '../facts/fact.js';
import type { HostFacts } from '../facts/host-facts.js';
import type { Host } from '../host/host.js';
import { findPackageManager } from '../packages/detect.js';
import type { PackageManager } from '../packages/package-manager.js';
import { findLag, isAtTarget } from './agreement.js';
import { type Basis, findBasis } from './basis.js';
import { chooseRoute, type RouteChoice } from './choose-route.js';
import { chooseTarget, type TargetChoice } from './choose-target.js';
import { foreseeFullSet, type SetTransaction } from './full-set.js';
import { chooseKernels } from './kernel-choice.js';
import { foreseeKernelUpgrade } from './kernel-upgrade.js';
import { kernelNotices, newKernelNotice, targetNotices, transactionNotices } from './notices.js';
import { findPackageSet, type PackageSet } from './package-set.js';
import { type PlanRequest, type PlanResult, refuse } from './plan-result.js';
import * as refusals from './refusals.js';
import type { UpgradePlan } from './upgrade-plan.js';

export type { PlanRequest, PlanResult } from './plan-result.js';

type Target = Extract<TargetChoice, { kind: 'chosen' }>;
type Refused = Extract<PlanResult, { kind: 'refuse' }>;

/** Reads and simulates only. Asks the package manager what it would do instead of assuming it. */
export async function makePlan(host: Host, facts: HostFacts, request: PlanRequest): Promise<PlanResult> {
	const obstacle = findObstacle(facts);
	if (obstacle !== undefined) return obstacle;
	const manager = findManager(facts);
	if ('kind' in manager) return manager;
	const set = findPackageSet(facts);
	if (!set.known) return unknownFact('the installed packages and what is on offer', set);
	if (set.value === undefined) return refuse(refusals.openzfsMissing());
	const basis = findBasis(facts);
	if (!basis.known) return unknownFact('what the plan starts from', basis);
	const target = chooseTarget(set.value, request.target);
	if (target.kind !== 'chosen') return refuse(refusals.targetRefused(target, set.value.tools.version));
	return planFor({ host, facts, manager, set: set.value, basis: basis.value, target, asked: request.target });
}

interface Planning {
	readonly host: Host;
	readonly facts: HostFacts;
	readonly manager: PackageManager;
	readonly set: PackageSet;
	readonly basis: Basis;
	readonly target: Target;
	readonly asked: string | undefined;
}

async function planFor(planning: Planning): Promise<PlanResult> {
	const { host, facts, manager, set, target, asked } = planning;
	const candidate = set.offers.get(set.tools.name)?.candidate;
	const notices = targetNotices(target, candidate, asked);
	if (findLag(facts, set, target).length === 0) {
		return { kind: 'nothing-to-do', text: describeDone(planning), findings: notices };
	}
	const [full, route] = await Promise.all([
		foreseeFullSet(host, manager, set, target.version),
		chooseRoute(host, manager, facts, set, target.version),
	]);
	if (!full.known) return unknownFact('a simulation of the transaction', full);
	if (full.value.kind === 'impossible')
		return refuse(refusals.transactionImpossible(target.version, full.value.reasons));
	if (full.value.kind === 'refused') return refuse(refusals.transactionRefused(target.version, full.value.refusals));
	if (!route.known) return unknownFact('where the module comes from', route);
	if (route.value.kind !== 'route') {
		return refuse(refusals.moduleRefused(route.value.kind, 'path' in route.value ? route.value.path : ''));
	}
	const { choice } = route.value;
	const { transaction } = full.value;
	const kernels = await planKernels(planning, choice);
	if ('kind' in kernels) return kernels;
	return {
		kind: 'plan',
		plan: toPlan(planning, choice, transaction, kernels),
		findings: [...kernels.findings, ...transactionNotices(transaction), ...notices],
	};
}

interface PlannedKernels {
	readonly bootKernel: string;
	readonly kernels: readonly string[];
	readonly findings: readonly Finding[];
}

/**
 * DKMS builds for every kernel that can take the module; a package brings it to the kernels that it was made for, and
 * one that comes with a kernel goes where that kernel goes.
 */
async function planKernels(
	planning: Planning,
	{ route, modulePackage }: RouteChoice,
): Promise<PlannedKernels | Refused> {
	const { facts, set, target } = planning;
	if (route === 'kernel-package') return planNewKernel(planning);
	const result = chooseKernels(facts, target.parsed.upstream);
	if (result.kind === 'none') return refuse(refusals.factUnknown('the kernel that boots next', result.why));
	const { bootKernel } = result.choice;
	const isBuilt = set.dkmsSource?.name === modulePackage;
	const kernels = isBuilt
		? result.choice.kernels
		: result.choice.kernels.filter((release) => release === bootKernel || providerOf(facts, release) === modulePackage);
	return { bootKernel, kernels, findings: kernelNotices(result.choice, target.parsed.upstream) };
}

/** Package that a kernel's module belongs to: one for each kernel brings nothing to the others. */
function providerOf({ kernels }: HostFacts, release: string): string | undefined {
	const provider = kernels.known ? kernels.value.find((kernel) => kernel.release === release)?.provider : undefined;
	return provider?.known === true && provider.value?.kind === 'package' ? provider.value.package : undefined;
}

async function planNewKernel({ host, facts, manager, set, target }: Planning): Promise<PlannedKernels | Refused> {
	const result = await foreseeKernelUpgrade(host, manager, facts);
	if (!result.known) return unknownFact("a simulation of the kernel's upgrade", result);
	switch (result.value.kind) {
		case 'impossible':
			return refuse(refusals.transactionImpossible('a newer kernel', result.value.reasons));
		case 'removes': {
			const removed = result.value.names.map((name) => ({ kind: 'removal', name, version: undefined }) as const);
			return refuse(refusals.transactionRefused('a newer kernel', removed));
		}
		case 'unknown-kernel':
			return refuse(refusals.factUnknown('the kernel that boots next', result.value.why));
		case 'kernel': {
			const { bootKernel, isNew } = result.value.upgrade;
			const findings = isNew ? [newKernelNotice(bootKernel, target.version)] : [];
			if (!isNew && !hasTarget({ facts, set, target }, bootKernel)) {
				const lag = findLag(facts, set, target).filter(({ part }) => part.includes(bootKernel));
				return refuse(refusals.kernelLacksTarget(bootKernel, target.parsed.upstream, lag));
			}
			return { bootKernel, kernels: [bootKernel], findings };
		}
	}
}

/** Whether the module on disk of an installed kernel is of the target's release. */
function hasTarget({ facts, set, target }: Pick<Planning, 'facts' | 'set' | 'target'>, release: string): boolean {
	const kernel = facts.kernels.known ? facts.kernels.value.find((each) => each.release === release) : undefined;
	const module = kernel?.moduleOnDisk;
	return module?.known === true && module.value !== undefined && isAtTarget(module.value.version, target, set);
}

function toPlan(
	{ set, target, basis }: Planning,
	{ route, reason, modulePackage }: RouteChoice,
	{ packages, packagesNew, packagesRemoved }: SetTransaction,
	{ bootKernel, kernels }: PlannedKernels,
): UpgradePlan {
	return {
		...basis,
		route,
		reason,
		targetVersion: target.version,
		targetUpstream: target.parsed.upstream,
		fromVersion: set.tools.version,
		bootKernel,
		kernels,
		source: set.tools.source,
		packages,
		packagesNew,
		packagesRemoved,
		modulePackage,
	};
}

/** Systems on which no package transaction is the way. */
function findObstacle({ machine }: HostFacts): Refused | undefined {
	if (!machine.appliance.known) return unknownFact('knowing whether this is an appliance', machine.appliance);
	if (machine.appliance.value !== undefined) return refuse(refusals.applianceRefused(machine.appliance.value));
	const { environment } = machine;
	if (environment.known && (environment.value === 'container' || environment.value === 'chroot')) {
		return refuse(refusals.containerRefused(environment.value));
	}
	return undefined;
}

function findManager({ packages }: HostFacts): PackageManager | Refused {
	const { manager } = packages;
	if (!manager.known) return unknownFact('the package manager', manager);
	return findPackageManager(manager.value) ?? refuse(refusals.managerRefused(manager.value));
}

function describeDone({ facts, target }: Planning): string {
	const kernel = facts.boot.nextKernel.known ? ` of kernel ${facts.boot.nextKernel.value}` : '';
	return `OpenZFS ${target.version} is installed and loaded, and it is what the next boot${kernel} loads.`;
}

function unknownFact(what: string, fact: Extract<Fact<unknown>, { known: false }>): Refused {
	return refuse(refusals.factUnknown(what, fact.why));
}
