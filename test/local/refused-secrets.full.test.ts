/** A secret that cannot be used stops the first deploy, by its reason and without its value. */
import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DeleteParameterCommand, GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { generateSecret } from '../../auth/generate-secret.ts';
import { createKeySet, serializeKeySet } from '../../auth/key-set.ts';
import { loadEnvironment } from '../../config/load.ts';
import { stackName } from '../../lib/names.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import { writeSecret } from './support/write-secret.ts';

const config = loadEnvironment('local');
const { signingSecretParameter, keySetParameter } = config;
const FOUNDATION = stackName(config, 'foundation');

let environment: LocalEnvironment;
let ssm: SSMClient;

useLocalEnvironment('refused', { deploy: false }, (started) => {
  ({ environment } = started);
  ssm = new SSMClient(environment.clientSettings);
});

beforeAll(() => environment.cdk(['synth', '--quiet', ...environment.context()]), MINUTES);

/** Deploys Foundation as it was synthesised. */
function deployFoundation(onLine?: (line: string) => void): Promise<string> {
  const args = ['--app', environment.assemblyDirectory, '--require-approval', 'never', '--progress', 'events'];
  return environment.cdk(['deploy', 'Foundation', ...args], onLine);
}

/** Deploys Foundation, which has to fail. Returns the lines of the CDK CLI that say why, and all that it printed. */
async function failedDeploy(): Promise<{ reason: string; output: string }> {
  const lines: string[] = [];
  await expect(deployFoundation((line) => lines.push(line))).rejects.toThrow();
  return { reason: lines.filter((line) => /CREATE_FAILED/.test(line)).join('\n'), output: lines.join('\n') };
}

// The development value that the original system shipped, which anyone can read; put together here so that no file has it.
const published = ['development', 'enhanced', 'jwt', 'secret'].join('-');

afterEach(async () => {
  for (const Name of [signingSecretParameter, keySetParameter]) {
    await ssm.send(new DeleteParameterCommand({ Name })).catch(() => undefined);
  }
});

test.each([
  ['published', published, /published/],
  ['too short', generateSecret().slice(0, 20), /20 bytes/],
  ['broken by a blank', `${generateSecret()} ${generateSecret()}`, /white space/],
])(
  'a secret that is %s',
  async (_what, value, reason) => {
    await writeSecret(ssm, signingSecretParameter, value);
    const failed = await failedDeploy();
    expect(failed.reason).toMatch(reason);
    // Compared as a truth value: a failure must not print the text.
    expect(failed.output.includes(value)).toBe(false);
    const kept = await ssm.send(new GetParameterCommand({ Name: signingSecretParameter, WithDecryption: true }));
    expect(kept.Parameter?.Value === value).toBe(true);
  },
  60_000,
);

test('a secret that is not in its key set', async () => {
  await writeSecret(ssm, signingSecretParameter, generateSecret());
  await writeSecret(ssm, keySetParameter, serializeKeySet(await createKeySet([generateSecret()])));
  expect((await failedDeploy()).reason).toMatch(/not among the keys/);
}, 60_000);

test('and the next deploy, without it, works', async () => {
  await deployFoundation();
  const stacks = new CloudFormationClient(environment.clientSettings);
  const { Stacks } = await stacks.send(new DescribeStacksCommand({ StackName: FOUNDATION }));
  expect(Stacks?.[0]?.StackStatus).toBe('CREATE_COMPLETE');
}, 60_000);
