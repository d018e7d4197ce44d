/** A run that only talks: the whole upgrade, or any part of it, for tests and for looking at the screens. */
import type { Run, RunEvent, RunOutcome } from '../../src/engine/run-event.js';
import type { CommandResult, PipelineResult } from '../../src/host/host.js';
import type { PlannedCommand } from '../../src/plan/planned-command.js';
import type { RunState, StepState } from '../../steps/run-state.js';
import type { Answer, Failure, Question, StepEvent, StepId } from '../../steps/step.js';
import * as example from './example-run.js';

export interface FakeRunOptions {
	/** Milliseconds between two pieces of output; 0 is as fast as it goes. */
	readonly pace: number;
	readonly ending: 'done' | 'blocked' | 'build-fails' | 'reboot';
	readonly buildLines: number;
	/** Answers that came in, in order. */
	readonly answers?: Answer[];
	/** Aborts as the engine's jobs do: the work is let go. */
	readonly leave?: AbortSignal;
}

const leftJob: RunOutcome = {
	exitCode: 130,
	title: 'Left. What was running goes on by itself.',
	lines: ['Come back with: zfs-lockstep', 'Watch it with: zfs-lockstep log -f'],
};

class Left extends Error {}
class NotAnswered extends Error {}

type Part = AsyncGenerator<RunEvent, void, Answer | undefined>;

export async function* fakeRun(options: FakeRunOptions): Run {
	try {
		return yield* walk(options);
	} catch (error) {
		if (error instanceof Left) {
			return leftJob;
		}
		if (error instanceof NotAnswered) {
			return { exitCode: 5, title: `An answer is needed: ${error.message}`, lines: [] };
		}
		throw error;
	}
}

