/** systemctl: units, and the way down of the machine. */
import { matchesGlob } from '../glob.js';
import type { Machine, UnitState } from '../machine.js';
import { symlink } from '../node.js';
import { hasOption, optionValues, type ParsedOptions, parseOptions } from '../options.js';
import type { Program, Session } from '../session.js';
import { runSanoid } from '../snapshot-jobs.js';
import { find, makeFolder, putNode, removeNode, textOf } from '../tree.js';
import {
	findUnit,
	fragmentPath,
	loadedDropIns,
	needsReload,
	reloadUnits,
	startUnit,
	stopUnit,
	type UnitKind,
	unitKinds,
	unitState,
	withUnit,
} from '../units.js';
import { goDown } from './power.js';

const options = {
	short: 'p:P:t:aqlnHf',
	long: {
		'property=': 'p',
		'type=': 't',
		'state=': 'state',
		'output=': 'output',
		'lines=': 'n',
		all: 'a',
		value: 'value',
		now: 'now',
		runtime: 'runtime',
		quiet: 'q',
		full: 'l',
		failed: 'failed',
		'no-legend': 'no-legend',
		'no-pager': 'no-pager',
		'no-block': 'no-block',
		'no-ask-password': 'no-ask',
		'no-wall': 'no-wall',
		'job-mode=': 'job-mode',
		plain: 'plain',
		force: 'f',
		'check-inhibitors=': 'inhibitors',
		'ignore-inhibitors': 'i',
		'message=': 'message',
		version: 'version',
	},
} as const;

type Action = (session: Session, names: readonly string[], parsed: ParsedOptions) => number;

const actions: Readonly<Record<string, Action>> = {
	show,
	status,
	'list-units': listUnits,
	'list-timers': listTimers,
	'list-unit-files': listUnitFiles,
	'is-active': isActive,
	'is-enabled': isEnabled,
	'is-failed': isFailed,
	'is-system-running': isSystemRunning,
	start: (session, names) => change(session, names, 'start'),
	stop: (session, names) => change(session, names, 'stop'),
	restart: (session, names) => change(session, names, 'restart'),
	'try-restart': (session, names) => change(session, names, 'try-restart'),
	reload: (session, names) => change(session, names, 'reload'),
	'reset-failed': () => 0,
	enable: (session, names, parsed) => enable(session, names, true, hasOption(parsed, 'now')),
	disable: (session, names, parsed) => enable(session, names, false, hasOption(parsed, 'now')),
	mask: (session, names) => mask(session, names, true),
	unmask: (session, names) => mask(session, names, false),
	'daemon-reload': (session) => {
		session.wait(0.5);
		session.change(reloadUnits(session.machine));
		return 0;
	},
	cat: printFiles,
	reboot: (session) => goDown(session),
};

export const systemctl: Program = (session, args) => {
	const parsed = parseOptions(args, options);
	session.wait(0.03);
	if (parsed.problem !== undefined) {
		session.err(`systemctl: unrecognized option '--${parsed.problem.option}'`);
		return 1;
	}
	if (hasOption(parsed, 'version')) {
		session.out('systemd 252 (252.39-1~deb12u1)');
		return 0;
	}
	const [name = 'list-units', ...units] = parsed.operands;
	const action = actions[name];
	if (action !== undefined) return action(session, units, parsed);
	session.err(`Unknown command verb ${name}.`);
	return 1;
};

