import { posix } from 'node:path';
import type { Mutation } from './bundle.ts';
import type { Aim } from './happenings.ts';

/** A rule of the protocol (docs/rotation.md numbers them), and the code without it. */
export type Mutant = {
  readonly rule: number;
  readonly what: string;
  readonly mutations: readonly Mutation[];
  /** Where it shows soon. */
  readonly aim: Aim;
};

/** @param file - its path from `lambda/rotation` */
function mutant(rule: number, what: string, file: string, from: string, to: string, aim: Aim = {}): Mutant {
  return { rule, what, mutations: [{ file: posix.join('lambda/rotation', file), from, to }], aim };
}

/** Nothing comes in between. */
const UNDISTURBED: Aim = { kinds: ['resume'], until: 1 };

/** Each rule, removed in the ways in which a later change might remove it. */
export const MUTANTS: readonly Mutant[] = [
  mutant(
    1,
    'a rollout goes by when tasks began to run',
    'rollout.ts',
    '.every(({ createdAt }) => createdAt > after)',
    '.every((task) => task.startedAt > after)',
    { kinds: ['forced rollout'], until: 80 },
  ),
  mutant(1, 'a rollout overlooks tasks that drain', 'rollout.ts', "status !== 'STOPPED'", "status === 'RUNNING'"),
  mutant(
    1,
    'a rollout goes by its own intent, not by the last write',
    'rollout.ts',
    'const after = modifiedAt + MARGIN_MS;',
    'const after = Date.parse(run.record.phaseSince) - 1;',
    { kinds: ['meddling', 'deploy'], until: 300 },
  ),
  mutant(
    1,
    'a rollout takes all clocks for the same',
    'rollout.ts',
    'const after = modifiedAt + MARGIN_MS;',
    'const after = modifiedAt;',
    { kinds: ['forced rollout', 'scaling'], until: 80 },
  ),
  mutant(
    2,
    'grace goes by the lifetime of today',
    'steps/go-back.ts',
    'Math.max(recorded ?? 0, timing.tokenLifetimeSeconds)',
    'timing.tokenLifetimeSeconds',
    { kinds: ['deploy'], until: 800 },
  ),
  mutant(2, 'no grace time', 'steps/finish-and-retire.ts', 'if (left > 0) {', 'if (false) {'),
  mutant(
    2,
    'grace forgets what verifiers add to a token',
    'steps/go-back.ts',
    ' + timing.leewaySeconds + CLOCKS_SECONDS',
    ' + CLOCKS_SECONDS',
    UNDISTURBED,
  ),
  mutant(
    2,
    'grace takes all clocks for the same',
    'steps/go-back.ts',
    'const CLOCKS_SECONDS = 5;',
    'const CLOCKS_SECONDS = 0;',
    UNDISTURBED,
  ),
  mutant(
    3,
    'the stack is not checked',
    'steps/common.ts',
    'if (await ports.stackInProgress()) return',
    'if (false) return',
    {
      kinds: ['deploy', 'rotate'],
    },
  ),
  mutant(3, 'the lock of the dead is kept', 'steps/common.ts', '!(await isStale(holder, ports))', 'true'),
  mutant(
    3,
    'the holder of the lock checks the stack once more',
    'steps/common.ts',
    'if (holder?.owner === execution) return undefined;',
    "if (holder?.owner === execution) return (await ports.stackInProgress()) ? 'A deploy is under way.' : undefined;",
    UNDISTURBED,
  ),
  mutant(
    3,
    'a rotation that has ended keeps the lock',
    'run.ts',
    'await ports.lock.release(call.execution);\n  ports.report',
    'ports.report',
    UNDISTURBED,
  ),
  mutant(
    3,
    'the lock is kept in the grace time',
    'steps/finish-and-retire.ts',
    'await ports.lock.release(call.execution);',
    '',
    UNDISTURBED,
  ),
  mutant(
    3,
    'a rotation that stopped keeps the lock',
    'run.ts',
    "await ports.lock.release(call.execution);\n  return { result: 'failed'",
    "return { result: 'failed'",
    { kinds: ['unhealthy'], until: 600 },
  ),
  mutant(
    4,
    'a rotation starts in the grace time of another one',
    'commands.ts',
    "if (record.phase === 'idle') return start(run, command);",
    "if (record.phase === 'idle' || record.phase === 'grace') return start(run, command);",
    { kinds: ['rotate'], until: 800 },
  ),
  mutant(
    5,
    'an intent counts as done',
    'reconcile.ts',
    'if (before !== undefined && !holds(found, intended)) {',
    'if (false) {',
  ),
  mutant(
    5,
    'a lost next secret is not replaced',
    'steps/create-and-test.ts',
    'async function replaceNext(run: Run): Promise<Step> {',
    "async function replaceNext(run: Run): Promise<Step> { return wait(run, 1, 'It may come back.');",
    { kinds: ['crash'], until: 60 },
  ),
  mutant(
    5,
    'an old answer of Parameter Store counts as what there is',
    'parameter-state.ts',
    'if (now && before && now.version < before.version',
    'if (false && now && before && now.version < before.version',
    UNDISTURBED,
  ),
  mutant(
    5,
    'a version that the history does not show yet counts as a foreign one',
    'parameter-state.ts',
    'if (!since.some(({ version }) => version >= now.version)) throw new NotVisibleYet();',
    '',
    UNDISTURBED,
  ),
  mutant(
    5,
    'a new secret that is not shown yet counts as lost',
    'reconcile.ts',
    '(since + SHOWN_MS - ports.now()) / 1000',
    '0',
    { kinds: ['rotate'], until: 100 },
  ),
  mutant(
    5,
    'something else is meant before it is known whether the last write was done',
    'reconcile.ts',
    'if (before === undefined) return;',
    'if (before === undefined || before) return;',
    { kinds: ['abort', 'revoke'], until: 60 },
  ),
  mutant(
    6,
    'after a repair nothing is rolled',
    'steps/repair.ts',
    "const state = await rollAll(run, ['mcp', 'catalog'], found);",
    "const state = { state: 'complete' };",
  ),
  mutant(
    6,
    'a repair does not ask the canary',
    'steps/repair.ts',
    'const red = await ports.runCanary();',
    'const red: string[] = [];',
    { kinds: ['meddling'], until: 100 },
  ),
  mutant(
    6,
    'a signing secret that is lost is waited for',
    'steps/repair.ts',
    'if (lost.includes(intended.signing)) return beginRevocation(',
    'if (false) return beginRevocation(',
    { kinds: ['deletion'] },
  ),
  mutant(
    6,
    'what a person put back counts as never changed',
    'parameter-state.ts',
    'return isOwn.every(Boolean);',
    'return true;',
    { kinds: ['meddling'], until: 100 },
  ),
  mutant(
    6,
    'after a repair no fresh grace time',
    'steps/repair.ts',
    'bothMaySign: run.record.bothMaySign || target.intended.accepted.length > 1 || undefined,',
    '',
    { kinds: ['other key', 'forced rollout', 'abort'], until: 120 },
  ),
  mutant(
    6,
    'nothing is taken from the history',
    'reconcile.ts',
    'if (missing().length > 0) secrets = ',
    'if (false) secrets = ',
    { kinds: ['meddling'], until: 400 },
  ),
  mutant(
    6,
    'the same key under another key ID counts as the same',
    '../../contract/rotation.ts',
    'known === undefined || known.keyId === keyId',
    'true',
    { kinds: ['meddling'] },
  ),
  mutant(6, 'what is put back gets whatever key ID', 'reconcile.ts', 'name && keyLabelOf(name.keyId)', 'undefined', {
    kinds: ['meddling'],
  }),
  mutant(
    7,
    'a revocation takes the old key out first',
    'steps/revoke-secret.ts',
    'contentOf(signs.thumbprint, [signs.thumbprint, next.name.thumbprint])',
    'contentOf(next.name.thumbprint, [next.name.thumbprint])',
  ),
  mutant(
    7,
    'the others are not fenced off',
    'enter.ts',
    'if (record.execution === call.execution) return run;',
    "if (record.phase !== 'idle') return run;",
    { kinds: ['revoke'], until: 300 },
  ),
  mutant(
    8,
    'the canary does not run before the next key signs',
    'steps/create-and-test.ts',
    'await run.ports.runCanary()',
    '[]',
    UNDISTURBED,
  ),
  mutant(
    8,
    'a rollout that ECS stopped is not detected',
    'rollout.ts',
    "if (own?.state === 'FAILED') return true;",
    'if (own !== undefined || true) return false;',
  ),
  mutant(
    8,
    'a failed catalog rollout just takes the next key out',
    'steps/go-back.ts',
    "if (phase === 'finishSecret' || phase === 'grace') {",
    'if (false) {',
  ),
  mutant(
    9,
    'the catalog keeps the retired key in its environment',
    'steps/finish-and-retire.ts',
    "rollAll(run, ['mcp', 'catalog'], reconciled.found)",
    "rollAll(run, ['mcp'], reconciled.found)",
  ),
  mutant(
    9,
    'no retired token is sent to MCP',
    'steps/common.ts',
    'problems.push(...(await findTasksAccepting(token)));',
    'await findTasksAccepting(token);',
    { kinds: ['cache'], until: 600 },
  ),
  mutant(
    9,
    'a retired token is shown under whatever key ID',
    'steps/common.ts',
    'createKeySet([secret], keyLabelOf(keyId))',
    'createKeySet([secret])',
    { kinds: ['cache'], until: 600 },
  ),
  mutant(
    9,
    'keys are distinguished by their key IDs, not by their values',
    '../../contract/rotation.ts',
    'name.thumbprint === thumbprint);\n  return known === undefined || known.keyId === keyId ? thumbprint',
    'name.keyId === keyId);\n  return known === undefined || known.keyId === keyId ? (known?.thumbprint ?? thumbprint)',
    { kinds: ['meddling'] },
  ),
];