async function* walk(options: FakeRunOptions): Run {
	const { pace, ending } = options;
	let state: RunState = example.runState();
	const at = 1_795_383_000;
	const pause = (factor = 1): Promise<void> =>
		pace === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, pace * factor));
	const event = (step: StepId, one: StepEvent): RunEvent => ({ type: 'step-event', step, event: one });
	const say = (step: StepId, text: string): RunEvent => event(step, { type: 'log', level: 'info', text });

	async function* set(id: StepId, next: StepState): Part {
		state = { ...state, steps: { ...state.steps, [id]: next } };
		yield { type: 'run', state, resumed: false };
		yield { type: 'step', id, state: next };
		yield { type: 'rollback', stages: id === 'check' ? [] : example.rollback };
	}
	const start = (id: StepId): Part => set(id, { status: 'running', since: at, attempts: 1 });
	const done = (id: StepId, evidence: string): Part => set(id, { status: 'done', at, evidence });
	async function* ask(step: StepId, question: Question): AsyncGenerator<RunEvent, Answer, Answer | undefined> {
		const answer = yield event(step, { type: 'question', question });
		if (answer === undefined) {
			throw new NotAnswered(question.title);
		}
		options.answers?.push(answer);
		return answer;
	}
	async function* execute(step: StepId, command: PlannedCommand, lines: readonly string[], exit = 0): Part {
		yield event(step, { type: 'command-started', command, reattached: false });
		for (const [index, line] of lines.entries()) {
			if (command.mode === 'detached' && options.leave?.aborted === true) {
				throw new Left();
			}
			yield event(step, { type: 'output', commandId: command.id, stream: 'stdout', line });
			if (command === example.commands.build && index % 10 === 0) {
				yield event(step, {
					type: 'progress',
					id: 'build',
					label: `Building for ${example.kernel}`,
					done: (index / lines.length) * 100,
					unit: 'percent',
					secondsLeft: Math.round((lines.length - index) / 12),
					stage: index < lines.length / 2 ? 'configure' : `compiling (${index} of about ${lines.length} objects)`,
				});
			}
			await pause(0.1);
		}
		yield event(step, { type: 'command-ended', command, result: resultOf(command, exit) });
	}

	yield { type: 'run', state, resumed: false };
	yield* start('check');
	yield say('check', 'Reading versions, kernels, packages and pools. Nothing is changed.');
	await pause(3);
	yield event('check', {
		type: 'facts',
		facts: example.hostFacts({ userspace: example.oldVersion, loaded: example.oldVersion, next: example.oldVersion }),
	});
	for (const finding of [...example.findings, ...(ending === 'blocked' ? [example.blocker] : [])]) {
		yield event('check', { type: 'finding', finding });
		await pause();
	}
	if (ending === 'blocked') {
		yield* set('check', { status: 'pending' });
		const { id, title } = example.blocker;
		const again = 'Mend what is named, then begin again with: zfs-lockstep';
		return { exitCode: 3, title: 'Blocked by 1 finding. Nothing was changed.', lines: [`${id}: ${title}`, again] };
	}
	state = { ...state, plan: example.upgradePlan };
	yield* done('check', 'OpenZFS 2.1.11 to 2.3.2 by dkms-ahead; pools: tank, data pool.');

	yield* start('backup');
	yield* ask('backup', {
		id: 'backup.pools',
		kind: 'choose-many',
		title: 'Which pools are to be snapshotted?',
		body: [
			'Every dataset of the chosen pools gets a snapshot of one name, with a hold, so that no pruning job removes it.',
		],
		choices: [
			{ value: 'tank', label: 'tank', hint: '10.9 TiB, 87 % full, 112 datasets' },
			{ value: 'data pool', label: "'data pool'", hint: '1.81 TiB, 23 % full, 7 datasets, encrypted' },
		],
		suggested: ['tank', 'data pool'],
	});
	yield* ask('backup', {
		id: 'backup.destination',
		kind: 'text',
		title: "Where should the stream of 'data pool' go?",
		body: [
			'A dataset of another pool, a file, or ssh://HOST/DATASET. It is received and compared before it counts as a backup.',
		],
		suggested: 'tank/backup/data-pool',
		problem: (text) => (text.trim() === '' ? 'Name a dataset, a file or an ssh:// address.' : undefined),
	});
	yield* ask('backup', {
		id: 'backup.approve',
		kind: 'confirm',
		title: 'Take the snapshots and the backup?',
		body: ['Snapshots take no room at first; what is overwritten meanwhile stays allocated until they are released.'],
		commands: [example.commands.snapshot, example.commands.hold, example.commands.send],
	});
	yield* execute('backup', example.commands.snapshot, []);
	yield* execute('backup', example.commands.hold, []);
	yield event('backup', { type: 'command-started', command: example.commands.send, reattached: false });
	for (let gibibytes = 0; gibibytes <= 410; gibibytes += 10) {
		yield event('backup', {
			type: 'progress',
			id: 'send',
			label: "Sending 'data pool'",
			done: gibibytes * 2 ** 30,
			total: 410 * 2 ** 30,
			unit: 'bytes',
			bytesPerSecond: 412 * 2 ** 20,
			secondsLeft: Math.round(((410 - gibibytes) * 1024) / 412),
		});
		await pause(0.5);
	}
	yield event('backup', {
		type: 'command-ended',
		command: example.commands.send,
		result: resultOf(example.commands.send, 0),
	});
	yield* done('backup', '119 snapshots held; backup received and compared.');

	yield* start('module');
	yield* ask('module', {
		id: 'module.approve',
		kind: 'confirm',
		title: 'Build and install the module of OpenZFS 2.3.2?',
		body: [
			'The new module is built beside the old one. Nothing that is running changes before the reboot.',
			'The build takes five to ten minutes on a host like this one.',
		],
		commands: [example.commands.build, example.commands.install, example.commands.initramfs],
	});
	const log = Array.from({ length: options.buildLines }, (_, index) => buildLine(index, options.buildLines));
	if (ending === 'build-fails') {
		yield* execute('module', example.commands.build, log.slice(0, Math.floor(options.buildLines * 0.7)), 10);
		yield* set('module', { status: 'failed', at, failure: buildFailure, rollbackNeeded: false, attempts: 1 });
		return { exitCode: 1, title: buildFailure.what, lines: [buildFailure.why, ...buildFailure.todo] };
	}
	yield* execute('module', example.commands.build, log);
	yield* execute('module', example.commands.install, [
		'zfs.ko.xz:',
		'Running module version sanity check.',
		' - Installing to /lib/modules/6.1.0-56-amd64/updates/dkms/',
	]);
	yield* execute('module', example.commands.initramfs, [
		`update-initramfs: Generating /boot/initrd.img-${example.kernel}`,
	]);
	yield event('module', {
		type: 'facts',
		facts: example.hostFacts({ userspace: example.oldVersion, loaded: example.oldVersion, next: example.newVersion }),
	});
	yield* done('module', `zfs.ko ${example.newVersion} is on disk and inside the initramfs of ${example.kernel}.`);

	yield* start('reboot');
	yield* ask('reboot', {
		id: 'reboot.when',
		kind: 'choose',
		title: 'Reboot into the new kernel module?',
		body: [
			`The host boots kernel ${example.kernel} and loads OpenZFS ${example.newVersion}.`,
			'A server takes two to ten minutes; firmware checks and a memory test can take longer.',
			'Have the console at hand (IPMI, iDRAC, the hypervisor): SSH is no help when the root pool does not come back.',
			'If it does not come back: boot the rescue shell and follow /var/lib/zfs-lockstep/runs/20261122-213000/ROLLBACK.txt.',
		],
		choices: [
			{
				value: 'later',
				label: 'Later',
				hint: 'the wizard ends here; the login notice reminds of it; replication stays on hold',
			},
			{ value: 'now', label: 'Now', hint: 'reboot as soon as you have typed the word' },
		],
		suggested: 'later',
	});
	yield* ask('reboot', {
		id: 'reboot.confirm',
		kind: 'confirm',
		title: 'The host goes down now. Type the word to go on.',
		body: ['Everybody who is logged in is disconnected; services stop in good order.'],
		commands: [example.commands.reboot],
		typeWord: 'reboot',
	});
	if (ending === 'reboot') {
		const text = 'Waiting for a reboot into OpenZFS 2.3.2-2~bpo12+2.';
		yield* set('reboot', { status: 'waiting', since: at, waitingFor: 'reboot', text, attempts: 0 });
		return {
			exitCode: 4,
			title: text,
			lines: ['Go on afterwards with: zfs-lockstep', 'The way back from here: zfs-lockstep rollback'],
		};
	}
	yield* done('reboot', 'Another boot id; the loaded module is 2.3.2-2~bpo12+2.');
	yield* start('verify');
	yield event('verify', {
		type: 'facts',
		facts: example.hostFacts({ userspace: example.oldVersion, loaded: example.newVersion, next: example.newVersion }),
	});
	yield say('verify', '119 datasets, 4,812 snapshots: nothing is missing, nothing has changed.');
	yield* done('verify', 'Pools, datasets, keys and units are as before.');
	yield* start('userspace');
	yield* ask('userspace', {
		id: 'userspace.approve',
		kind: 'confirm',
		title: 'Upgrade userspace to OpenZFS 2.3.2?',
		body: ['One package transaction. libzfs4linux and libzpool5linux are removed: their successors take their places.'],
		commands: [example.commands.upgrade],
	});
	yield* execute('userspace', example.commands.upgrade, [
		'Reading package lists...',
		'Setting up zfsutils-linux (2.3.2-2~bpo12+2) ...',
	]);
	yield event('userspace', {
		type: 'facts',
		facts: example.hostFacts({ userspace: example.newVersion, loaded: example.newVersion, next: example.newVersion }),
	});
	yield* done('userspace', 'Userspace is 2.3.2-2~bpo12+2.');
	yield* start('smoke-test');
	for (const [index, test] of ['full', '-i', '-I', '-R', '-w', '-c', '-L', 'resumed'].entries()) {
		yield event('smoke-test', {
			type: 'progress',
			id: 'smoke',
			label: 'Sending and receiving',
			done: index,
			total: 8,
			unit: 'items',
			stage: test,
		});
		yield say('smoke-test', `zfs send ${test}: received and compared, contents equal`);
		await pause(2);
	}
	yield* done('smoke-test', '8 of 8 passed.');
	return {
		exitCode: 0,
		title: 'OpenZFS 2.3.2: kernel module and userspace are in lockstep.',
		lines: ['The whole story: zfs-lockstep report', 'Do not run "zpool upgrade" while you may still want to go back.'],
	};
}

