import type { StepEvent } from '../../../steps/step.js';
import { type Line, line, paragraph, span } from './line.js';
import type { Marks } from './marks.js';
import { formatBytes, formatDuration } from './quantities.js';
import { cellWidth } from './width.js';

export type Progress = Extract<StepEvent, { type: 'progress' }>;

/** Share done between 0 and 1; undefined while the total is unknown. */
export function fraction(progress: Progress): number | undefined {
	const total = progress.unit === 'percent' ? 100 : progress.total;
	if (total === undefined || total <= 0) {
		return undefined;
	}
	return Math.min(1, Math.max(0, progress.done / total));
}

/** `1.20 GiB of 3.40 GiB, 84.0 MiB/s`; `120 of 290`; `41 %`. */
export function amountText(progress: Progress): string {
	const { done, total, unit, bytesPerSecond } = progress;
	if (unit === 'percent') {
		return `${Math.floor(done)} %`;
	}
	const format = unit === 'bytes' ? formatBytes : String;
	const amount = total === undefined ? format(done) : `${format(done)} of ${format(total)}`;
	return bytesPerSecond === undefined ? amount : `${amount}, ${formatBytes(bytesPerSecond)}/s`;
}

/** How long it took and how long it will take, as far as anybody knows: `3 min 12 s so far, about 4 min left`. */
function timeText(progress: Progress, elapsedSeconds: number): string {
	const left = progress.secondsLeft === undefined ? '' : `, about ${formatDuration(progress.secondsLeft)} left`;
	return `${formatDuration(elapsedSeconds)} so far${left}`;
}

/** What is being done, at which stage. */
export function stageText(progress: Progress): string {
	return progress.stage === undefined ? progress.label : `${progress.label}: ${progress.stage}`;
}

/** Two rows: what, at which stage and how much; bar, per cent and times. */
export function progressLines(
	progress: Progress,
	elapsedSeconds: number,
	width: number,
	marks: Marks,
): readonly Line[] {
	const share = fraction(progress);
	const amount =
		progress.unit === 'percent' ? '' : `${progress.stage === undefined ? ':' : ','} ${amountText(progress)}`;
	const label = paragraph(`${stageText(progress)}${amount}`, width, 'strong');
	const times = timeText(progress, elapsedSeconds);
	if (share === undefined) {
		return [...label, line(times)];
	}
	const figures = `${String(Math.floor(share * 100)).padStart(4)} %  ${times}`;
	const room = Math.max(10, Math.min(40, width - cellWidth(figures)));
	const full = Math.floor(share * room);
	const bar = [span(marks.barDone.repeat(full), 'good'), span(marks.barLeft.repeat(room - full), 'faint')];
	return [...label, [...bar, span(figures)]];
}
