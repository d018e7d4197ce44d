/** `node test/campaigns/main.ts CAMPAIGN`: see docs/campaigns.md. */
import process from 'node:process';
import './resolve-sources.ts';

const { runCampaign } = await import('./campaigns.js');
process.exitCode = await runCampaign(process.argv.slice(2));
