import { generateSecret } from '../../../auth/generate-secret.ts';
import type { Command } from '../../../contract/rotation.ts';
import { keysOf } from './model/store.ts';
import { type Execution, ROTATE, Rotations } from './support/rotations.ts';

const mockPublished = 'published-'.repeat(4);

jest.mock('../../../auth/published-secrets.ts', () => ({
  isPublishedSecret: (value: string) => value === mockPublished,
  isInPublicList: () => false,
}));

const NAME = '/quilt/incoming/next';
const COMMAND: Command = { ...ROTATE, fromParameter: NAME };
const GOOD = generateSecret();

async function start(value: string | undefined): Promise<Rotations> {
  const rotations = await Rotations.start();
  if (value !== undefined) rotations.world.incoming.set(NAME, value);
  return rotations;
}

/** The secrets of the set. */
function accepted({ parameters }: Rotations): readonly string[] | undefined {
  return keysOf(parameters.keySet?.value ?? '')?.map(({ secret }) => secret);
}

test.each([
  ['unchanged', GOOD],
  ['with a trailing newline', `${GOOD}\n`],
  ['with white space around it', `\ufeff ${GOOD}\r\n`],
])('a secret %s is trimmed, used, and deleted where it was', async (_, value) => {
  const rotations = await start(value);
  const execution = await rotations.runUntil('createSecret', COMMAND);
  // It stands in the set by then, and nowhere else.
  expect(accepted(rotations)).toContain(GOOD);
  expect(rotations.world.incoming.has(NAME)).toBe(false);

  expect(await rotations.goOn(execution)).toMatchObject({ result: 'done', outcome: 'rotated' });
  expect(rotations.parameters.secret?.value).toBe(GOOD);
  expect(accepted(rotations)).toEqual([GOOD]);
});

test.each<[string, string | undefined, RegExp]>([
  ['short', 'only-twenty-two-bytes!', /22 bytes; at least 32/],
  ['long', 'x'.repeat(1_025), /1025 bytes; at most 1024/],
  ['broken by white space', `${GOOD} ${GOOD}`, /white space inside/],
  ['one that was published', `${mockPublished}\n`, /published value/],
  ['in quotation marks', `"${GOOD}"`, /enclosed in quotation marks/],
  ['a line of an .env file', `SECRET=${GOOD}`, /begins with a name/],
  ['a placeholder', 'changeme-4711-please-do-it-before-release', /examples and development settings/],
  ['nothing but white space', ' \n', /missing or contains only white space/],
  ['not there', undefined, /is not a SecureString, or does not exist/],
])('a secret that is %s is refused, and stays for its person to correct', async (_, value, message) => {
  const rotations = await start(value);
  const { parameters, state } = rotations;
  const said = await rotations.run(COMMAND);
  expect(said).toEqual({ result: 'refused', code: 'incoming-invalid', message: expect.stringMatching(message) });
  expect(said.message).toContain(NAME);
  if (value !== undefined && value.trim() !== '') expect(JSON.stringify(said)).not.toContain(value.trim());
  expect(rotations.world.incoming.get(NAME)).toBe(value);
  expect({ parameters: rotations.parameters, state: rotations.state }).toEqual({ parameters, state });
  // Nobody waits for a rotation that did not begin.
  expect(rotations.world.lock).toBeUndefined();
});

test('the current signing secret is refused as the next one', async () => {
  const rotations = await start(undefined);
  const { secret } = rotations.parameters;
  rotations.world.incoming.set(NAME, `${secret?.value}\n`);
  const said = await rotations.run(COMMAND);
  expect(said).toMatchObject({ result: 'refused', code: 'incoming-invalid' });
  expect(said.message).toContain('the current signing secret');
  expect(rotations.world.incoming.has(NAME)).toBe(true);
  expect(accepted(rotations)).toEqual([secret?.value]);
});

test('during a deploy the secret is kept for later', async () => {
  const rotations = await start(GOOD);
  rotations.world.deploys.begin(60, false);
  expect(await rotations.run(COMMAND)).toMatchObject({ result: 'refused', code: 'deploy-under-way' });
  expect(rotations.world.incoming.get(NAME)).toBe(GOOD);
});

/** Has the function be killed after its first write of the record, before the set is written. */
async function kill(rotations: Rotations, execution: Execution): Promise<void> {
  const { parameters } = rotations.world;
  const { put } = parameters;
  parameters.put = () => {
    throw new Error('killed');
  };
  await expect(rotations.call(execution)).rejects.toThrow('killed');
  parameters.put = put;
}

test('a secret that is gone by the time it is needed is not replaced by one that its person does not know', async () => {
  const rotations = await start(GOOD);
  const { secret, keySet } = rotations.parameters;
  const execution = rotations.begin(COMMAND);
  await kill(rotations, execution);
  rotations.world.incoming.delete(NAME);

  expect(await rotations.goOn(execution)).toMatchObject({ result: 'failed', code: 'undone' });
  expect(rotations.parameters.secret?.value).toBe(secret?.value);
  expect(rotations.parameters.keySet?.value).toBe(keySet?.value);
});

test('a secret that was corrected for the worse by the time it is needed stays, on the way back too', async () => {
  const rotations = await start(GOOD);
  const execution = rotations.begin(COMMAND);
  await kill(rotations, execution);
  rotations.world.incoming.set(NAME, 'only-twenty-two-bytes!');

  expect(await rotations.goOn(execution)).toMatchObject({ result: 'failed', code: 'undone' });
  expect(rotations.world.incoming.get(NAME)).toBe('only-twenty-two-bytes!');
});
