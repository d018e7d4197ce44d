import { check } from './1-check.js';
import { backup } from './2-backup/backup.js';
import { module } from './3-module/module.js';
import { reboot } from './4-reboot/reboot.js';
import { verify } from './5-verify/verify.js';
import { userspace } from './6-userspace.js';
import { smokeTest } from './7-smoke-test/smoke-test.js';
import type { Step } from './step.js';

/** The upgrade, in order. */
export const steps: readonly [Step, ...Step[]] = [check, backup, module, reboot, verify, userspace, smokeTest];
