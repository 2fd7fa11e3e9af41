import type { Template } from 'aws-cdk-lib/assertions';
import { checkEnvironment } from '../../../config/load.ts';
import type { EnvironmentInput } from '../../../config/schema.ts';
import { everythingImported } from '../../config/support/everything-imported.ts';
import { actionsOf } from '../support/aws-calls.ts';
import { policiesOf, type Statement, statementsOf } from '../support/iam.ts';
import { productionWith, type Synthesised, synthesise } from '../support/synthesise.ts';

const CI = { repository: 'example/quilt-deployment', environment: 'live', pullRequestDiffs: true };
const PROVIDER = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com';
const ROLE = 'arn:aws:iam::111122223333:role/cdk-hnb659fds';

/** Every branch of what is imported: between both, every look of the preflight. */
const IMPORTED: EnvironmentInput = {
  ...everythingImported,
  ci: { ...CI, oidcProvider: { kind: 'import', arn: PROVIDER } },
};
const OF_THE_LISTENER: EnvironmentInput = { ...IMPORTED, certificate: { kind: 'listener' } };

let created: Synthesised;
let imported: Synthesised;
let ofTheListener: Synthesised;

beforeAll(() => {
  created = synthesise(productionWith({ ci: CI }));
  imported = synthesise(checkEnvironment(IMPORTED, 'test'));
  ofTheListener = synthesise(checkEnvironment(OF_THE_LISTENER, 'test'));
});

function deliveryOf({ delivery }: Synthesised): Template {
  if (delivery === undefined) throw new Error('there is no Delivery stack');
  return delivery;
}

function trustOf(template: Template, role: string): unknown {
  const roles = template.findResources('AWS::IAM::Role');
  const [, found] = Object.entries(roles).find(([id]) => id.startsWith(role)) ?? [];
  return found?.Properties.AssumeRolePolicyDocument.Statement;
}

function trusting(provider: unknown, subject: string): unknown {
  return [
    {
      Effect: 'Allow',
      Action: 'sts:AssumeRoleWithWebIdentity',
      Principal: { Federated: provider },
      Condition: {
        StringEquals: {
          'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com',
          'token.actions.githubusercontent.com:sub': subject,
        },
      },
    },
  ];
}

function actionsIn(statements: readonly Statement[]): string[] {
  return statements.flatMap(({ Action }) => Action);
}

test('nothing is created without configured workflows', () => {
  expect(synthesise(productionWith()).delivery).toBeUndefined();
});

test('breaks no rule without saying why', () => {
  expect([created, imported, ofTheListener].flatMap(({ findings }) => findings)).toEqual([]);
});

describe('trust', () => {
  test('the account believes tokens that GitHub made for AWS', () => {
    deliveryOf(created).hasResourceProperties('AWS::IAM::OIDCProvider', {
      Url: 'https://token.actions.githubusercontent.com',
      ClientIdList: ['sts.amazonaws.com'],
    });
  });

  test('uses the provider of the account, and creates none', () => {
    deliveryOf(imported).resourceCountIs('AWS::IAM::OIDCProvider', 0);
    expect(trustOf(deliveryOf(imported), 'Deploy')).toEqual(
      trusting(PROVIDER, 'repo:example/quilt-deployment:environment:live'),
    );
  });

  test('only jobs of the one environment may deploy, and only pull requests may compare, without patterns', () => {
    const [provider] = Object.keys(deliveryOf(created).findResources('AWS::IAM::OIDCProvider'));
    const ref = { Ref: provider };
    const template = deliveryOf(created);
    expect(trustOf(template, 'Deploy')).toEqual(trusting(ref, 'repo:example/quilt-deployment:environment:live'));
    expect(trustOf(template, 'Diff')).toEqual(trusting(ref, 'repo:example/quilt-deployment:pull_request'));
  });

  test('pull requests have no role unless the configuration says so', () => {
    const template = deliveryOf(synthesise(productionWith({ ci: { ...CI, pullRequestDiffs: false } })));
    expect(JSON.stringify(template.toJSON())).not.toContain('pull_request');
  });

  test('the provider outlives the stack, since other repositories may rely on it', () => {
    deliveryOf(created).hasResource('AWS::IAM::OIDCProvider', { DeletionPolicy: 'Retain' });
  });

  test('a repository with immutable subjects is named with its numbers', () => {
    const ci = { repository: 'example@123456/quilt@456789' };
    const template = deliveryOf(synthesise(productionWith({ ci })));
    expect(JSON.stringify(trustOf(template, 'Deploy'))).toContain(
      '"repo:example@123456/quilt@456789:environment:production"',
    );
  });

  test.each([
    ['without an owner', { repository: 'quilt' }, 'ci.repository'],
    ['with the number of one of the two', { repository: 'example@1/quilt' }, 'ci.repository'],
    ['as a pattern', { repository: 'example/*' }, 'ci.repository'],
    ['with an environment that would be another subject', { ...CI, environment: 'a:ref' }, 'ci.environment'],
    [
      'with the provider of another issuer',
      { ...CI, oidcProvider: { kind: 'import', arn: `${PROVIDER}/x` } },
      'ci.oidcProvider.arn',
    ],
  ] as const)('a repository %s is refused', (_, ci, key) => {
    expect(() => productionWith({ ci: ci as EnvironmentInput['ci'] })).toThrow(key);
  });
});

