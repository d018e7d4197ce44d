/** Sizes and dates as the tools print them. */

const units = ['', 'K', 'M', 'G', 'T', 'P', 'E'];

/** `25.1M`, `24K`, `0B` (zfs_nicebytes: at most five characters, as many digits as fit). */
export function niceBytes(bytes: bigint): string {
	return bytes < 1024n ? `${bytes}B` : niceNumber(bytes);
}

/** As `niceBytes`, for counts. */
export function niceNumber(count: bigint): string {
	let index = 0;
	let unit = 1n;
	while (count >= unit * 1024n && index < units.length - 1) {
		unit *= 1024n;
		index += 1;
	}
	const suffix = units[index] ?? '';
	if (count % unit === 0n) return `${count / unit}${suffix}`;
	// Rounded as printf does, on the whole number: a double would lose the end of a large count.
	for (const digits of [2, 1, 0]) {
		const text = `${toDecimal(count, unit, digits)}${suffix}`;
		if (text.length <= 5) return text;
	}
	return `${toDecimal(count, unit, 0)}${suffix}`;
}

function toDecimal(count: bigint, unit: bigint, digits: number): string {
	const scale = 10n ** BigInt(digits);
	const rounded = (count * scale * 2n + unit) / (unit * 2n);
	if (digits === 0) return String(rounded);
	return `${rounded / scale}.${String(rounded % scale).padStart(digits, '0')}`;
}

/** Percent of `part` in `whole`, rounded down. */
export function percentOf(part: bigint, whole: bigint): bigint {
	return whole === 0n ? 0n : (part * 100n) / whole;
}

/** `2.1M`, `10M`, `512`, `1,5G` of the tools to bytes; undefined when it is no size. */
export function parseBytes(text: string): bigint | undefined {
	const [, number, unit = ''] = /^(\d+(?:\.\d+)?)([KMGTPE]?)(?:i?B)?$/i.exec(text) ?? [];
	if (number === undefined) return undefined;
	const power = units.indexOf(unit.toUpperCase());
	return BigInt(Math.round(Number(number) * 1024 ** power));
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function partsOf(seconds: number) {
	const date = new Date(Math.floor(seconds) * 1000);
	const two = (number: number) => String(number).padStart(2, '0');
	return {
		weekday: days[date.getUTCDay()] ?? '',
		month: months[date.getUTCMonth()] ?? '',
		monthNumber: two(date.getUTCMonth() + 1),
		day: String(date.getUTCDate()),
		day2: two(date.getUTCDate()),
		hour: String(date.getUTCHours()),
		hour2: two(date.getUTCHours()),
		minute: two(date.getUTCMinutes()),
		second: two(date.getUTCSeconds()),
		year: String(date.getUTCFullYear()),
	};
}

/** `Sun Nov 22  8:27 2026`: ctime-like, space-padded, as `zfs get creation`. */
export function propertyDate(seconds: number, withSeconds = false): string {
	const { weekday, month, day, hour, minute, second, year } = partsOf(seconds);
	const time = `${hour.padStart(2)}:${minute}${withSeconds ? `:${second}` : ''}`;
	return `${weekday} ${month} ${day.padStart(2)} ${time} ${year}`;
}

/** `Sun Nov 22 08:27 2026`, as `zfs holds`. */
export function holdDate(seconds: number): string {
	const { weekday, month, day, hour2, minute, year } = partsOf(seconds);
	return `${weekday} ${month} ${day.padStart(2)} ${hour2}:${minute} ${year}`;
}

/** `Sun Nov 22 08:34:12 2026`, as ctime(3); with the zone in JSON. */
export function ctime(seconds: number, zone = ''): string {
	const { weekday, month, day, hour2, minute, second, year } = partsOf(seconds);
	return `${weekday} ${month} ${day.padStart(2)} ${hour2}:${minute}:${second} ${zone}${year}`;
}

/** `2026-11-22.08:26:39`, as `zpool history`. */
export function historyDate(seconds: number): string {
	const { year, monthNumber, day2, hour2, minute, second } = partsOf(seconds);
	return `${year}-${monthNumber}-${day2}.${hour2}:${minute}:${second}`;
}

/** `Nov 22 2026 08:27:01.415006538`, as `zpool events`. */
export function eventDate(seconds: number): string {
	const { month, day2, year, hour2, minute, second } = partsOf(seconds);
	const nanoseconds = String(Math.floor((seconds % 1) * 1e9)).padStart(9, '0');
	return `${month} ${day2} ${year} ${hour2}:${minute}:${second}.${nanoseconds}`;
}

/** `08:28:17`, as `zfs send -v`. */
export function clockTime(seconds: number): string {
	const { hour2, minute, second } = partsOf(seconds);
	return `${hour2}:${minute}:${second}`;
}

/** `00:01:47`. */
export function duration(seconds: number): string {
	const whole = Math.max(0, Math.floor(seconds));
	const two = (number: number) => String(number).padStart(2, '0');
	return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}`;
}
