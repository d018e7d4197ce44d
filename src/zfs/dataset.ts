/** What is known of a filesystem or volume. */
import type { DatasetName } from './names.js';

export interface Dataset {
	readonly name: DatasetName;
	readonly type: 'filesystem' | 'volume';
	/** Decimal; exceeds 2^53. */
	readonly guid: string;
	/** Snapshot that a clone was made from. */
	readonly origin: string | undefined;
	/** Bytes. */
	readonly used: bigint;
	readonly referenced: bigint;
	readonly available: bigint;
	/** Bytes; undefined for a filesystem. */
	readonly volsize: bigint | undefined;
	/** Path, `none` or `legacy`; undefined for a volume. */
	readonly mountpoint: string | undefined;
	/** Undefined for a volume. */
	readonly canmount: 'on' | 'off' | 'noauto' | undefined;
	/** Undefined for a volume. */
	readonly isMounted: boolean | undefined;
	/** Cipher, or undefined without encryption. */
	readonly encryption: string | undefined;
	/** Dataset whose key this one uses. */
	readonly encryptionRoot: string | undefined;
	/** Undefined without encryption. */
	readonly keyStatus: 'available' | 'unavailable' | undefined;
	/** `prompt` or a URI; undefined where the key comes from the encryption root, and without encryption. */
	readonly keyLocation: string | undefined;
	/** A receive into this dataset was interrupted and can be resumed with it. */
	readonly receiveResumeToken: string | undefined;
}
