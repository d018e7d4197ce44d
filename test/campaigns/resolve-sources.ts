/** The sources name each other by the names that they have once they are built. Import this, then import those. */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

registerHooks({
	resolve(specifier, context, next) {
		const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
		const isOurs = /^\.{1,2}\/.*\.js$/.test(specifier) && existsSync(fileURLToPath(source));
		return next(isOurs ? source.href : specifier, context);
	},
});
