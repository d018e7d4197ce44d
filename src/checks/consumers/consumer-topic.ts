import type { Fact } from '../../facts/fact.js';
import type { Dataset } from '../../zfs/dataset.js';
import type { Finding } from '../finding.js';
import { type FindingKind, found } from '../kind.js';
import type { CheckInput, CheckTopic } from '../topic.js';
import { isAlternateRoot, plannedUpgrade } from '../topic.js';

/** A system that sits on ZFS, with its check. docs/consumers.md is made from these. */
export interface ConsumerTopic extends CheckTopic {
	readonly system: string;
	/** What tells that it is on the host, and what is read of it then. */
	readonly detected: string;
	/** Advisories that this check decides, with the host's own values; nobody else reports them. */
	readonly advisories: readonly string[];
}

type UnreadableKind = FindingKind & { readonly when: { readonly warning: string } };

/** The kind for a system whose files cannot be read. @param commands show or test them */
export function unreadableKind(
	topic: string,
	system: string,
	commands: readonly (readonly string[])[],
	source: string,
): UnreadableKind {
	return {
		id: `${topic}.config-unreadable`,
		title: `The configuration of ${system} could be read`,
		when: { warning: 'a file of it could not be read or parsed, or its program refused it' },
		why: `${system} may not start after the reboot, and nothing can be said of its storage.`,
		action: 'Mend the file, and check again.',
		commands,
		source,
	};
}

/** Judges a system that is there; one that is not says nothing, one that could not be read says so. */
export function judgeSystem<T>(
	fact: Fact<T | undefined>,
	unreadable: UnreadableKind,
	judge: (system: T) => readonly Finding[],
): readonly Finding[] {
	if (!fact.known) {
		return [
			found(unreadable, 'warning', {
				title: unreadable.title.replace('could be read', 'could not be read'),
				detail: `${fact.why.replace(/\.$/, '')}. ${unreadable.why}`,
			}),
		];
	}
	return fact.value === undefined ? [] : judge(fact.value);
}

/** Release of the module now, and after the next boot of the upgraded host; undefined where it is not known or none. */
export function moduleReleases(input: CheckInput): {
	readonly now: string | undefined;
	readonly after: string | undefined;
} {
	const { loadedModule, nextModule } = input.facts.versions;
	const now = loadedModule.known ? loadedModule.value?.upstream : undefined;
	const next = nextModule.known ? nextModule.value?.upstream : undefined;
	return { now, after: plannedUpgrade(input)?.targetUpstream ?? next ?? now };
}

/** How bad it is that something is not mounted: of a system that does not run, it may merely not be mounted now. */
export function severityUnmounted(input: CheckInput): 'blocker' | 'warning' {
	return isAlternateRoot(input) ? 'warning' : 'blocker';
}

/** A dataset that is to be mounted at this path and is not. */
export function findUnmounted(input: CheckInput, path: string): Dataset | undefined {
	const { datasets } = input.facts;
	if (!datasets.known) return undefined;
	return datasets.value.find(
		({ mountpoint, isMounted, canmount }) => mountpoint === path && isMounted === false && canmount !== 'off',
	);
}
