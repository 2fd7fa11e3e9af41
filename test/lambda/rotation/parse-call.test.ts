import { parseCall } from '../../../lambda/rotation/parse-call.ts';
import { EXECUTION } from '../deploy-gate/fake-account.ts';

const COMMAND = { command: 'rotate', trigger: 'manual' };
const PROGRESS = {
  result: 'wait',
  phase: 'grace',
  seconds: 65,
  message: 'Tokens of the retired key are still valid.',
};

const callOf = (command: unknown) => ({ execution: EXECUTION, command, progress: command });

test.each(['rotate', 'resume', 'abort', 'repair', 'revoke'])('reads the command %s of every trigger', (command) => {
  for (const trigger of ['manual', 'schedule', 'event', 'canary']) {
    expect(parseCall(callOf({ command, trigger }))).toEqual({ execution: EXECUTION, command: { command, trigger } });
  }
});

test('reads the name of the parameter that holds the next secret', () => {
  const command = { ...COMMAND, fromParameter: '/quilt/incoming/next' };
  expect(parseCall(callOf(command)).command).toEqual(command);
});

test('the first call brings the input of the execution as progress, which says nothing', () => {
  expect(parseCall(callOf(COMMAND))).not.toHaveProperty('progress');
});

test('a later call brings what the one before said', () => {
  expect(parseCall({ execution: EXECUTION, command: COMMAND, progress: PROGRESS }).progress).toEqual(PROGRESS);
});

test('the input of an execution cannot pass for progress', () => {
  expect(() => parseCall(callOf({ ...COMMAND, ...PROGRESS }))).toThrow(/^The input must be a command/);
});

test.each([undefined, null, 'text', [], {}, { execution: 7, command: COMMAND }])(
  'names the execution that %j lacks',
  (event) => {
    expect(() => parseCall(event)).toThrow(/^The call names no execution\. Start an execution of the state machine/);
  },
);

test.each([
  '',
  'execution-1',
  EXECUTION.replace(':execution:', ':stateMachine:'),
  EXECUTION.replace('000000000000', '0'),
  EXECUTION.replace(':states:', ':lambda:'),
  `${EXECUTION} two`,
  `${EXECUTION}\n`,
  `${EXECUTION}${'x'.repeat(200)}`,
])('takes %j for no execution', (execution) => {
  expect(() => parseCall({ execution, command: COMMAND })).toThrow('The call names no execution.');
});

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['null', null],
  ['a text', 'rotate'],
  ['a list', [COMMAND]],
  ['no command', { trigger: 'manual' }],
  ['no trigger', { command: 'rotate' }],
  ['an unknown command', { ...COMMAND, command: 'not-to-be-seen' }],
  ['a command in capitals', { ...COMMAND, command: 'ROTATE' }],
  ['a command of the prototype', { ...COMMAND, command: 'constructor' }],
  ['an unknown trigger', { ...COMMAND, trigger: 'not-to-be-seen' }],
  ['something more', { ...COMMAND, secret: 'not-to-be-seen' }],
])('refuses an input that is or has %s, and does not repeat it', (_, command) => {
  const parse = () => parseCall(callOf(command));
  expect(parse).toThrow(
    /^The input must be a command \(rotate, resume, abort, repair, revoke\) with its trigger \(manual, schedule, event, canary\)\./,
  );
  expect(parse).not.toThrow('not-to-be-seen');
});

test.each<[string, unknown]>([
  ['a command that takes none', { ...COMMAND, command: 'repair', fromParameter: '/quilt/incoming/next' }],
  ['a number', { ...COMMAND, fromParameter: 7 }],
  ['null', { ...COMMAND, fromParameter: null }],
  ['an empty text', { ...COMMAND, fromParameter: '' }],
  ['a relative name', { ...COMMAND, fromParameter: 'not-to-be-seen' }],
  ['a name at the top', { ...COMMAND, fromParameter: '/not-to-be-seen' }],
  ['a secret in its place', { ...COMMAND, fromParameter: '/not/to be seen' }],
  ['an ARN', { ...COMMAND, fromParameter: 'arn:aws:ssm:us-east-1:000000000000:parameter/not/to-be-seen' }],
  ['a version', { ...COMMAND, fromParameter: '/not/to-be-seen:3' }],
  ['an empty part', { ...COMMAND, fromParameter: '/not//to-be-seen' }],
])('refuses fromParameter with %s, and does not repeat it', (_, command) => {
  const parse = () => parseCall(callOf(command));
  expect(parse).toThrow(/^fromParameter is only valid with rotate and must be the name of an SSM parameter\./);
  expect(parse).not.toThrow(/to.be.seen/);
});
