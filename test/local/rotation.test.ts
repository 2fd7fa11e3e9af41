/**
 * The secret is rotated, repaired and revoked in a deployed environment. Clients of both eras ask all the while, with tokens that
 * the catalog minted for people, and use each of them until shortly before it expires.
 */

import {
  CloudWatchLogsClient,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { DeleteParameterCommand, GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { generateSecret } from '../../auth/generate-secret.ts';
import { loadEnvironment } from '../../config/load.ts';
import { rotationFunctionName } from '../../lib/names.ts';
import type { LocalEnvironment } from '../../local/run/environment.ts';
import { offerRebuiltImage } from './support/fixture-images.ts';
import { killFunction } from './support/kill-function.ts';
import { startLoad } from './support/load.ts';
import { expectGreen, MINUTES, useLocalEnvironment } from './support/local-environment.ts';
import { Rotations } from './support/rotations.ts';
import { until } from './support/until.ts';
import { writeSecret } from './support/write-secret.ts';

const INCOMING = '/quilt/incoming/next';
const config = loadEnvironment('local');

let environment: LocalEnvironment;
let directory: string;
let rotations: Rotations;
let ssm: SSMClient;

useLocalEnvironment('rotation', { tokenLifetimeSeconds: 10 }, (started) => {
  ({ environment, directory } = started);
  rotations = new Rotations(environment);
  ssm = new SSMClient(environment.clientSettings);
});

/** Runs something under load, and returns what became of the load once each era has asked so often. */
async function underLoad(run: () => Promise<void>, { requestsOfEach = 0 } = {}) {
  // Rests between two calls: the deployments share this machine.
  const load = await startLoad(environment, { renewMs: 1_500, pauseMs: 20 });
  try {
    await run();
    await until('each era has asked often enough', async () => {
      const { legacy, modern } = load.report().byEra;
      return Math.min(legacy, modern) >= requestsOfEach;
    });
  } finally {
    await load.stop();
  }
  return load.report();
}

/** Lines of the rotation function's log that hold a text. */
async function logged(text: string): Promise<number> {
  const logs = new CloudWatchLogsClient(environment.clientSettings);
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}));
  const found = await Promise.all(
    (logGroups ?? [])
      .filter(({ logGroupName }) => logGroupName?.includes('Rotation'))
      .map(({ logGroupName }) => logs.send(new FilterLogEventsCommand({ logGroupName, filterPattern: `"${text}"` }))),
  );
  return found.reduce((sum, { events }) => sum + (events?.length ?? 0), 0);
}

test(
  'a rotation refuses no request, lets a deploy pass in its grace time, and ends the key before',
  async () => {
    const before = await rotations.values();
    const retired = await rotations.longToken();
    // Synthesised before, so that the deploy itself fits into a grace time that is as short as this one.
    const image = offerRebuiltImage(environment.imageDirectory, 'mcp', 'deployed-in-the-grace-time');
    await environment.cdk(['synth', '--quiet', ...environment.context(), '-c', `mcpImage=${image}`]);
    const deploy = [
      'deploy',
      'Services',
      '--exclusively',
      '--method',
      'direct',
      '--app',
      environment.assemblyDirectory,
    ];
    const duringRotation = async () => {
      const execution = await rotations.start('rotate');
      await rotations.recordWhen('the grace time has begun', ({ phase }) => phase === 'grace');
      expect((await rotations.run('rotate')).progress).toMatchObject({ result: 'refused', code: 'rotation-under-way' });
      await environment.cdk([...deploy, '--require-approval', 'never']);
      expect((await rotations.end(execution)).progress).toMatchObject({ result: 'done', outcome: 'rotated' });
    };
    const { refusals, byKey } = await underLoad(duringRotation, { requestsOfEach: 1_000 });

    // Of sessions neither: one that a task did not know would have been refused with 404.
    expect(refusals).toEqual([]);
    const { current } = await rotations.record();
    const uses = Object.entries(byKey);
    expect(uses).toHaveLength(2);
    // The tokens of both keys were used up: those of the key before after the other one had begun to sign.
    for (const [, { lastSeconds }] of uses) expect(lastSeconds).toBeGreaterThan(0);
    expect(byKey[current.keyId]?.requests).toBeGreaterThan(0);

    const after = await rotations.values();
    expect(after.secret === before.secret || after.keySet === before.keySet).toBe(false);
    expect(await rotations.verdictsOn(retired)).toEqual(['401 token_key_id_unknown', '401 token_key_id_unknown']);
    expect(await rotations.verdictsOn(await rotations.longToken())).toEqual(['accepted', 'accepted']);
    await expectGreen(environment);
  },
  4 * MINUTES,
);

