/**
 * `packages`: real apt and dpkg in a chroot, killed in the middle of the upgrade of the tools, mended by the program's
 * own step. Operands: parts of the names of the cases; none: all. Uses the lab's cache and needs root.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { makeGuestFolder } from '../lab/image/disk.ts';
import { makeRoot } from '../lab/image/root.ts';
import { compileZfsObjects } from '../lab/image/zfs-objects.ts';
import type { Campaign, CampaignOptions } from './campaigns.js';
import { chance, mixSeed } from './chance.js';
import { type Case, cases, killNow } from './packages/cases.js';
import { type Chroot, openChroot } from './packages/chroot.js';
import { openHost, planFor, sit, stateBeforeUserspace } from './packages/upgrade.js';

/** Set for the process that has namespaces of its own, so that nothing of this machine is seen or killed. */
const insideVariable = 'ZFS_LOCKSTEP_CAMPAIGN_INSIDE';
/** Seconds that the stand-in for the compiler takes, so that there is something to interrupt. */
const buildSeconds = 4;
/** Sittings in which the program must have mended it. */
const sittingLimit = 4;

export const campaign: Campaign = {
	summary: `real package transactions in a chroot, killed at ${cases.length} points and mended by the program`,
	async run(options) {
		const base = await makeGuestFolder(await makeRoot(), await compileZfsObjects(await makeRoot()));
		if (process.env[insideVariable] === undefined) return runIsolated(options);
		const chosen = cases.filter(
			({ name }) => options.operands.length === 0 || options.operands.some((part) => name.includes(part)),
		);
		let isClean = true;
		for (const [index, one] of chosen.entries()) {
			const chroot = openChroot(base, String(index));
			try {
				const problems = await interruptAndMend(chroot, one, chance(mixSeed(options.seed, index)), options.say);
				for (const problem of problems) options.say(`FAIL ${one.name}: ${problem}`);
				isClean &&= problems.length === 0;
			} finally {
				chroot.remove();
			}
		}
		return isClean;
	},
};

/** The same again with its own mounts and process ids. */
function runIsolated({ seed, operands }: CampaignOptions): boolean {
	const namespaces = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--propagation=private'];
	const self = [process.execPath, ...process.argv.slice(1, 2), 'packages', '--seed', String(seed), ...operands];
	const env = { ...process.env, [insideVariable]: '1' };
	return spawnSync('unshare', [...namespaces, ...self], { stdio: 'inherit', env }).status === 0;
}

async function interruptAndMend(
	chroot: Chroot,
	one: Case,
	draw: () => number,
	say: CampaignOptions['say'],
): Promise<readonly string[]> {
	const since = performance.now();
	mkdirSync(path.join(chroot.root, 'etc/lab'), { recursive: true });
	writeFileSync(path.join(chroot.root, 'etc/lab/build-seconds'), String(buildSeconds));
	const host = openHost(chroot.root);
	const plan = await planFor(host);
	let state = stateBeforeUserspace(plan);
	let killed: number | undefined;
	const delay = draw() * (one.after.source.includes('Setting up') ? buildSeconds * 900 : 250);
	const first = await sit(host, state, (event) => {
		if (killed !== undefined || event.type !== 'step-event' || event.event.type !== 'output') return undefined;
		if (!one.after.test(event.event.line)) return undefined;
		killed = 0;
		if (one.kill === 'left') return 'leave';
		setTimeout(() => {
			killed = killNow(one);
		}, delay);
		return undefined;
	});
	if (killed === undefined) return [`its moment never came: ${JSON.stringify(first.outcome)}`];
	const left = incomplete(chroot);
	const agreed: string[] = [];
	let sittings = 1;
	let outcome = first.outcome;
	state = first.state;
	for (; outcome?.exitCode !== 0 && sittings < sittingLimit; sittings += 1) {
		const sat = await sit(host, state, () => undefined);
		agreed.push(...sat.agreed);
		({ state, outcome } = sat);
	}
	const problems = [
		...(outcome?.exitCode === 0 ? [] : [`not mended in ${sittings} sittings: ${JSON.stringify(outcome)}`]),
		...wrongWith(chroot, plan.targetVersion, plan.bootKernel, [...plan.packages, ...plan.packagesNew]),
	];
	say(
		`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${one.name} after ${Math.round(delay)} ms (${killed} processes): ` +
			`left ${left.join(', ') || 'nothing half done'}; ${sittings} sittings, agreed to ${agreed.join(', ') || 'nothing more'}; ` +
			`${Math.round((performance.now() - since) / 1000)} s`,
	);
	return problems;
}

const statusFormat = ['--show', `--showformat=\${Package} \${Version} \${db:Status-Abbrev}\n`];

/** Packages in any state but fully installed. */
function incomplete(chroot: Chroot): readonly string[] {
	return rows(chroot)
		.filter(([, , status]) => !/^[ih]i$/.test(status))
		.map(([name, , status]) => `${name} ${status}`);
}

function rows(chroot: Chroot): readonly (readonly [name: string, version: string, status: string])[] {
	const { text } = chroot.run('dpkg-query', ...statusFormat);
	return text
		.split('\n')
		.filter((line) => line !== '')
		.map((line): [string, string, string] => {
			const [name = '', version = '', status = ''] = line.split(' ');
			return [name, version, status];
		})
		.filter(([, , status]) => status !== 'rc' && status !== 'un');
}

/** By the package manager's, DKMS's and modinfo's own words. */
function wrongWith(chroot: Chroot, version: string, kernel: string, set: readonly string[]): readonly string[] {
	const installed = new Map(rows(chroot).map(([name, found, status]) => [name, `${found} ${status}`]));
	const audit = chroot.run('dpkg', '--audit');
	const check = chroot.run('apt-get', 'check', '-q');
	const module = chroot.run('modinfo', '-k', kernel, '-F', 'version', 'zfs');
	const upstream = version.replace(/-.*$/, '');
	const dkms = chroot.run('dkms', 'status', '-m', 'zfs');
	return [
		...set
			.filter((name) => installed.get(name) !== `${version} ii`)
			.map((name) => `${name} is ${installed.get(name) ?? 'gone'}`),
		...incomplete(chroot).map((one) => `half done: ${one}`),
		...(audit.text.trim() === '' ? [] : [`dpkg --audit: ${audit.text.trim()}`]),
		...(check.code === 0 ? [] : [`apt-get check: ${check.text.trim()}`]),
		...(module.text.trim() === version ? [] : [`the module of ${kernel} is ${module.text.trim()}`]),
		...(dkms.text.includes(`zfs/${upstream}, ${kernel}`) ? [] : [`dkms status: ${dkms.text.trim()}`]),
	];
}
