import type { Phase, RotationRecord, ServiceRole } from '../../contract/rotation.ts';

type Direction = RotationRecord['direction'];

const SERVICE: Readonly<Record<ServiceRole, string>> = { mcp: 'MCP', catalog: 'catalog' };

/** What happens in each phase. A repair and a revocation know one direction. */
const DOES: Readonly<Record<Phase, Readonly<Record<Direction, string>>>> = {
  idle: { forward: 'at rest', back: 'at rest' },
  createSecret: {
    forward: 'the next key joins the accepted keys, and MCP is replaced task by task',
    back: 'the next key leaves the accepted keys, and MCP is replaced task by task',
  },
  testSecret: {
    forward: 'the canary tries tokens of both keys on every task',
    back: 'the canary tries tokens of both keys on every task',
  },
  finishSecret: {
    forward: 'the next key signs from here, and the catalog is replaced task by task',
    back: 'the old key signs again, and the catalog is replaced task by task',
  },
  grace: {
    forward: 'tokens of the old key run out, both keys are accepted',
    back: 'tokens of the next key run out, both keys are accepted',
  },
  retireSecret: {
    forward: 'the old key leaves the accepted keys, and both services are replaced task by task',
    back: 'the next key leaves the accepted keys, and both services are replaced task by task',
  },
  repair: {
    forward: 'what was changed by hand is put back, and both services are replaced task by task',
    back: 'what was changed by hand is put back, and both services are replaced task by task',
  },
  revokeSecret: {
    forward: 'only the next key is accepted, and both services are replaced task by task',
    back: 'only the next key is accepted, and both services are replaced task by task',
  },
};

/**
 * When the grace time is over, in milliseconds since 1970; `undefined` while none is counted: it begins with the end of the
 * catalog's roll-out.
 */
export function graceEnd({ phase, grace }: RotationRecord): number | undefined {
  return phase === 'grace' && grace ? Date.parse(grace.since) + grace.seconds * 1000 : undefined;
}

/**
 * What is new in a record since it was looked at before, a line each, in the order in which it happened.
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
    ...(turned ? [`going back: ${backBecause}`] : []),
    `${phase}: ${DOES[phase][direction]}`,
    ...(phase === 'repair' && repaired !== undefined ? [`to repair: ${repaired}`] : []),
  ];
}

function graceNote(before: RotationRecord | undefined, now: RotationRecord): readonly string[] {
  const end = graceEnd(now);
  if (end === undefined || (before !== undefined && graceEnd(before) === end)) return [];
  return [`grace until ${new Date(end).toISOString()}`];
}

function rollBegin(before: RotationRecord | undefined, { roll, retries }: RotationRecord): readonly string[] {
  if (roll === undefined || roll.deployment === before?.roll?.deployment) return [];
  return [`${SERVICE[roll.service]}: roll-out ${roll.deployment} begun${retries ? ` (try ${retries + 1})` : ''}`];
}

/** Only the step itself can tell whether it ended well: the next line shows it. */
function rollEnd(before: RotationRecord | undefined, { roll }: RotationRecord): readonly string[] {
  if (before?.roll === undefined || before.roll.deployment === roll?.deployment) return [];
  return [`${SERVICE[before.roll.service]}: roll-out ${before.roll.deployment} over`];
}