/** Every property that is known of a unit, in no order that matters. */
function propertiesOf(machine: Machine, name: string): Readonly<Record<string, string>> {
	const kind = findUnit(machine, name);
	if (kind === undefined) {
		const id = name.includes('.') ? name : `${name}.service`;
		return {
			Id: id,
			LoadState: 'not-found',
			ActiveState: 'inactive',
			SubState: 'dead',
			UnitFileState: '',
			ConditionResult: 'no',
		};
	}
	const state = unitState(machine, kind);
	const sinceBoot = state.since === 0 ? 0 : Math.max(1, Math.floor((state.since - machine.bootedAt) * 1e6));
	const date =
		state.since === 0 ? '' : `${new Date(state.since * 1000).toUTCString().replace(',', '').replace('GMT', 'UTC')}`;
	return {
		Id: kind.name,
		Names: kind.name,
		Description: kind.description,
		LoadState: state.masked ? 'masked' : 'loaded',
		ActiveState: state.activeState,
		SubState: state.subState,
		UnitFileState: fileState(kind, state),
		FragmentPath: fragmentPath(kind),
		DropInPaths: loadedDropIns(machine, kind.name).join(' '),
		NeedDaemonReload: needsReload(machine, kind.name) ? 'yes' : 'no',
		ConditionResult: state.conditionResult,
		ConditionTimestamp: date,
		ConditionTimestampMonotonic: String(sinceBoot),
		ActiveEnterTimestamp: state.activeState === 'active' ? date : '',
		Result: state.activeState === 'failed' ? 'exit-code' : 'success',
		MainPID: String(state.mainPid),
		ExecMainStatus: state.activeState === 'failed' ? '1' : '0',
		...(kind.command === undefined ? {} : { Type: kind.runs === 'oneshot' ? 'oneshot' : 'simple' }),
		...(kind.command === undefined ? {} : { ExecStart: execStart(kind.command) }),
		Wants: unitKinds
			.filter(({ wantedBy }) => wantedBy === kind.name)
			.map((wanted) => wanted.name)
			.join(' '),
		Triggers: kind.triggers ?? '',
		TriggeredBy: unitKinds.find(({ triggers }) => triggers === kind.name)?.name ?? '',
		TimersCalendar: kind.calendar === undefined ? '' : `{ OnCalendar=${kind.calendar} ; next_elapse=n/a }`,
		Persistent: kind.runs === 'timer' ? 'yes' : '',
	};
}

function execStart(command: string): string {
	const never = 'start_time=[n/a] ; stop_time=[n/a] ; pid=0 ; code=(null) ; status=0/0';
	return `{ path=${command.split(' ', 1)[0]} ; argv[]=${command} ; ignore_errors=no ; ${never} }`;
}

function fileState({ wantedBy }: UnitKind, { enabled, masked }: UnitState): string {
	if (masked) return 'masked';
	if (wantedBy === '') return 'static';
	return enabled ? 'enabled' : 'disabled';
}

function show(session: Session, names: readonly string[], parsed: ParsedOptions): number {
	const wanted = [...optionValues(parsed, 'p'), ...optionValues(parsed, 'P')].flatMap((list) => list.split(','));
	const isBare = hasOption(parsed, 'value') || hasOption(parsed, 'P');
	const blocks = names
		.flatMap((pattern) => expandPattern(pattern))
		.map((name) => {
			const properties = propertiesOf(session.machine, name);
			const shown = Object.entries(properties).filter(([key]) => wanted.length === 0 || wanted.includes(key));
			return shown.map(([key, value]) => (isBare ? value : `${key}=${value}`)).join('\n');
		});
	if (blocks.length > 0) session.out(blocks.join('\n\n'));
	return 0;
}

function expandPattern(pattern: string): readonly string[] {
	if (!/[*?]/.test(pattern)) return [pattern];
	return unitKinds.filter(({ name }) => matchesGlob(pattern, name)).map(({ name }) => name);
}

function knownUnits(session: Session, patterns: readonly string[]): readonly UnitKind[] {
	return unitKinds.filter(
		({ name }) =>
			findUnit(session.machine, name) !== undefined &&
			(patterns.length === 0 || patterns.some((pattern) => matchesGlob(pattern, name))),
	);
}

