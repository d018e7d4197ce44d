import { InvalidVersionError, parseZfsVersion, type ZfsVersion } from '../zfs/version.js';
import { type Fact, known, unknown } from './fact.js';

/** A version that the host printed. Text that is none makes the fact unknown. */
export function versionFact(text: string, source: string): Fact<ZfsVersion> {
	try {
		return known(parseZfsVersion(text), source);
	} catch (error) {
		if (error instanceof InvalidVersionError) return unknown(`${source}: ${error.message}`);
		throw error;
	}
}
