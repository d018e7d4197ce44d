import type { PlannedCommand } from '../../plan/planned-command.js';
import type { UpgradePlan } from '../../plan/upgrade-plan.js';
import { commandLines } from './command.js';
import { emptyLine, hang, type Line, line, paragraph, printLines, span } from './line.js';
import type { Printing } from './printing.js';
import { formatDuration } from './quantities.js';

/** One of the seven steps with its exact commands, as far as they are known beforehand. */
export interface PlannedStep {
	readonly title: string;
	readonly purpose: string;
	readonly commands: readonly PlannedCommand[];
}

function costText(command: PlannedCommand): string {
	const effect = command.effect === 'nothing' ? 'reads only' : 'changes the host';
	const duration = command.expectedSeconds === undefined ? [] : [`about ${formatDuration(command.expectedSeconds)}`];
	const mode = command.mode === 'detached' ? ['goes on if the terminal is lost'] : [];
	return [effect, ...duration, ...mode].join(', ');
}

function stepLines(step: PlannedStep, index: number, of: number, width: number): readonly Line[] {
	const commands = step.commands.flatMap((command) => [
		...commandLines(command, width),
		line(`    ${costText(command)}`, 'faint'),
	]);
	return [
		line(`[${index + 1}/${of}] ${step.title}`, 'strong'),
		...paragraph(step.purpose, width, 'faint'),
		...(commands.length === 0 ? [line('No commands are known beforehand.', 'faint')] : commands),
		emptyLine,
	];
}

function fact(name: string, text: string, width: number): readonly Line[] {
	return hang(span(name.padEnd(18), 'faint'), text, width);
}

/** What `plan` prints: route and reason, what changes, then every step with its commands and what each costs. */
export function renderPlan(plan: UpgradePlan, steps: readonly PlannedStep[], { colour, width }: Printing): string {
	const list = (names: readonly string[]): string => (names.length === 0 ? 'none' : names.join(', '));
	return printLines(
		[
			line(`OpenZFS ${plan.fromVersion} -> ${plan.targetVersion}`, 'strong'),
			...fact('route', `${plan.route}: ${plan.reason}`, width),
			...fact('boots next', plan.bootKernel, width),
			...fact('kernels', list(plan.kernels), width),
			...fact('packages', list(plan.packages), width),
			...fact('new packages', list(plan.packagesNew), width),
			...fact('removed packages', list(plan.packagesRemoved), width),
			emptyLine,
			...steps.flatMap((step, index) => stepLines(step, index, steps.length, width)),
			...paragraph('Nothing was changed. Each command that changes the host is shown again and asked for.', width),
		],
		colour,
	);
}
