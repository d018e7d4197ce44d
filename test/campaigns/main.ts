/** `node test/campaigns/main.ts CAMPAIGN`: see docs/campaigns.md. */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

// The sources name each other by the names that they have once they are built.
registerHooks({
	resolve(specifier, context, next) {
		const source = new URL(specifier.replace(/\.js$/, '.ts'), context.parentURL);
		const isOurs = /^\.{1,2}\/.*\.js$/.test(specifier) && existsSync(fileURLToPath(source));
		return next(isOurs ? source.href : specifier, context);
	},
});

const { runCampaign } = await import('./campaigns.js');
process.exitCode = await runCampaign(process.argv.slice(2));
