import { App, CfnWaitConditionHandle, Stack, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { findings } from '../../lib/findings.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const outdir = temporaryDirectory();

// CDK prints the report too.
beforeEach(() => {
  jest.spyOn(console, 'error').mockImplementation();
});
afterEach(() => {
  jest.restoreAllMocks();
});

function stackWithWarning(): Stack {
  const context = { '@aws-cdk/core:annotationsInValidationReport': true };
  const app = new App({ outdir: outdir(), context });
  // CDK writes its report for a plugin, and bin/app.ts has this one.
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const stack = new Stack(app, 'Stack');
  new CfnWaitConditionHandle(stack, 'Something');
  Validations.of(stack).addWarning('careless', 'something is careless');
  return stack;
}

test('a warning, which CDK lets pass, is a finding with its place', () => {
  const stack = stackWithWarning();
  expect(findings(App.of(stack)?.synth().directory ?? '')).toEqual([
    expect.stringMatching(/^Stack: .*careless.*: something is careless/),
  ]);
});

test('an acknowledged rule is not reported', () => {
  const stack = stackWithWarning();
  Validations.of(stack).acknowledge({ id: 'careless', reason: 'It is a test' });
  expect(findings(App.of(stack)?.synth().directory ?? '')).toEqual([]);
});
