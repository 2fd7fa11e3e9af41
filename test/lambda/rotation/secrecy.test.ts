import type { Command } from '../../../contract/rotation.ts';
import { formsOf } from '../../../lambda/canary/secret-texts.ts';
import { meddle } from './model/people.ts';
import { keysOf } from './model/store.ts';
import { ROTATE, Rotations } from './support/rotations.ts';

const INCOMING = '/quilt/incoming/next';
const FROM_A_PERSON = 'left-by-a-person-Zq7vR2mK9xT4wB6n';

const manual = (command: Command['command']): Command => ({ command, trigger: 'manual' });

/** Every secret that a parameter ever held or a person left. */
function secretsEver({ world: { parameters } }: Rotations): readonly string[] {
  const sets = parameters
    .history('keySet')
    .flatMap(({ value }) => keysOf(value) ?? [])
    .map(({ secret }) => secret);
  return [...new Set([...parameters.history('secret').map(({ value }) => value), ...sets, FROM_A_PERSON])];
}

test.each<[string, string, number, (rotations: Rotations) => Promise<unknown>]>([
  ['a rotation', 'rotated', 2, (rotations) => rotations.run(ROTATE)],
  [
    'a rotation to a secret that a person left',
    'rotated',
    2,
    (rotations) => {
      rotations.world.incoming.set(INCOMING, `${FROM_A_PERSON}\n`);
      return rotations.run({ ...ROTATE, fromParameter: INCOMING });
    },
  ],
  [
    'a rotation that is aborted',
    'aborted',
    2,
    async (rotations) => {
      await rotations.runUntil('grace');
      return rotations.run(manual('abort'));
    },
  ],
  [
    'a rotation that is undone',
    'undone',
    2,
    (rotations) => {
      rotations.world.redUntil = rotations.world.now + 3_600_000;
      return rotations.run(ROTATE);
    },
  ],
  [
    'a repair',
    'repaired',
    2,
    (rotations) => {
      meddle(rotations.world, 'secret', 'a new secret');
      return rotations.run({ command: 'repair', trigger: 'event' });
    },
  ],
  [
    'a revocation',
    'revoked',
    2,
    (rotations) => {
      rotations.world.mayRevoke = true;
      return rotations.run(manual('revoke'));
    },
  ],
])('%s returns, reports and records no secret, no key and no token', async (_, outcome, count, act) => {
  const rotations = await Rotations.start();
  await act(rotations);
  const { world, said, written } = rotations;
  expect(world.record?.last?.outcome).toBe(outcome);
  const secrets = secretsEver(rotations);
  expect(secrets.length).toBeGreaterThanOrEqual(count);

  const shown = [JSON.stringify(said), JSON.stringify(world.reported), ...written].join('\n');
  expect(shown).toContain(world.record?.current.keyId);
  const forms = secrets.flatMap(formsOf);
  expect(forms.filter((form) => shown.includes(form))).toEqual([]);
  // Every token begins like this: it is the base64url of `{"`.
  expect(shown).not.toMatch(/eyJ[A-Za-z0-9_-]{8,}/);
});
