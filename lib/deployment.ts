import { type App, Aspects, CfnResource, type StackProps } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import type { IConstruct } from 'constructs';
import type { BreakGlass } from '../config/context.ts';
import type { EnvironmentConfig } from '../config/schema.ts';
import { stackName } from './names.ts';
import { DeliveryStack } from './stacks/delivery-stack.ts';
import { FoundationStack } from './stacks/foundation-stack.ts';
import { OperationsStack } from './stacks/operations-stack.ts';
import { ServicesStack } from './stacks/services-stack.ts';
import { TrustStack } from './stacks/trust-stack.ts';

/**
 * Adds the stacks of one environment to an app.
 *
 * @param environmentName - for the stacks' tags, and for the commands in messages
 * @param breakGlass - why this deploy succeeds even if the canary is red; absent when the canary decides
 */
export function addDeployment(
  app: App,
  environmentName: string,
  config: EnvironmentConfig,
  breakGlass?: BreakGlass,
): void {
  const props = (part: Parameters<typeof stackName>[1], description: string): StackProps => ({
    stackName: stackName(config, part),
    description,
    env: { account: config.account, region: config.region },
    tags: { project: 'quilt-mcp-deploy', environment: environmentName },
  });
  limitRoles(app, config);
  const foundation = new FoundationStack(app, 'Foundation', config, {
    ...props('foundation', 'Quilt MCP: network, load balancer, secret and everything else that has state'),
    terminationProtection: config.terminationProtection,
  });
  const trust = new TrustStack(app, 'Trust', config, {
    ...props('trust', 'Quilt MCP: the functions that watch over the trust of both services'),
    environmentName,
    // Every change of Services, even its deletion, calls the deploy gate.
    terminationProtection: config.terminationProtection,
  });
  const services = new ServicesStack(app, 'Services', config, {
    ...props('services', 'Quilt MCP: catalog and MCP service'),
    ...(breakGlass && { breakGlass }),
  });
  const operations = new OperationsStack(app, 'Operations', config, {
    ...props('operations', 'Quilt MCP: alarms about the trust of both services'),
    environmentName,
  });
  // The stacks refer to each other by name, without CDK references, so CDK cannot derive the order.
  trust.addStackDependency(foundation, 'reads the contract of Foundation');
  services.addStackDependency(foundation, 'reads the contract of Foundation');
  services.addStackDependency(trust, 'is admitted by the deploy gate');
  operations.addStackDependency(services, 'watches over what is running');
  if (config.ci === undefined) return;
  const delivery = new DeliveryStack(
    app,
    'Delivery',
    config,
    config.ci,
    props('delivery', "Quilt MCP: what a repository's workflows deploy with"),
  );
  delivery.addStackDependency(foundation, 'reads the contract of Foundation');
}

/**
 * Gives every role in `scope` the permissions boundary and the path that the account requires. Matches the resource type, since the
 * roles of CDK's own functions are no `CfnRole`.
 */
export function limitRoles(scope: IConstruct, { iam: { permissionsBoundary, rolePath } }: EnvironmentConfig): void {
  if (permissionsBoundary === undefined && rolePath === undefined) return;
  Aspects.of(scope).add({
    visit(node) {
      if (!CfnResource.isCfnResource(node) || node.cfnResourceType !== CfnRole.CFN_RESOURCE_TYPE_NAME) return;
      if (permissionsBoundary !== undefined) node.addPropertyOverride('PermissionsBoundary', permissionsBoundary);
      if (rolePath !== undefined) node.addPropertyOverride('Path', rolePath);
    },
  });
}
