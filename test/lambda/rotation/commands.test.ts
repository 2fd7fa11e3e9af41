import type { Command, Progress, RefusalCode } from '../../../contract/rotation.ts';
import { meddle } from './model/people.ts';
import { keySetOf, OWN_LABEL } from './model/store.ts';
import { ROTATE, Rotations } from './support/rotations.ts';

const RESUME: Command = { command: 'resume', trigger: 'manual' };
const ABORT: Command = { command: 'abort', trigger: 'manual' };
const REVOKE: Command = { command: 'revoke', trigger: 'manual' };
const SCHEDULED: Command = { command: 'rotate', trigger: 'schedule' };
const FROM_PARAMETER: Command = { ...ROTATE, fromParameter: '/quilt/incoming/next' };

/** Has the canary be red for so long. */
function redden({ world }: Rotations, hours: number): void {
  world.redUntil = world.now + hours * 3_600_000;
}

/** A rotation that stopped: the old key is out of the set, and the canary was red as often as a step is tried. */
async function stopped(): Promise<Rotations> {
  const rotations = await Rotations.start();
  const execution = await rotations.runUntil('retireSecret');
  redden(rotations, 1);
  expect(await rotations.goOn(execution)).toMatchObject({ result: 'failed', code: 'stopped' });
  rotations.sleepHours(2);
  return rotations;
}

/** A rotation whose execution died in a phase. */
async function dead(phase: 'createSecret' | 'grace'): Promise<Rotations> {
  const rotations = await Rotations.start();
  rotations.end(await rotations.runUntil(phase));
  return rotations;
}

/** A deployment in which an execution has come as far as a phase, and is alive. */
async function underWay(
  phase: 'createSecret' | 'retireSecret' | 'repair' | 'revokeSecret',
  command = ROTATE,
): Promise<Rotations> {
  const rotations = await Rotations.start();
  if (phase === 'repair') meddle(rotations.world, 'secret', 'garbage');
  rotations.world.mayRevoke = command === REVOKE;
  await rotations.runUntil(phase, command);
  return rotations;
}

/** A deployment with a parameter in the given state before the first record. */
async function without(what: 'secret' | 'keySet' | 'the secret in the set'): Promise<Rotations> {
  const rotations = new Rotations();
  const { parameters, now } = rotations.world;
  if (what === 'the secret in the set')
    parameters.put('keySet', keySetOf([{ secret: 'x'.repeat(40), label: OWN_LABEL }]), now);
  else parameters.delete(what, now);
  return rotations;
}

async function duringDeploy(): Promise<Rotations> {
  const rotations = await Rotations.start();
  rotations.world.deploys.begin(60, false);
  return rotations;
}

type Case = readonly [RefusalCode, string, () => Promise<Rotations>, Command, RegExp];

const CASES: readonly Case[] = [
  [
    'rotation-under-way',
    'a second rotation',
    () => underWay('createSecret'),
    ROTATE,
    /createSecret since .*rotate --watch --environment production\.$/,
  ],
  ['rotation-under-way', 'to resume what is at work', () => underWay('createSecret'), RESUME, /--watch/],
  [
    'rotation-unfinished',
    'a rotation while one is stopped',
    stopped,
    ROTATE,
    /red.*rotate --resume --environment production.*--abort/,
  ],
  ['rotation-unfinished', 'another secret half way', () => dead('createSecret'), FROM_PARAMETER, /--resume.*--abort/],
  ['nothing-to-resume', 'to resume nothing', () => Rotations.start(), RESUME, /No rotation is under way/],
  ['nothing-to-abort', 'to abort nothing', () => Rotations.start(), ABORT, /No rotation is under way/],
  [
    'no-way-back',
    'to abort a removal',
    () => underWay('retireSecret'),
    ABORT,
    /cannot be aborted in retireSecret.*secret status --environment production\.$/,
  ],
  ['no-way-back', 'to abort a repair', () => underWay('repair'), ABORT, /cannot be aborted in repair/],
  [
    'no-way-back',
    'to abort a revocation',
    () => underWay('revokeSecret', REVOKE),
    ABORT,
    /cannot be aborted in revokeSecret/,
  ],
  ['deploy-under-way', 'a rotation during a deploy', duringDeploy, ROTATE, /A deploy .* is under way.*then rotate/],
  [
    'incoming-invalid',
    'a secret that does not exist',
    () => Rotations.start(),
    FROM_PARAMETER,
    /\/quilt\/incoming\/next/,
  ],
  [
    'parameters-invalid',
    'a rotation without a secret',
    () => without('secret'),
    ROTATE,
    /no record yet.*none can be created/,
  ],
  [
    'parameters-invalid',
    'a rotation without a set',
    () => without('keySet'),
    ROTATE,
    /no record yet.*none can be created/,
  ],
  [
    'parameters-invalid',
    'one of a set without the secret',
    () => without('the secret in the set'),
    ROTATE,
    /none can be created/,
  ],
];

