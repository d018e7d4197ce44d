import type { Finding, Remediation } from '../../src/checks/finding.js';
import { quoteForDisplay } from '../../src/host/text.js';
import { fitFinding, type OwnCommands } from '../../src/plan/own-commands.js';
import type { Failure } from '../step.js';

/** One thing to do, with the exact commands. */
export function advise(text: string, ...commands: readonly (readonly string[])[]): Remediation {
	return commands.length === 0 ? { text } : { text, commands };
}

/** What was looked at after the reboot and is as it should be. */
export function fine(id: string, title: string, detail: string): Finding {
	return { id, severity: 'ok', title, detail, remediation: [{ text: 'Nothing to do.' }], source };
}

export const source = 'observed after the reboot';

export const goBack: Remediation = advise('Or go back to where everything was.', ['zfs-lockstep', 'rollback']);

export const rebootNow = ['systemctl', 'reboot'];

/** Findings that stop a step, as its failure: each with what to do, commands as they are typed. */
export function failureOf(findings: readonly [Finding, ...Finding[]], own: OwnCommands): Failure {
	const [first] = findings;
	const fitted = findings.map((finding) => fitFinding(finding, own));
	const todo = fitted.flatMap(({ remediation }) => remediation.map(typed));
	return {
		what: findings.length === 1 ? `${first.title}.` : `After the reboot ${findings.length} things are not as before.`,
		why: findings.length === 1 ? first.detail : findings.map(({ title }) => `${title}.`).join(' '),
		todo: [...new Set([...todo, `Then go on with: ${own.resumeCommand}`])],
	};
}

function typed({ text, commands = [] }: Remediation): string {
	const shown = commands.map(quoteForDisplay).join('; ');
	return shown === '' ? text : `${text.replace(/\.$/, '')}: ${shown}`;
}