function listUnits(session: Session, patterns: readonly string[], parsed: ParsedOptions): number {
	const types = optionValues(parsed, 't').flatMap((list) => list.split(','));
	const states = [
		...optionValues(parsed, 'state').flatMap((list) => list.split(',')),
		...(hasOption(parsed, 'failed') ? ['failed'] : []),
	];
	const units = knownUnits(session, patterns)
		.map((kind) => ({ kind, state: unitState(session.machine, kind) }))
		.filter(({ kind }) => types.length === 0 || types.some((type) => kind.name.endsWith(`.${type}`)))
		.filter(({ state }) => states.length === 0 || states.includes(state.activeState) || states.includes(state.subState))
		.filter(({ state }) => states.length > 0 || hasOption(parsed, 'a') || state.activeState !== 'inactive')
		.sort((one, other) => compareUnits(one.kind.name, other.kind.name));
	const width = Math.max(0, ...units.map(({ kind }) => kind.name.length));
	const lines = units.map(({ kind, state }) => {
		const mark = state.activeState === 'failed' ? '●' : ' ';
		const states = `loaded ${state.activeState.padEnd(6)} ${state.subState.padEnd(7)}`;
		return `${mark} ${kind.name.padEnd(width)} ${states} ${kind.description}`;
	});
	if (!hasOption(parsed, 'no-legend')) {
		session.out(`  ${'UNIT'.padEnd(width)} LOAD   ACTIVE SUB     DESCRIPTION`);
	}
	if (lines.length > 0) session.out(lines.join('\n'));
	if (!hasOption(parsed, 'no-legend')) session.out(`${lines.length} loaded units listed.`);
	return 0;
}

/** Services before targets, as systemctl sorts types. */
function compareUnits(one: string, other: string): number {
	const type = (name: string) => name.slice(name.lastIndexOf('.'));
	const [a, b] = [type(one), type(other)];
	if (a !== b) return a < b ? -1 : 1;
	return one < other ? -1 : 1;
}

function listTimers(session: Session, patterns: readonly string[], parsed: ParsedOptions): number {
	const timers = knownUnits(session, patterns).filter(
		(kind) =>
			kind.runs === 'timer' && (hasOption(parsed, 'a') || unitState(session.machine, kind).activeState === 'active'),
	);
	if (!hasOption(parsed, 'no-legend'))
		session.out('NEXT                        LEFT       LAST PASSED UNIT                         ACTIVATES');
	for (const { name, triggers } of timers) {
		session.out(`-                           -          -    -      ${name.padEnd(28)} ${triggers ?? ''}`);
	}
	return 0;
}

function listUnitFiles(session: Session, patterns: readonly string[], parsed: ParsedOptions): number {
	const units = knownUnits(session, patterns);
	if (!hasOption(parsed, 'no-legend')) session.out('UNIT FILE                    STATE    PRESET');
	for (const kind of units) {
		session.out(`${kind.name.padEnd(28)} ${fileState(kind, unitState(session.machine, kind)).padEnd(8)} enabled`);
	}
	return 0;
}

function isActive(session: Session, names: readonly string[], parsed: ParsedOptions): number {
	const states = names.map((name) => propertiesOf(session.machine, name).ActiveState ?? 'inactive');
	if (!hasOption(parsed, 'q')) session.out(states.join('\n'));
	return states.includes('active') ? 0 : 3;
}

function isFailed(session: Session, names: readonly string[], parsed: ParsedOptions): number {
	const states = names.map((name) => propertiesOf(session.machine, name).ActiveState ?? 'inactive');
	if (!hasOption(parsed, 'q')) session.out(states.join('\n'));
	return states.includes('failed') ? 0 : 1;
}

function isEnabled(session: Session, names: readonly string[], parsed: ParsedOptions): number {
	let code = 0;
	for (const name of names) {
		const kind = findUnit(session.machine, name);
		if (kind === undefined) {
			session.err(`Failed to get unit file state for ${name}: No such file or directory`);
			code = 1;
			continue;
		}
		const state = fileState(kind, unitState(session.machine, kind));
		if (!hasOption(parsed, 'q')) session.out(state);
		if (state === 'disabled' || state === 'masked') code = 1;
	}
	return code;
}

function isSystemRunning(session: Session): number {
	const hasFailed = Object.values(session.machine.units).some(({ activeState }) => activeState === 'failed');
	session.out(hasFailed ? 'degraded' : 'running');
	return hasFailed ? 1 : 0;
}