test.each(CASES)('%s: refuses %s, and changes nothing', async (code, _, arrange, command, message) => {
  const rotations = await arrange();
  const { parameters, state, world } = rotations;
  const execution = rotations.begin(command);
  const progress = await rotations.goOn(execution);
  expect(progress).toEqual({ result: 'refused', code, message: expect.stringMatching(message) });
  expect(rotations.parameters).toEqual(parameters);
  expect(rotations.state).toEqual(state);
  expect(world.lock?.owner).not.toBe(execution.id);
});

test('every code of a refusal has its situation here', () => {
  const codes: Record<RefusalCode, true> = {
    'rotation-under-way': true,
    'rotation-unfinished': true,
    'nothing-to-resume': true,
    'nothing-to-abort': true,
    'no-way-back': true,
    'deploy-under-way': true,
    'incoming-invalid': true,
    'parameters-invalid': true,
  };
  expect(new Set(CASES.map(([code]) => code))).toEqual(new Set(Object.keys(codes)));
});

const ROTATED = { result: 'done', outcome: 'rotated' };

describe('the schedule', () => {
  const notDue = (message: RegExp) => ({ result: 'done', outcome: 'not-due', message: expect.stringMatching(message) });

  test('rotates a secret of thirty days, and no younger one', async () => {
    const rotations = await Rotations.start();
    const first = rotations.parameters.secret?.value;
    rotations.sleepHours(29 * 24);
    expect(await rotations.run(SCHEDULED)).toEqual(notDue(/^The secret is 29 days old; it is rotated at 30\.$/));
    expect(rotations.world.reported.at(-1)).toEqual({ kind: 'age', days: expect.closeTo(29, 1) });
    rotations.sleepHours(24);
    expect(await rotations.run(SCHEDULED)).toMatchObject(ROTATED);
    expect(rotations.parameters.secret?.value).not.toBe(first);
    expect(await rotations.run(SCHEDULED)).toEqual(notDue(/^The secret is 0 days old/));
  });

  test('waits for a deploy, and then rotates', async () => {
    const rotations = await duringDeploy();
    rotations.world.record = { ...required(rotations), signingSince: '2025-01-01T00:00:00.000Z' };
    const execution = rotations.begin(SCHEDULED);
    expect(await rotations.call(execution)).toMatchObject({ result: 'wait', phase: 'idle' });
    expect(await rotations.goOn(execution)).toMatchObject(ROTATED);
  });

  test('leaves a rotation that was undone alone for a day, and a person does not have to', async () => {
    const rotations = await Rotations.start();
    rotations.sleepHours(31 * 24);
    redden(rotations, 1);
    expect(await rotations.run(SCHEDULED)).toMatchObject({ result: 'failed', code: 'undone' });
    rotations.sleepHours(22);
    expect(await rotations.run(SCHEDULED)).toEqual(notDue(/^The last rotation failed at 2026-/));
    rotations.sleepHours(3);
    expect(await rotations.run(SCHEDULED)).toMatchObject(ROTATED);
    redden(rotations, 1);
    expect(await rotations.run(ROTATE)).toMatchObject({ result: 'failed', code: 'undone' });
    rotations.sleepHours(2);
    expect(await rotations.run(ROTATE)).toMatchObject(ROTATED);
  });

  test('leaves a rotation that stopped alone for a day, and then resumes it', async () => {
    const rotations = await stopped();
    const { state } = rotations;
    expect(await rotations.run(SCHEDULED)).toEqual(
      notDue(/stopped in retireSecret\..* rotate --resume --environment production\.$/),
    );
    expect(rotations.state).toEqual(state);
    rotations.sleepHours(24);
    expect(await rotations.run(SCHEDULED)).toMatchObject(ROTATED);
  });

  test('resumes at once a rotation whose execution died', async () => {
    const rotations = await dead('grace');
    expect(await rotations.run(SCHEDULED)).toMatchObject(ROTATED);
  });
});

