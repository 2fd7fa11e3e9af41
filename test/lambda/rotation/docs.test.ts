import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { CfnAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { loadEnvironment } from '../../../config/load.ts';
import type { Phase, RefusalCode } from '../../../contract/rotation.ts';
import { TrustAlarms } from '../../../lib/constructs/alarms.ts';
import { MUTANTS } from './model/mutants.ts';

const lines = readFileSync(join(__dirname, '../../../docs/rotation.md'), 'utf8').split('\n');

/** First cells of the tables of `docs/rotation.md`. */
const documented = lines.flatMap((line) => /^\| `([A-Za-z-]+)` +\|/.exec(line)?.[1] ?? []);
/** Its headings, as a link to them ends. */
const anchors = lines.flatMap((line) => /^##+ (.+)/.exec(line)?.[1]?.toLowerCase().replaceAll(' ', '-') ?? []);
const rules = lines.flatMap((line) => /^(\d+)\. \*\*/.exec(line)?.[1] ?? []).map(Number);

// Records, so that the compiler misses none.
const PHASES: Readonly<Record<Phase, true>> = {
  idle: true,
  createSecret: true,
  testSecret: true,
  finishSecret: true,
  grace: true,
  retireSecret: true,
  repair: true,
  revokeSecret: true,
};
const REFUSALS: Readonly<Record<RefusalCode, true>> = {
  'rotation-under-way': true,
  'rotation-unfinished': true,
  'nothing-to-resume': true,
  'nothing-to-abort': true,
  'no-way-back': true,
  'deploy-under-way': true,
  'incoming-invalid': true,
  'parameters-invalid': true,
};

test.each(Object.keys({ ...PHASES, ...REFUSALS }))('%s has its row in the documentation', (name) => {
  expect(documented).toContain(name);
});

test('every rule that the model takes out is documented, by its number', () => {
  expect(rules).toEqual([...new Set(MUTANTS.map(({ rule }) => rule))].sort((one, other) => one - other));
});

test('every alarm has its section of the runbook', () => {
  const stack = new Stack(new App(), 'Alarms');
  new TrustAlarms(stack, 'Alarms', {
    environmentName: 'production',
    config: loadEnvironment('production'),
    topic: new Topic(stack, 'Topic'),
  });
  const alarms = stack.node.findAll().filter((child) => child instanceof CfnAlarm);
  const links = alarms.map(({ alarmDescription }) => /docs\/rotation\.md#(\S+)$/.exec(alarmDescription ?? '')?.[1]);
  expect(links).not.toHaveLength(0);
  expect(anchors).toEqual(expect.arrayContaining(links));
});

test('every link leads to a heading', () => {
  const links = lines.flatMap((line) => [...line.matchAll(/\]\(#([^)]+)\)/g)]).map(([, anchor]) => anchor);
  expect(links).not.toHaveLength(0);
  expect(anchors).toEqual(expect.arrayContaining(links));
});
