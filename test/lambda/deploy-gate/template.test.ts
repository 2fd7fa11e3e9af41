import { createHash } from 'node:crypto';
import { closeServers } from '../support/servers.ts';
import { OLD_TRIGGER, PROPERTIES, Sender, TRIGGER } from './events.ts';
import { FakeAccount, STACK, templateOf } from './fake-account.ts';

const CHANGE_SET = 'arn:aws:cloudformation:us-east-1:000000000000:changeSet/cdk-deploy/one';
const KEY = 'revisions/000001.json';

let account: FakeAccount;
let cloudformation: Sender;

beforeEach(async () => {
  account = await FakeAccount.start();
  cloudformation = new Sender(account);
});

afterEach(closeServers);

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** A template whose trigger is the hash of it without the triggers, as synthesis makes it. */
function hashedTemplate(description: string): { readonly trigger: string; readonly text: string } {
  const trigger = sha256(JSON.stringify(JSON.parse(templateOf('', description))));
  return { trigger, text: templateOf(trigger, description) };
}

test('is stored unchanged, with the parameters of the stack', async () => {
  const text = templateOf(TRIGGER, 'A <stack> & more');
  account.templates.set(STACK, text);
  account.stackParameters.ListenerArn = '/quilt/foundation/v1/listener-arn';
  await cloudformation.gate();
  expect(account.objects.get(KEY)).toBe(text);
  expect(account.contentTypes.get(KEY)).toBe('application/json');
  expect(account.revisions[0]).toMatchObject({
    template: { M: { key: { S: KEY }, sha256: { S: sha256(text) } } },
    stackParameters: { M: { ListenerArn: { S: '/quilt/foundation/v1/listener-arn' } } },
  });
});

test('comes from the change set while the stack still has the one before', async () => {
  account.templates.set(STACK, templateOf(OLD_TRIGGER));
  account.templates.set(CHANGE_SET, templateOf(TRIGGER));
  account.changeSet = CHANGE_SET;
  await cloudformation.gate();
  expect(account.objects.get(KEY)).toBe(templateOf(TRIGGER));
});

test('is stored if the question marks are its own', async () => {
  const { trigger, text } = hashedTemplate('Who is there?');
  account.templates.set(STACK, text);
  await cloudformation.gate({ properties: { ...PROPERTIES, Trigger: trigger } });
  expect(account.objects.get(KEY)).toBe(text);
});

/** Why a template cannot be had, and the code that the log has. */
const UNAVAILABLE: readonly [string, () => unknown, string][] = [
  [
    'CloudFormation has another one only',
    () => account.templates.set(STACK, templateOf(OLD_TRIGGER)),
    'template-unknown',
  ],
  ['what CloudFormation has is no JSON', () => account.templates.set(STACK, 'Resources: {}'), 'template-unknown'],
  ['what CloudFormation has is no template', () => account.templates.set(STACK, 'null'), 'template-unknown'],
  [
    'its change set is gone',
    () => Object.assign(account, { changeSet: CHANGE_SET }) && account.templates.set(STACK, templateOf(OLD_TRIGGER)),
    'aws-call-failed',
  ],
  ['CloudFormation may not be asked', () => account.failing.add('GetTemplate'), 'aws-call-failed'],
  ['the bucket may not be written', () => account.failing.add('PutObject'), 'aws-call-failed'],
];

describe.each(UNAVAILABLE)('when %s', (_, prepare, code) => {
  beforeEach(prepare);

  test('the deploy continues without it, and the log says why', async () => {
    const gate = await cloudformation.gate();
    const verdict = await cloudformation.verdict();
    expect([gate.Status, verdict.Status, account.verdicts]).toEqual(['SUCCESS', 'SUCCESS', ['good']]);
    expect(account.revisions[0]).not.toHaveProperty('template');
    for (const { logs } of [gate, verdict]) {
      expect(logs).toContain(`"level":"error","message":"template not kept","revision":1,"code":"${code}"`);
      expect(logs).not.toContain('not-to-be-seen');
    }
  });

  test('the verdict tries again', async () => {
    await cloudformation.gate();
    account.failing.clear();
    account.templates.set(STACK, templateOf(TRIGGER));
    await cloudformation.verdict();
    expect(account.objects.get(KEY)).toBe(templateOf(TRIGGER));
    expect(account.revisions[0]).toMatchObject({
      verdict: { S: 'good' },
      template: { M: { key: { S: KEY }, sha256: { S: sha256(templateOf(TRIGGER)) } } },
    });
  });
});

test('with question marks that CloudFormation has put into it is not kept', async () => {
  const { trigger, text } = hashedTemplate('Die Größe');
  account.templates.set(STACK, text.replaceAll(/[^ -~\n]/g, '?'));
  const { Status, logs } = await cloudformation.gate({ properties: { ...PROPERTIES, Trigger: trigger } });
  expect(Status).toBe('SUCCESS');
  expect(account.objects.size).toBe(0);
  expect(account.revisions[0]).not.toHaveProperty('template');
  expect(logs).toContain('"code":"template-altered"');
});

test('is asked for once when the gate has kept it', async () => {
  await cloudformation.gate();
  await cloudformation.verdict();
  expect(account.operations.filter((operation) => operation === 'PutObject')).toHaveLength(1);
});
