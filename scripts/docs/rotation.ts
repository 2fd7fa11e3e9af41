import type { Phase, RefusalCode } from '../../contract/rotation.ts';
import { entries } from './markdown.ts';

// What each phase does, and why a command is refused. The compiler misses none.

/** What each phase writes, then what it waits for. */
const PHASES = {
  createSecret: ['adds the next key to the set', 'redeploys MCP'],
  testSecret: ['writes nothing', 'canary: every MCP task accepts both keys and no other'],
  finishSecret: ['makes the next key the signing secret', 'redeploys the catalog', 'canary: every task signs with it'],
  grace: ['writes nothing', "waits until the old key's tokens expire; you can deploy"],
  retireSecret: ['removes the old key from the set', 'redeploys both', 'canary', 'a token of the old key gets 401'],
  idle: ['no rotation is in progress'],
  repair: ['restores the recorded values', 'redeploys both', 'canary', 'continues where it was (rule 6)'],
  revokeSecret: ['makes three writes in a row', 'redeploys both', 'canary', 'tokens of revoked keys get 401'],
} as const satisfies Readonly<Record<Phase, readonly string[]>>;

/** Why a command is refused. */
const REFUSALS = {
  'rotation-under-way': ['an execution is running', '3', 'follow it with `--watch`'],
  'rotation-unfinished': [
    'stopped, or unfinished and you bring a value',
    '3',
    'continue with `--resume`, or go back with `--abort`',
  ],
  'nothing-to-resume': ['no rotation is in progress', '3', 'start one with `rotate`, if you want to'],
  'nothing-to-abort': ['no rotation is in progress', '3', 'there is nothing to do'],
  'no-way-back': ['the phase must finish', '3', 'continue with `--resume`'],
  'deploy-under-way': ['the stack changes, or a deployment has the lock', '3', 'wait, then rotate'],
  'incoming-invalid': ['the value of `--from-parameter` is not usable', '2', 'write another value'],
  'parameters-invalid': ['no record, and invalid parameters', '3', 'restore them'],
} as const satisfies Readonly<Record<RefusalCode, readonly [meaning: string, exitCode: string, remedy: string]>>;

/** The blocks of docs/rotation.md. */
export const rotationBlocks = {
  'rotation-phases': () =>
    entries(Object.entries(PHASES).map(([name, [...steps]]) => ({ name, sentences: [steps.join('; ')] }))),
  'rotation-refusals': () =>
    entries(
      Object.entries(REFUSALS).map(([name, [meaning, exitCode, remedy]]) => ({
        name,
        note: `(exit code ${exitCode})`,
        sentences: [meaning, remedy],
      })),
    ),
};
