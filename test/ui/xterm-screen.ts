/** A terminal in memory: what Ink writes is interpreted by a real emulator, so tests read what a person would see. */
import { EventEmitter } from 'node:events';
import xterm from '@xterm/headless';

type Keys = EventEmitter & NodeJS.ReadStream;

export interface XtermScreen {
	readonly stdin: NodeJS.ReadStream;
	readonly stdout: NodeJS.WriteStream;
	/** Rows as they are seen, trailing spaces removed. */
	rows(): readonly string[];
	text(): string;
	/** Which of the two buffers is shown. */
	buffer(): 'normal' | 'alternate';
	isRaw(): boolean;
	/** Everything written, with its control sequences. */
	readonly written: string[];
	/** Types `input` as one chunk, as a terminal hands it over. */
	type(input: string): void;
	resize(columns: number, rows: number): void;
	/** Waits until the screen satisfies `holds`; fails with the screen as it is. */
	until(holds: (text: string) => boolean, what?: string): Promise<void>;
	/** Waits until `text` is on the screen. */
	sees(text: string): Promise<void>;
}

export function createXtermScreen(columns: number, rows: number): XtermScreen {
	const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 1000 });
	const written: string[] = [];
	let raw = false;
	const changes = new EventEmitter();
	const stdout = Object.assign(new EventEmitter(), {
		isTTY: true,
		columns,
		rows,
		writable: true,
		write(data: string | Uint8Array, ...rest: unknown[]): boolean {
			const callback = rest.find((each): each is () => void => typeof each === 'function');
			const text = typeof data === 'string' ? data : Buffer.from(data).toString('utf8');
			written.push(text);
			// A real terminal turns a newline into carriage return and newline (onlcr).
			terminal.write(text.replaceAll(/\r?\n/g, '\r\n'), () => {
				callback?.();
				changes.emit('change');
			});
			return true;
		},
	});
	const chunks: string[] = [];
	const stdin = Object.assign(new EventEmitter(), {
		isTTY: true,
		setRawMode(mode: boolean): void {
			raw = mode;
		},
		setEncoding() {},
		ref() {},
		unref() {},
		pause() {},
		resume() {},
		read: (): string | null => chunks.shift() ?? null,
	}) as unknown as Keys;
	const readRows = (): string[] => {
		const { active } = terminal.buffer;
		return Array.from(
			{ length: terminal.rows },
			(_, index) => active.getLine(active.viewportY + index)?.translateToString(true) ?? '',
		);
	};
	const screen: XtermScreen = {
		stdin,
		stdout: stdout as unknown as NodeJS.WriteStream,
		rows: readRows,
		text: () => readRows().join('\n'),
		buffer: () => terminal.buffer.active.type,
		isRaw: () => raw,
		written,
		type(input) {
			chunks.push(input);
			stdin.emit('readable');
		},
		resize(nextColumns, nextRows) {
			terminal.resize(nextColumns, nextRows);
			Object.assign(stdout, { columns: nextColumns, rows: nextRows });
			stdout.emit('resize');
		},
		until(holds, what = 'the expected screen') {
			return new Promise((resolve, reject) => {
				const finish = (error?: Error): void => {
					changes.off('change', look);
					clearTimeout(limit);
					error === undefined ? resolve() : reject(error);
				};
				const look = (): void => {
					if (holds(screen.text())) {
						finish();
					}
				};
				const limit = setTimeout(() => finish(new Error(`Never saw ${what}. The screen:\n${screen.text()}`)), 10_000);
				changes.on('change', look);
				look();
			});
		},
		sees: (text) => screen.until((all) => all.includes(text), JSON.stringify(text)),
	};
	return screen;
}
