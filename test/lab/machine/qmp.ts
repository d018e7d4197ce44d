/** QEMU's own control socket: one command a connection, for power, reset and saving the machine's memory. */
import net from 'node:net';

interface Answer {
	readonly return?: unknown;
	readonly error?: { readonly desc: string };
	/** What QEMU tells unasked. */
	readonly event?: string;
}

/** @returns QEMU's answer @throws Error with QEMU's description */
export async function qmp(socketPath: string, execute: string, args?: Record<string, unknown>): Promise<unknown> {
	const socket = net.connect(socketPath);
	try {
		const answers = readLines(socket);
		await answers.next(); // greeting
		const ask = async (command: object): Promise<unknown> => {
			socket.write(`${JSON.stringify(command)}\n`);
			// not `for await`: leaving it would end the connection
			for (let line = await answers.next(); !line.done; line = await answers.next()) {
				const answer = JSON.parse(line.value) as Answer;
				if (answer.error !== undefined) {
					throw new Error(`${execute}: ${answer.error.desc}`);
				}
				if (answer.event === undefined) {
					return answer.return;
				}
			}
			throw new Error(`${execute}: QEMU closed its socket`);
		};
		await ask({ execute: 'qmp_capabilities' });
		return await ask(args === undefined ? { execute } : { execute, arguments: args });
	} finally {
		socket.destroy();
	}
}

async function* readLines(socket: net.Socket): AsyncGenerator<string, void, undefined> {
	let pending = '';
	for await (const chunk of socket.setEncoding('utf8') as AsyncIterable<string>) {
		const lines = (pending + chunk).split('\n');
		pending = lines.pop() ?? '';
		yield* lines.filter((line) => line.trim() !== '');
	}
}