test(
  "a rotation to a person's own value survives the death of its function in each phase that writes",
  async () => {
    const value = generateSecret();
    await writeSecret(ssm, INCOMING, `${value}\n`);
    const diedIn = new Set<string>();
    const { refusals } = await underLoad(async () => {
      const execution = await rotations.start('rotate', { fromParameter: INCOMING });
      let deaths = 0;
      await rotations.recordWhen('the rotation has ended', async ({ phase, last }) => {
        // Until a call of this phase has died, and not only a process that waited for its next call.
        if (!diedIn.has(phase)) killFunction(directory, rotationFunctionName(config));
        const failures = await rotations.failures(execution);
        if (failures.length > deaths) diedIn.add(phase);
        deaths = failures.length;
        return last?.execution === execution.arn;
      });
      expect((await rotations.end(execution)).progress).toMatchObject({ result: 'done', outcome: 'rotated' });
    });

    expect([...diedIn]).toEqual(expect.arrayContaining(['createSecret', 'finishSecret', 'retireSecret']));
    expect(refusals).toEqual([]);
    expect((await rotations.values()).secret === value).toBe(true);
    await expect(ssm.send(new GetParameterCommand({ Name: INCOMING }))).rejects.toMatchObject({
      name: 'ParameterNotFound',
    });
    await expectGreen(environment);
  },
  4 * MINUTES,
);

test(
  'an overwritten parameter is restored and announced, and a deleted parameter is recreated',
  async () => {
    const good = await rotations.values();
    const repaired = async (disturb: () => Promise<unknown>) => {
      const { last } = await rotations.record();
      const announced = await logged('secret-repaired');
      await disturb();
      await rotations.recordWhen(
        'the parameter is repaired',
        (record) => record.last?.outcome === 'repaired' && record.last.execution !== last?.execution,
      );
      const now = await rotations.values();
      expect(now.secret === good.secret && now.keySet === good.keySet).toBe(true);
      await until('it is announced', async () => (await logged('secret-repaired')) > announced);
    };

    await repaired(() => writeSecret(ssm, config.signingSecretParameter, generateSecret()));
    await repaired(() => ssm.send(new DeleteParameterCommand({ Name: config.keySetParameter })));
    await expectGreen(environment);
  },
  3 * MINUTES,
);

test(
  'a revocation ends every token that was signed before',
  async () => {
    const token = await rotations.longToken();
    expect(await rotations.verdictsOn(token)).toEqual(['accepted', 'accepted']);
    let said = '';
    const { refusals } = await underLoad(async () => {
      const { progress } = await rotations.run('revoke');
      expect(progress).toMatchObject({ result: 'done', outcome: 'revoked' });
      said = progress?.message ?? '';
    });
    // This one breaks what people have, and the load says so.
    expect(refusals).not.toEqual([]);
    const others = refusals.filter(({ status, reason }) => status !== 401 || reason !== 'token_key_id_unknown');
    expect(others).toEqual([]);
    expect(said).toMatch(/Refused meanwhile: [1-9]\d* requests/);
    expect(await rotations.verdictsOn(token)).toEqual(['401 token_key_id_unknown', '401 token_key_id_unknown']);
    await expectGreen(environment);
  },
  2 * MINUTES,
);
