/** Native properties, user properties (`module:property`) and quotas: never an option, never with a `=`. */
const propertyName = /^[a-z0-9][a-z0-9_.:@-]*$/;

/** `-o property=value` for each. @throws RangeError for something that is no property name */
export function propertyFlags(properties: Readonly<Record<string, string>> = {}): readonly string[] {
	return Object.entries(properties).flatMap(([property, value]) => ['-o', `${checked(property)}=${value}`]);
}

/** `-x property` for each. @throws RangeError for something that is no property name */
export function excludeFlags(properties: readonly string[]): readonly string[] {
	return properties.flatMap((property) => ['-x', checked(property)]);
}

function checked(property: string): string {
	if (!propertyName.test(property)) throw new RangeError(`not a property: ${JSON.stringify(property)}`);
	return property;
}
