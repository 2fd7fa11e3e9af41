import { App, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Bucket } from 'aws-cdk-lib/aws-s3';
import { limitRoles } from '../../lib/deployment.ts';
import { productionWith } from './support/synthesise.ts';

const BOUNDARY = 'arn:aws:iam::111122223333:policy/workloads';

test('a role that the CDK creates for its own function has boundary and path too', () => {
  // GIVEN
  const app = new App();
  limitRoles(app, productionWith({ iam: { permissionsBoundary: BOUNDARY, rolePath: '/quilt/' } }));
  const stack = new Stack(app, 'Stack');
  new Role(stack, 'Ours', { assumedBy: new ServicePrincipal('lambda.amazonaws.com'), path: '/other/' });
  // Emptied by a function of CDK's, whose role is no construct of aws-iam.
  new Bucket(stack, 'Emptied', { removalPolicy: RemovalPolicy.DESTROY, autoDeleteObjects: true });

  // THEN
  const roles = Object.values(Template.fromStack(stack).findResources('AWS::IAM::Role'));
  expect(roles).toHaveLength(2);
  for (const { Properties } of roles)
    expect(Properties).toMatchObject({ PermissionsBoundary: BOUNDARY, Path: '/quilt/' });
});
