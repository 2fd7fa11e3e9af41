import { outcomeOf } from '../../../cli/change/deploy-outcome.ts';
import { type RevisionRecord, revisionRecordOf } from '../../../contract/revision.ts';

const DONE = { succeeded: true, interrupted: false };
const FAILED = { succeeded: false, interrupted: false };

const record = (change: Partial<RevisionRecord>): RevisionRecord => ({
  ...revisionRecordOf({ number: { N: '7' }, verdict: { S: 'good' } }),
  ...change,
});
const red = { verdict: 'failed', failedChecks: [{ name: 'no-token-refused', reason: 'accepted' }] } as const;

test.each([
  [
    'a good revision',
    { cdk: DONE, revision: record({}) },
    { result: 'good', message: 'Revision 7 is good.', exitCode: 0 },
  ],
  [
    'break-glass with a red canary',
    { cdk: DONE, revision: record({ ...red, verdict: 'unverified', reason: 'It has to be.' }) },
    {
      result: 'unverified',
      message: 'Revision 7 is unverified: It has to be. (break-glass; not verified: no-token-refused).',
      exitCode: 0,
    },
  ],
  [
    'what was red before as well',
    { cdk: DONE, revision: record({ verdict: 'unverified', closedBecause: 'Red before the deploy as well: x.' }) },
    { result: 'unverified', message: 'Revision 7 is unverified: Red before the deploy as well: x.', exitCode: 0 },
  ],
  [
    'a deploy that changes nothing',
    { cdk: DONE },
    { result: 'unchanged', message: 'No changes: the services already run this version.', exitCode: 0 },
  ],
  [
    'a red canary',
    { cdk: FAILED, revision: record(red) },
    {
      result: 'red',
      message: expect.stringMatching(/^Revision 7 failed its canary: no-token-refused\. /),
      exitCode: 5,
    },
  ],
  [
    'a canary that could not tell',
    {
      cdk: FAILED,
      revision: record({ verdict: 'failed', closedBecause: 'canary-failed: The canary answered no JSON.' }),
    },
    { result: 'red', message: expect.stringContaining('canary-failed'), exitCode: 5 },
  ],
  [
    'a service that does not start',
    {
      cdk: FAILED,
      revision: record({ verdict: 'failed', closedBecause: 'The stack went back to what it was before.' }),
    },
    { result: 'failed', message: expect.stringContaining('went back'), exitCode: 1 },
  ],
  [
    'a service that does not start, of which CloudFormation has said why',
    {
      cdk: FAILED,
      revision: record({
        verdict: 'failed',
        closedBecause: 'The stack went back.',
        stackFailure: { resource: 'Mcp', type: 'AWS::ECS::Service', reason: 'no capacity' },
      }),
    },
    {
      result: 'failed',
      message: 'Revision 7 failed: The stack went back. Mcp (AWS::ECS::Service): no capacity.',
      exitCode: 1,
    },
  ],
  [
    'a refusal of the gate',
    { cdk: FAILED, refusal: 'lock-held: Another deploy holds the deploy lock.' },
    {
      result: 'refused',
      message: 'The deploy gate refused: lock-held: Another deploy holds the deploy lock.',
      exitCode: 3,
    },
  ],
  [
    'another stack that fails before the services',
    { cdk: FAILED },
    { result: 'failed', message: expect.stringContaining('before the services were changed'), exitCode: 1 },
  ],
  [
    'another stack that fails after a good revision',
    { cdk: FAILED, revision: record({}) },
    { result: 'failed', message: expect.stringMatching(/^Revision 7 is good, and the CDK CLI failed/), exitCode: 1 },
  ],
  [
    'a CDK CLI that gave up while CloudFormation continues',
    { cdk: FAILED, revision: record({ verdict: 'open' }) },
    { result: 'failed', message: expect.stringContaining('no verdict yet'), exitCode: 1 },
  ],
  [
    'Ctrl-C while CloudFormation is at it',
    { cdk: { succeeded: false, interrupted: true }, underWay: true, revision: record({ verdict: 'open' }) },
    { result: 'interrupted', message: expect.stringContaining('CloudFormation continues'), exitCode: 130 },
  ],
  [
    'Ctrl-C before CloudFormation was asked',
    { cdk: { succeeded: false, interrupted: true } },
    { result: 'interrupted', message: expect.stringContaining('is not changing anything'), exitCode: 130 },
  ],
])('%s', (_, end, expected) => {
  expect(outcomeOf({ underWay: false, revision: undefined, refusal: undefined, ...end })).toEqual(expected);
});
