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

const ROTATION = 'lambda/rotation';

function mutant(rule: number, what: string, file: string, from: string, to: string, aim: Aim = {}): Mutant {
  return { rule, what, mutations: [{ file: `${ROTATION}/${file}`, from, to }], aim };
}

/** Each rule, taken out in the ways in which somebody might one day take it out. */
export const MUTANTS: readonly Mutant[] = [
  mutant(
    1,
    'a roll-out goes by when tasks began to run',
    'roll-out.ts',
    '.every(({ createdAt }) => createdAt > after)',
    '.every((task) => task.startedAt > after)',
    { kinds: ['forced roll-out'], until: 80 },
  ),
  mutant(1, 'a roll-out overlooks tasks that drain', 'roll-out.ts', "status !== 'STOPPED'", "status === 'RUNNING'"),
  mutant(
    1,
    'a roll-out goes by its own intent, not by the last write',
    'roll-out.ts',
    'const after = modifiedAt + MARGIN_MS;',
    'const after = Date.parse(run.record.phaseSince) - 1;',
    { kinds: ['meddling', 'deploy'], until: 300 },
  ),
  mutant(
    2,
    'grace goes by the lifetime of today',
    'steps/go-back.ts',
    'Math.max(recorded ?? 0, timing.tokenLifetimeSeconds)',
    'timing.tokenLifetimeSeconds',
  ),
  mutant(2, 'no grace time', 'steps/grace.ts', 'if (left > 0) {', 'if (false) {'),
  mutant(3, 'nobody looks at the stack', 'lock.ts', 'if (await ports.stackInProgress()) return', 'if (false) return', {
    kinds: ['deploy', 'rotate'],
  }),
  mutant(3, 'the lock of the dead is kept', 'lock.ts', '!(await isDead(holder, ports))', 'true'),
  mutant(
    4,
    'a rotation starts in the grace time of another one',
    'commands.ts',
    "if (record.phase === 'idle') return start(run, command);",
    "if (record.phase === 'idle' || record.phase === 'grace') return start(run, command);",
  ),
  mutant(
    5,
    'an intent counts as done',
    'settle.ts',
    'if (before !== undefined && !holds(found, intended)) {',
    'if (false) {',
  ),
  mutant(
    5,
    'a lost next secret is not replaced',
    'steps/create-secret.ts',
    "if (settled.kind === 'lost') return replaceNext(run);",
    "if (settled.kind === 'lost') throw new Error('lost');",
    { kinds: ['crash'], until: 60 },
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
    'what a person put back counts as never changed',
    'found.ts',
    'return isOwn.every(Boolean);',
    'return true;',
  ),
  mutant(
    6,
    'after a repair no fresh grace time',
    'steps/repair.ts',
    'bothMaySign: run.record.bothMaySign || target.intended.accepted.length > 1 || undefined,',
    '',
    { kinds: ['other key', 'loss', 'red', 'abort'], until: 300 },
  ),
  mutant(
    6,
    'nothing is taken from the history',
    'restore.ts',
    'if (missing().length > 0) secrets = ',
    'if (false) secrets = ',
  ),
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
  ),
  mutant(
    8,
    'nobody sees that ECS gave a roll-out up',
    'roll-out.ts',
    "if (own?.state === 'FAILED') return true;",
    'if (own !== undefined || true) return false;',
  ),
  mutant(
    8,
    'a failed catalog roll-out just takes the next key out',
    'steps/go-back.ts',
    "if (phase === 'finishSecret' || phase === 'grace') {",
    'if (false) {',
  ),
  mutant(
    9,
    'the catalog keeps the retired key in its environment',
    'steps/retire-secret.ts',
    "rollAll(run, ['mcp', 'catalog'], settled.found)",
    "rollAll(run, ['mcp'], settled.found)",
  ),
];
