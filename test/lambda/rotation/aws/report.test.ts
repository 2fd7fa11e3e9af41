import { report } from '../../../../lambda/rotation/aws/report.ts';
import type { Event } from '../../../../lambda/rotation/ports.ts';
import { EXECUTION } from '../../deploy-gate/fake-account.ts';
import { outputOf } from '../../support/captured-output.ts';
import { RECORD } from '../support/record.ts';

/** What is written of an event, line by line. */
async function reported(event: Event): Promise<readonly unknown[]> {
  const lines = await outputOf(async () => report('quilt', event));
  return lines.map((line) => JSON.parse(line));
}

/** One metric as CloudWatch reads it from a log line. */
function metric(name: string, value: number) {
  return {
    _aws: {
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [{ Namespace: 'Quilt/Trust', Dimensions: [['Deployment']], Metrics: [{ Name: name }] }],
    },
    Deployment: 'quilt',
    [name]: value,
  };
}

test('a repair is an error in the log, and counted for its alarm', async () => {
  const message = 'Parameter /quilt/secret was overwritten.';
  expect(await reported({ kind: 'repaired', message })).toEqual([
    { level: 'error', message, event: 'secret-repaired' },
    metric('SecretRepaired', 1),
  ]);
});

test('a rotation that stopped is an error in the log; the alarm is of its execution, which fails', async () => {
  const message = 'The canary is red.';
  expect(await reported({ kind: 'stopped', message })).toEqual([
    { level: 'error', message, event: 'rotation-stopped' },
  ]);
});

test('the age of the secret is a metric alone', async () => {
  expect(await reported({ kind: 'age', days: 12.5 })).toEqual([metric('SecretAgeDays', 12.5)]);
});

test('a step reports the phase of the rotation, and nothing else of the record', async () => {
  expect(await reported({ kind: 'step', message: 'The rotation begins.', record: RECORD })).toEqual([
    {
      level: 'info',
      message: 'The rotation begins.',
      phase: 'createSecret',
      direction: 'forward',
      execution: EXECUTION,
    },
  ]);
});
