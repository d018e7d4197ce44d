import { describe, expect, it } from 'vitest';
import { machineTopic } from '../../src/checks/machine.js';
import { factsWith, set, unread, verdictsOf } from './facts.js';

describe('the machine', () => {
	it('has nothing to say about an ordinary host and root', () => {
		expect(verdictsOf(machineTopic)).toEqual([]);
	});

	it('stops whoever is not root', () => {
		expect(verdictsOf(machineTopic, { facts: factsWith({ machine: { isRoot: false } }) })).toEqual([
			'blocker machine.not-root',
		]);
	});

	it('leaves containers to the planner, which names the way that is left', () => {
		const facts = factsWith({ machine: { environment: set('container') } });
		expect(verdictsOf(machineTopic, { facts })).toEqual([]);
	});

	it('warns where it cannot be told whether this is a container', () => {
		const facts = factsWith({ machine: { environment: unread } });
		expect(verdictsOf(machineTopic, { facts })).toEqual(['warning machine.environment-unknown']);
	});

	it('says of a mounted system that it does not run', () => {
		const facts = factsWith({ machine: { environment: set('alternate-root') } });
		expect(verdictsOf(machineTopic, { facts })).toEqual(['notice machine.alternate-root']);
	});

	it('points out on Proxmox VE that the kernel brings the module', () => {
		expect(verdictsOf(machineTopic, { facts: factsWith({ machine: { isProxmox: set(true) } }) })).toEqual([
			'notice machine.proxmox',
		]);
		expect(verdictsOf(machineTopic, { facts: factsWith({ machine: { isProxmox: unread } }) })).toEqual([]);
	});
});
