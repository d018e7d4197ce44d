import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stripControls } from '../../../src/host/text.js';
import { decisiveLines, makeLogPaths, readBuildProgress } from '../../../src/packages/dkms/make-log.js';
import { loadRecording, loadTranscript } from '../../fixtures/load.js';

const folder = 'packages/dkms-3.0.10';

describe('progress of a module build', () => {
	test.each([
		['2.1.11', 266, 266],
		['2.3.2', 289, 290],
	])('a real build of %s compiles what was announced', (version, compiled, expected) => {
		const log = loadRecording(`${folder}/make-log-${version}.txt`).stdout;
		expect(readBuildProgress(log, version)).toEqual({ stage: 'done', compiled, expected });
	});

	test('goes from configure over compile and link to its end, and never back', () => {
		const order = ['configure', 'compile', 'link', 'done'];
		const lines = loadRecording(`${folder}/make-log-2.3.2.txt`).stdout.split('\n');
		const stages = lines.map((_, index) => readBuildProgress(lines.slice(0, index).join('\n'), '2.3.2').stage);
		expect([...new Set(stages)]).toEqual(order);
		const positions = stages.map((stage) => order.indexOf(stage));
		expect(positions).toEqual(positions.toSorted((a, b) => a - b));
	});

	test('is configure while there is no log', () => {
		expect(readBuildProgress(undefined, '2.3.2')).toEqual({ stage: 'configure', compiled: 0, expected: 290 });
	});

	test('says that the build failed, but not for an error that make ignores', () => {
		const failed = loadRecording('lab/apt-dkms-build-failure/7-make-log.txt').stdout;
		expect(readBuildProgress(failed, '2.3.2').stage).toBe('failed');
		expect(loadRecording(`${folder}/make-log-2.1.11.txt`).stdout).toContain('Error 1 (ignored)');
	});

	test('more objects than expected stay within the whole', () => {
		const log = '  CC [M]  a.o\n'.repeat(400);
		expect(readBuildProgress(log, '2.5.0')).toMatchObject({ compiled: 400, expected: 400 });
	});

	test('is looked for where dkms keeps it during and after the build', () => {
		expect(makeLogPaths('2.3.2', '6.1.0-56-amd64', 'x86_64')).toEqual([
			'/var/lib/dkms/zfs/2.3.2/build/make.log',
			'/var/lib/dkms/zfs/2.3.2/6.1.0-56-amd64/x86_64/log/make.log',
		]);
	});
});

describe('the decisive lines of a failed build', () => {
	test('are the compiler’s message, not make giving up', () => {
		expect(decisiveLines(loadRecording('lab/apt-dkms-build-failure/7-make-log.txt').stdout)).toEqual([
			"/var/lib/dkms/zfs/2.3.2/build/module/os/linux/zfs/zpl_super.c:398:9: error: implicit declaration of function 'lab_made_this_fail'",
		]);
	});

	test('come with the source line that the compiler shows', () => {
		const transcript = loadTranscript('packages/dkms-d1-brokenbuild.txt')[0]?.stdout ?? '';
		const log = transcript.slice(transcript.indexOf('## make.log'), transcript.indexOf('## dkms status'));
		expect(decisiveLines(log)).toEqual([
			'/var/lib/dkms/zfs/2.3.2/build/zfs.c:4:2: error: #error zfs: kernel API not supported (fake breakage)',
			'    4 | #error zfs: kernel API not supported (fake breakage)',
			'      |  ^~~~~',
		]);
	});

	test('say that the kernel is too new, where make.log only misses a makefile', () => {
		const makeLog = loadRecording(`${folder}/make-log-2.1.11-on-6.12.txt`).stdout;
		expect(decisiveLines(makeLog)).toEqual(['make: *** No targets specified and no makefile found.  Stop.']);
		const said = loadRecording(`${folder}/dkms-build-2.1.11-on-6.12.txt`).stdout;
		expect(decisiveLines(said + makeLog).map((line) => line.trim())).toEqual([
			'checking whether fops->fallocate() exists... configure: error:',
			'*** None of the expected "file_fallocate" interfaces were detected.',
			'*** This may be because your kernel version is newer than what is',
			'*** supported, or you are using a patched custom kernel with',
			'*** incompatible modifications.',
			'***',
			'*** ZFS Version: zfs-2.1.11-1+deb12u1',
			'*** Compatible Kernels: 3.10 - 6.2',
		]);
	});

	test('of a build that succeeded: none', () => {
		expect(decisiveLines(loadRecording(`${folder}/make-log-2.3.2.txt`).stdout)).toEqual([]);
		expect(decisiveLines(loadRecording(`${folder}/make-log-2.1.11.txt`).stdout)).toEqual([]);
	});

	test('name a full disk', () => {
		const log = 'cc1: fatal error: error writing to /tmp/x.s: No space left on device\nmake[2]: *** [x.o] Error 1\n';
		expect(decisiveLines(log)).toEqual(['cc1: fatal error: error writing to /tmp/x.s: No space left on device']);
	});

	test('are few, in their order and safe to show, whatever the log holds', () => {
		const line = fc.oneof(
			fc.string(),
			fc.constantFrom(
				'x.c:1:1: error: \u001b]0;title\u0007bad',
				'make[1]: *** [x] Error 2',
				'configure: error: no',
				'\t*** because',
			),
		);
		fc.assert(
			fc.property(fc.array(line, { maxLength: 60 }), (lines) => {
				const decisive = decisiveLines(lines.join('\n'));
				expect(decisive.length).toBeLessThanOrEqual(12);
				expect(decisive.join('')).toBe(stripControls(decisive.join('')));
			}),
		);
	});
});
