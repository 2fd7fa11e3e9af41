import { readBreakGlass } from '../../config/context.ts';
import { problemsOf } from './support/problems.ts';

test('the canary decides by default', () => {
  expect(readBreakGlass({})).toBeUndefined();
  expect(readBreakGlass({ canary: 'enforce' })).toBeUndefined();
});

test('report with a reason breaks the glass', () => {
  expect(readBreakGlass({ canary: 'report', reason: 'the registry is down' })).toEqual({
    reason: 'the registry is down',
  });
});

test.each([
  ['report without a reason', { canary: 'report' }, '-c reason', /has a reason/],
  ['a reason without report', { reason: 'why not' }, '-c reason', /goes with -c canary=report/],
  ['a reason to enforce', { canary: 'enforce', reason: 'why not' }, '-c reason', /goes with -c canary=report/],
  ['a blank reason', { canary: 'report', reason: '  ' }, '-c reason', /at most 200 ASCII characters/],
  ['a long reason', { canary: 'report', reason: 'x'.repeat(201) }, '-c reason', /at most 200 ASCII characters/],
  ['a reason that CloudFormation would alter', { canary: 'report', reason: 'café' }, '-c reason', /ASCII/],
  ['a reason of two lines', { canary: 'report', reason: 'one\ntwo' }, '-c reason', /on one line/],
  ['another mode', { canary: 'off' }, '-c canary', /decides about a deploy or only reports/],
])('refuses %s', (_, context, key, rule) => {
  expect(problemsOf(() => readBreakGlass(context))).toEqual([
    { file: 'command line', key, rule: expect.stringMatching(rule), remedy: expect.stringMatching(/./) },
  ]);
});
