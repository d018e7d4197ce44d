import type { Linstor } from '../../facts/consumers/linstor.js';
import { listSome } from '../amounts.js';
import type { Finding } from '../finding.js';
import { found } from '../kind.js';
import type { CheckInput } from '../topic.js';
import { type ConsumerTopic, judgeSystem } from './consumer-topic.js';
import { linstorKinds as kinds } from './kinds/drbd.js';

function checkLinstor(input: CheckInput): readonly Finding[] {
	return judgeSystem(input.facts.consumers.linstor, kinds.unreadable, (linstor) => [
		...judgeEncryption(input, linstor),
		...judgeEviction(input, linstor),
	]);
}

function judgeEncryption(input: CheckInput, linstor: Linstor): readonly Finding[] {
	const encrypted = findEncrypted(input, linstor);
	const [first] = encrypted;
	if (first === undefined) return [];
	return [
		found(kinds.encryptedPool, 'warning', {
			title: `LINSTOR works on encrypted datasets: ${listSome(encrypted)}`,
			detail: `${linstor.pools.known ? 'Told by its controller' : `Concluded from the names of its volumes, for ${linstor.pools.why}`}. ${kinds.encryptedPool.why}`,
			remediation: [
				{
					text: kinds.encryptedPool.action,
					commands: [['zfs', 'get', '-r', '-t', 'filesystem,volume', 'encryption,keystatus', first]],
				},
			],
		}),
	];
}

/** Datasets of its storage pools; where those cannot be asked for, volumes that are named as LINSTOR names them. */
function findEncrypted({ facts }: CheckInput, { pools, resources }: Linstor): readonly string[] {
	if (!facts.datasets.known) return [];
	const encrypted = facts.datasets.value.filter(({ encryption }) => encryption !== undefined);
	if (pools.known) {
		const datasets = new Set(
			pools.value.flatMap(({ kind, dataset }) => (/^ZFS(?:_THIN)?$/.test(kind) ? [dataset] : [])),
		);
		return encrypted.flatMap(({ name }) => (datasets.has(name) ? [name] : []));
	}
	const volumes = encrypted.filter(({ name, type }) => {
		const resource = /\/([^/]+)_\d{5}$/.exec(name)?.[1];
		return type === 'volume' && resource !== undefined && resources.includes(resource);
	});
	return volumes.map(({ name }) => name);
}

function judgeEviction({ facts }: CheckInput, { resources, autoEvict }: Linstor): readonly Finding[] {
	if (resources.length === 0) return [];
	const allowed = autoEvict.known
		? (autoEvict.value.get('DrbdOptions/AutoEvictAllowEviction') ?? 'not set')
		: undefined;
	if (allowed?.toLowerCase() === 'false') return [];
	const after = autoEvict.known ? autoEvict.value.get('DrbdOptions/AutoEvictAfterTime') : undefined;
	const told = `AutoEvictAllowEviction is ${allowed}${after === undefined ? '' : `, AutoEvictAfterTime ${after} minutes`}`;
	// LINSTOR takes the name of the host for its node unless it is told another one.
	const forbid = [
		'linstor',
		'node',
		'set-property',
		facts.machine.hostname,
		'DrbdOptions/AutoEvictAllowEviction',
		'false',
	];
	return [
		found(kinds.autoEvict, 'warning', {
			title:
				allowed === undefined
					? 'LINSTOR may evict this node while it is away'
					: 'LINSTOR evicts this node when it is away for long',
			detail: `${autoEvict.known ? told : autoEvict.why}. ${kinds.autoEvict.why}`,
			remediation: [{ text: kinds.autoEvict.action, commands: [forbid] }],
		}),
	];
}

export const linstorTopic: ConsumerTopic = {
	system: 'LINSTOR',
	detected:
		'/etc/linstor, /var/lib/linstor, /var/lib/linstor.d or its server; `linstor -m` where the controller runs on this host, else the names of volumes and resources',
	advisories: ['linstor-encrypted-clone', 'linstor-auto-evict'],
	check: checkLinstor,
	kinds: Object.values(kinds),
};
