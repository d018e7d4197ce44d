const binaryUnits = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB'];

/** Bytes with at most three significant digits: `812 B`, `1.24 GiB`. Sizes beyond 2^53 lose only digits not shown. */
export function formatBytes(bytes: number | bigint): string {
	let value = Number(bytes);
	let unit = 0;
	while (value >= 1024 && unit < binaryUnits.length - 1) {
		value /= 1024;
		unit += 1;
	}
	const digits = unit === 0 || value >= 100 ? 0 : value >= 10 ? 1 : 2;
	return `${value.toFixed(digits)} ${binaryUnits[unit] ?? 'B'}`;
}

/** Seconds as people say them, two units at most: `8 s`, `3 min 12 s`, `2 h 5 min`. */
export function formatDuration(seconds: number): string {
	const whole = Math.max(0, Math.round(seconds));
	if (whole < 60) {
		return `${whole} s`;
	}
	const minutes = Math.floor(whole / 60);
	if (minutes < 60) {
		return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
	}
	const hours = Math.floor(minutes / 60);
	return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** Seconds since the epoch as the administrator's local time: `2026-11-22 21:30`. */
export function formatTime(seconds: number): string {
	const date = new Date(seconds * 1000);
	const two = (value: number): string => String(value).padStart(2, '0');
	const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
	return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** `1 blocker`, `2 blockers`. */
export function count(amount: number, noun: string): string {
	return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
