/** `inventory.mjs FOLDER`: takes the inventory of the host as step 2 of a run does. */
import process from 'node:process';
import { createLocalHost } from '../../../src/host/local-host.js';
import { takeInventory } from '../../../src/inventory/take.js';

const [folder = ''] = process.argv.slice(2);
const host = createLocalHost({ jobsDirectory: `${folder}/jobs`, selfCommand: [] });
const inventory = await takeInventory(host, `${folder}/inventory`);
if (!inventory.known) throw new Error(inventory.why);