function status(session: Session, names: readonly string[]): number {
	let code = 0;
	for (const name of names) {
		const kind = findUnit(session.machine, name);
		if (kind === undefined) {
			session.err(`Unit ${name} could not be found.`);
			code = 4;
			continue;
		}
		const state = unitState(session.machine, kind);
		session.out(`● ${kind.name} - ${kind.description}`);
		session.out(`     Loaded: loaded (${fragmentPath(kind)}; ${fileState(kind, state)}; preset: enabled)`);
		session.out(`     Active: ${state.activeState} (${state.subState})`);
		if (state.conditionResult === 'no') session.out('  Condition: start condition failed');
		if (state.activeState !== 'active') code = 3;
	}
	return code;
}

function change(
	session: Session,
	names: readonly string[],
	verb: 'start' | 'stop' | 'restart' | 'try-restart' | 'reload',
): number {
	let code = 0;
	for (const name of names) {
		const kind = findUnit(session.machine, name);
		if (kind === undefined) {
			session.err(`Failed to ${verb} ${name.includes('.') ? name : `${name}.service`}: Unit ${name} not found.`);
			code = 5;
			continue;
		}
		const state = unitState(session.machine, kind);
		if (state.masked && verb !== 'stop') {
			session.err(`Failed to ${verb} ${kind.name}: Unit ${kind.name} is masked.`);
			code = 1;
			continue;
		}
		session.wait(0.4);
		if (verb === 'stop') session.change(stopUnit(session.machine, kind.name));
		else if (verb !== 'try-restart' || state.activeState === 'active') {
			const started = startUnit(session.machine, kind.name);
			session.change(kind.name === 'sanoid.service' ? runSanoid(started) : started);
		}
	}
	return code;
}

function enable(session: Session, names: readonly string[], enabled: boolean, now: boolean): number {
	for (const name of names) {
		const kind = findUnit(session.machine, name);
		if (kind === undefined) {
			session.err(`Failed to ${enabled ? 'enable' : 'disable'} unit: Unit file ${name} does not exist.`);
			return 1;
		}
		const set = withUnit(session.machine, kind.name, { ...unitState(session.machine, kind), enabled });
		session.change(now ? (enabled ? startUnit : stopUnit)(set, kind.name) : set);
	}
	session.wait(0.5);
	return 0;
}

/** A link to /dev/null in /etc/systemd/system; impossible where the unit's own file is there (systemd#27965). */
function mask(session: Session, names: readonly string[], masked: boolean): number {
	for (const name of names) {
		const kind = findUnit(session.machine, name);
		if (kind === undefined) {
			session.err(`Unit ${name} does not exist, proceeding anyway.`);
			continue;
		}
		const link = `/etc/systemd/system/${kind.name}`;
		const there = find(session.machine, link, false).node;
		if (masked && there?.kind === 'file') {
			session.err(`Failed to mask unit: File ${link} already exists.`);
			return 1;
		}
		const folder = makeFolder(session.machine, '/etc/systemd/system');
		const linked = masked
			? putNode(folder, link, symlink('/dev/null', Math.floor(session.now)))
			: there?.kind === 'symlink'
				? removeNode(folder, link)
				: folder;
		session.change(withUnit(linked, kind.name, { ...unitState(linked, kind), masked }));
		session.err(masked ? `Created symlink ${link} → /dev/null.` : `Removed "${link}".`);
	}
	return 0;
}

function printFiles(session: Session, names: readonly string[]): number {
	for (const name of names) {
		const kind = findUnit(session.machine, name);
		if (kind === undefined) {
			session.err(`No files found for ${name}.`);
			return 1;
		}
		session.out(`# ${fragmentPath(kind)}\n[Unit]\nDescription=${kind.description}`);
		for (const path of loadedDropIns(session.machine, kind.name)) {
			session.out(`\n# ${path}\n${textOf(session.machine, path) ?? ''}`);
		}
	}
	return 0;
}
