/** The least program that asks for the versions, as `status` and `guard` have to. */
import { spawn } from 'node:child_process';
import process from 'node:process';

const child = spawn('zfs', ['--version'], { stdio: ['ignore', 'pipe', 'inherit'] });
child.stdout.resume();
child.once('close', () => process.exit(0));
