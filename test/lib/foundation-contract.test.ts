import { App, CfnResource, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { FoundationReader, foundationParameterName, PublishedFoundation } from '../../lib/foundation-contract.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Written down a second time on purpose: the template of an old revision still asks for each of these. */
const VERSION_1 = [
  'catalog-log-group',
  'encryption-key-arn',
  'listener-arn',
  'load-balancer-dns-name',
  'load-balancer-security-group-id',
  'mcp-log-group',
  'private-subnet-ids',
  'revision-bucket-name',
  'state-table-name',
  'vpc-id',
] as const;

const outdir = temporaryDirectory();

const published = () => {
  const stack = new Stack(new App({ outdir: outdir() }), 'Foundation');
  const values = Object.fromEntries(VERSION_1.map((name) => [name, `value of ${name}`]));
  new PublishedFoundation(stack, 'Published', 'quilt', values as Record<(typeof VERSION_1)[number], string>);
  return Template.fromStack(stack);
};

test('version 1 keeps every value that it ever had, under the name that it ever had', () => {
  const parameters = Object.values(published().findResources('AWS::SSM::Parameter')).map(({ Properties }) => [
    Properties.Name,
    Properties.Value,
  ]);
  for (const name of VERSION_1) expect(parameters).toContainEqual([`/quilt/foundation/v1/${name}`, `value of ${name}`]);
});

test('what is read is looked up at deployment, once, under the published name', () => {
  // GIVEN
  const stack = new Stack(new App({ outdir: outdir() }), 'Reader');
  const reader = new FoundationReader(stack, 'quilt');

  // WHEN
  const properties = { One: reader.get('vpc-id'), Other: reader.get('vpc-id') };
  new CfnResource(stack, 'User', {
    type: 'Custom::User',
    properties: { ServiceToken: 'arn:aws:sns:us-east-1:000000000000:any', ...properties },
  });

  // THEN
  const template = Template.fromStack(stack);
  template.hasResourceProperties('Custom::User', { One: { Ref: 'VpcId' }, Other: { Ref: 'VpcId' } });
  expect(template.findParameters('VpcId')).toMatchObject({
    VpcId: { Type: 'AWS::SSM::Parameter::Value<String>', Default: foundationParameterName('quilt', 'vpc-id') },
  });
});
