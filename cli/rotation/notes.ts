import type { Phase, RotationRecord, ServiceRole } from '../../contract/rotation.ts';

type Direction = RotationRecord['direction'];

const SERVICE: Readonly<Record<ServiceRole, string>> = { mcp: 'MCP', catalog: 'catalog' };

/** What happens in each phase. Repair and revocation have one direction. */
const DOES: Readonly<Record<Phase, Readonly<Record<Direction, string>>>> = {
  idle: { forward: 'no rotation', back: 'no rotation' },
  createSecret: {
    forward: 'the next key is added to the accepted keys; MCP tasks are replaced one by one',
    back: 'the next key is removed from the accepted keys; MCP tasks are replaced one by one',
  },
  testSecret: {
    forward: 'the canary tests tokens of both keys on every task',
    back: 'the canary tests tokens of both keys on every task',
  },
  finishSecret: {
    forward: 'the next key starts signing; catalog tasks are replaced one by one',
    back: 'the old key signs again; catalog tasks are replaced one by one',
  },
  grace: {
    forward: 'tokens of the old key expire; both keys are accepted',
    back: 'tokens of the next key expire; both keys are accepted',
  },
  retireSecret: {
    forward: 'the old key is removed from the accepted keys; tasks of both services are replaced one by one',
    back: 'the next key is removed from the accepted keys; tasks of both services are replaced one by one',
  },
  repair: {
    forward: 'manual changes are reverted; tasks of both services are replaced one by one',
    back: 'manual changes are reverted; tasks of both services are replaced one by one',
  },
  revokeSecret: {
    forward: 'only the next key is accepted; tasks of both services are replaced one by one',
    back: 'only the next key is accepted; tasks of both services are replaced one by one',
  },
};

/**
 * When the grace time ends, in milliseconds since 1970; `undefined` before it starts, which is at the end of the
 * catalog's rollout.
 */
export function graceEnd({ phase, grace }: RotationRecord): number | undefined {
  return phase === 'grace' && grace ? Date.parse(grace.since) + grace.seconds * 1000 : undefined;
}

/**
 * What changed in a record since the last look, a line each, in order.
 *
 * @param before - `undefined` at the first look
 */
export function notesOf(before: RotationRecord | undefined, now: RotationRecord): readonly string[] {
  return [...rollEnd(before, now), ...phaseNote(before, now), ...graceNote(before, now), ...rollBegin(before, now)];
}

function phaseNote(before: RotationRecord | undefined, now: RotationRecord): readonly string[] {
  if (before?.phase === now.phase && before.direction === now.direction) return [];
  const { phase, direction, backBecause, repaired } = now;
  const turned = direction === 'back' && before?.direction !== 'back' && backBecause !== undefined;
  return [
    ...(turned ? [`rolling back: ${backBecause}`] : []),
    `${phase}: ${DOES[phase][direction]}`,
    ...(phase === 'repair' && repaired !== undefined ? [`repairing: ${repaired}`] : []),
  ];
}

function graceNote(before: RotationRecord | undefined, now: RotationRecord): readonly string[] {
  const end = graceEnd(now);
  if (end === undefined || (before !== undefined && graceEnd(before) === end)) return [];
  return [`grace until ${new Date(end).toISOString()}`];
}

function rollBegin(before: RotationRecord | undefined, { roll, retries }: RotationRecord): readonly string[] {
  if (roll === undefined || roll.deployment === before?.roll?.deployment) return [];
  return [`${SERVICE[roll.service]}: rollout ${roll.deployment} started${retries ? ` (attempt ${retries + 1})` : ''}`];
}

/** The record does not say whether the rollout succeeded; the next line shows it. */
function rollEnd(before: RotationRecord | undefined, { roll }: RotationRecord): readonly string[] {
  if (before?.roll === undefined || before.roll.deployment === roll?.deployment) return [];
  return [`${SERVICE[before.roll.service]}: rollout ${before.roll.deployment} ended`];
}