export const buildFailure: Failure = {
	what: `The module of OpenZFS 2.3.2 did not build for kernel ${example.kernel}.`,
	why: 'The host still runs and would still boot the old module; nothing was installed.',
	todo: [
		`Read the whole build log: less /var/lib/dkms/zfs/2.3.2/build/make.log`,
		`Install the headers of that kernel: apt-get install linux-headers-${example.kernel}`,
		'Then run zfs-lockstep again: it goes on from here.',
	],
	lines: [
		'checking kernel source version... Not found',
		'configure: error: *** Cannot find UTS_RELEASE definition in any of the usual places. This is often provided by the kernel-devel package.',
	],
};

function buildLine(index: number, of: number): string {
	return index < of / 2
		? `checking whether kernel interface ${index} is available... ${index % 3 === 0 ? 'no' : 'yes'}`
		: `  CC [M]  /var/lib/dkms/zfs/2.3.2/build/module/zfs/object_${index}.o`;
}

export function resultOf(command: PlannedCommand, code: number): PipelineResult {
	const results = command.work.commands.map(
		(one): CommandResult => ({
			command: one,
			outcome: { kind: 'exited', code },
			stdout: '',
			stderr: '',
			truncated: false,
			seconds: 192,
		}),
	);
	return { results, seconds: 192 };
}
