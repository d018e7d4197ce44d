/** Does what an administrator does with the way back that the program printed: each command, exactly as it stands. */
import type { Scenario } from './scenario.ts';

/** The one line that the guidance says in words and as a command: the machine goes down and comes back. */
const reboot = 'systemctl reboot';

/** @returns the commands of the printed guidance: all that is neither a comment nor empty */
function printedCommands(guidance: string): string[] {
	return guidance.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** @throws when a command does not exit 0, as an administrator would stop there */
export async function followRollback(scenario: Scenario): Promise<void> {
	const guidance = await scenario.mustRun('zfs-lockstep rollback');
	for (const command of printedCommands(guidance.stdout)) {
		if (command === reboot) {
			await scenario.reboot();
		} else {
			await scenario.mustRun(command);
		}
	}
}
