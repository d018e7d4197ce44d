/** The example of the configuration, made from its definition: every key, commented out. */
import { configurationKeys } from '../../src/commands/definition.ts';

export function exampleConfiguration(): string {
	const keys = configurationKeys.map(({ name, help, example }) => `# ${help}\n#${name} = ${example}\n`);
	return ['# Defaults of zfs-lockstep(8); options on the command line win.\n', ...keys].join('\n');
}
