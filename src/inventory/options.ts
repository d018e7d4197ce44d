export interface InventoryOptions {
	/** Reads every watched file to its end for a checksum of its own; takes minutes for each 100 GiB. */
	readonly isDeep?: boolean;
}
