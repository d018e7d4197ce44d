/** sync(1): what is written survives the next power cut. */
import { syncAll } from '../../durability.js';
import { parseOptions } from '../../options.js';
import type { Program } from '../../session.js';
import { exists } from '../../tree.js';
import { absolute, refuse } from './coreutil.js';

export const sync: Program = (session, args) => {
	const parsed = parseOptions(args, { short: 'df', long: { data: 'd', 'file-system': 'f' } });
	if (refuse(session, 'sync', parsed)) return 1;
	session.wait(0.5);
	const missing = parsed.operands.filter((operand) => !exists(session.machine, absolute(session, operand)));
	for (const operand of missing) session.err(`sync: error opening '${operand}': No such file or directory`);
	session.change(syncAll(session.machine));
	return missing.length > 0 ? 1 : 0;
};
