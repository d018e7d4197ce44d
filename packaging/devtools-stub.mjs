/** Stands in for react-devtools-core in the bundle; Ink calls these two only with DEV=true. */
export default {
	initialize() {},
	connectToDevTools() {},
};