function required({ world }: Rotations) {
  if (world.record === undefined) throw new Error('There is no record.');
  return world.record;
}

test('a person resumes a rotation that stopped', async () => {
  const rotations = await stopped();
  expect(await rotations.run(RESUME)).toMatchObject(ROTATED);
  expect(required(rotations)).toMatchObject({ phase: 'idle', execution: '', last: { outcome: 'rotated' } });
});

describe('abort', () => {
  test.each([
    ['createSecret', false],
    ['finishSecret', true],
    ['grace', true],
  ] as const)('in %s brings the first secret back, alone; after a grace time: %p', async (phase, isCommitted) => {
    const rotations = await Rotations.start();
    const { secret, keySet } = rotations.parameters;
    const rotation = await rotations.runUntil(phase);
    expect(rotations.parameters.secret?.value !== secret?.value).toBe(isCommitted);

    const before = rotations.said.length;
    const abort = rotations.begin(ABORT);
    await rotations.call(abort);
    // What was at work finds with its next call that it is not any more.
    expect(await rotations.goOn(rotation)).toMatchObject({ result: 'done', outcome: 'superseded' });
    expect(await rotations.goOn(abort)).toEqual({
      result: 'done',
      outcome: 'aborted',
      message: 'Aborted by hand. The previous state is restored.',
    });

    expect(rotations.parameters.keySet?.value).toBe(keySet?.value);
    expect(rotations.parameters.secret?.value).toBe(secret?.value);
    // Written only if the next secret had signed: once to it, once back.
    expect(rotations.parameters.secret?.version).toBe((secret?.version ?? 0) + (isCommitted ? 2 : 0));
    const said = rotations.said.slice(before);
    expect(said.some((progress) => progress.result === 'wait' && progress.phase === 'grace')).toBe(isCommitted);
    expect(required(rotations)).toMatchObject({ phase: 'idle', execution: '', last: { outcome: 'aborted' } });
  });
});

test('a rotation whose call died after the repair, before it returned, still rotates', async () => {
  const rotations = await Rotations.start();
  meddle(rotations.world, 'secret', 'a new secret');
  const rotation = await rotations.runUntil('repair', ROTATE);
  let repeated = rotation;
  while (required(rotations).phase === 'repair') {
    repeated = { ...rotation };
    await rotations.call(rotation);
  }
  // The state machine repeats the call with what the one before had said.
  expect(await rotations.goOn(repeated)).toMatchObject(ROTATED);
});

test('a rotation that finds a parameter overwritten restores it, reports it, and then rotates', async () => {
  const rotations = await Rotations.start();
  const first = rotations.parameters.secret?.value ?? '';
  meddle(rotations.world, 'secret', 'a new secret');
  const foreign = rotations.parameters.secret?.value ?? '';
  const said: Progress = await rotations.run(ROTATE);
  expect(said).toMatchObject(ROTATED);
  expect(rotations.world.reported).toContainEqual({
    kind: 'repaired',
    message: 'Parameter /quilt/secret was overwritten.',
  });
  // Put back first, so that tokens of the first secret were accepted all along.
  const values = rotations.world.parameters.history('secret').map(({ value }) => value);
  expect(values).toEqual([first, foreign, first, expect.stringMatching(/^[A-Za-z0-9_-]{64}$/)]);
});

describe('a repair that the canary asks for while a step is recorded', () => {
  const REPAIR: Command = { command: 'repair', trigger: 'canary' };

  async function withForeignValue(isAlive: boolean): Promise<Rotations> {
    const rotations = isAlive ? await underWay('createSecret') : await dead('createSecret');
    meddle(rotations.world, 'secret', 'a new secret');
    return rotations;
  }

  test('is left to the execution that carries it out', async () => {
    const rotations = await withForeignValue(true);
    const { parameters, state } = rotations;
    expect(await rotations.run(REPAIR)).toMatchObject({ result: 'done', outcome: 'nothing-to-do' });
    expect({ parameters: rotations.parameters, state: rotations.state }).toEqual({ parameters, state });
  });

  test('is done, and the rotation finished, when that execution died', async () => {
    const rotations = await withForeignValue(false);
    expect(await rotations.run(REPAIR)).toMatchObject(ROTATED);
    expect(rotations.world.reported).toContainEqual(expect.objectContaining({ kind: 'repaired' }));
  });
});
