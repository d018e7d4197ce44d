/** How a text is to be printed: `width` in cells, `colour` only where a terminal shows it. */
export interface Printing {
	readonly colour: boolean;
	readonly width: number;
}