describe('what the roles may do', () => {
  test('a pull request may only assume the CDK’s lookup role', () => {
    expect(statementsOf(deliveryOf(created), 'Diff')).toEqual([
      { Effect: 'Allow', Action: 'sts:AssumeRole', Resource: `${ROLE}-lookup-role-111122223333-us-east-1` },
    ]);
  });

  test("a deploy takes the CDK's four roles of this account and region", () => {
    const [first] = statementsOf(deliveryOf(created), 'Deploy');
    expect(first).toEqual({
      Effect: 'Allow',
      Action: 'sts:AssumeRole',
      Resource: ['deploy', 'file-publishing', 'image-publishing', 'lookup'].map(
        (role) => `${ROLE}-${role}-role-111122223333-us-east-1`,
      ),
    });
  });

  test('a deploy may do exactly what the commands of its workflows call', () => {
    const called = actionsOf(['deploy', 'rollback', 'history', 'show', 'diff', 'canary']);
    // Everybody may ask who they are.
    const needed = [...called].filter((action) => action !== 'sts:GetCallerIdentity');
    // CloudFormation's, in the caller's name.
    const indirect = ['s3:GetObjectVersion', 'ssm:GetParameters', 'sts:AssumeRole'];
    const allowed = [imported, ofTheListener].flatMap((each) => actionsIn(statementsOf(deliveryOf(each), 'Deploy')));
    expect(needed.length).toBeGreaterThan(30);
    expect([...new Set(allowed)].sort()).toEqual([...new Set([...needed, ...indirect])].sort());
  });

  test('a deploy reads the lock and its release record, and writes neither', () => {
    const keysOf = (action: string) =>
      statementsOf(deliveryOf(created), 'Deploy')
        .filter(({ Action }) => [Action].flat().includes(`dynamodb:${action}`))
        .flatMap(({ Condition }) => Object(Condition)['ForAllValues:StringEquals']['dynamodb:LeadingKeys']);
    expect(keysOf('GetItem')).toContain('lock');
    expect(keysOf('Query')).toContain('lock');
    for (const action of ['PutItem', 'UpdateItem', 'DeleteItem']) expect(keysOf(action)).not.toContain('lock');
  });

  test('what is not imported is not looked at', () => {
    const actions = actionsIn(statementsOf(deliveryOf(created), 'Deploy'));
    expect(actions.filter((action) => /^(acm|ec2|ecs|iam|kms|logs|sns):/.test(action))).toEqual([]);
  });

  test('no role may read a secret, through a parameter or a key', () => {
    const statements = policiesOf(deliveryOf(imported)).flatMap((policy) => policy.statements);
    expect(actionsIn(statements).filter((action) => /^kms:(?!DescribeKey)|History/.test(action))).toEqual([]);
    const ofParameters = statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('ssm:')));
    expect(ofParameters.map(({ Resource }) => Resource)).toEqual([
      [
        'arn:aws:ssm:us-east-1:111122223333:parameter/cdk-bootstrap/hnb659fds/version',
        'arn:aws:ssm:us-east-1:111122223333:parameter/quilt/foundation/v1/*',
      ],
    ]);
  });
});
