import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import { Cluster } from 'aws-cdk-lib/aws-ecs';
import type { Construct } from 'constructs';
import type { BreakGlass } from '../../config/context.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { WELL_KNOWN_PATH } from '../../contract/http.ts';
import * as variables from '../../contract/service-variables.ts';
import { asciiJson } from '../ascii-json.ts';
import { CheckedDeploy } from '../constructs/checked-deploy.ts';
import { DataAccess } from '../constructs/data-access.ts';
import { foundationVpc } from '../constructs/network.ts';
import { WebService } from '../constructs/web-service.ts';
import { FoundationReader } from '../foundation-contract.ts';
import { clusterName } from '../names.ts';

interface ServicesStackProps extends StackProps {
  /** @default - the canary decides on the deploy */
  readonly breakGlass?: BreakGlass;
}

/** The two services and their listener rules: the content of a revision, which rolls back as one. */
export class ServicesStack extends Stack {
  constructor(scope: Construct, id: string, config: EnvironmentConfig, { breakGlass, ...props }: ServicesStackProps) {
    super(scope, id, props);
    const foundation = new FoundationReader(this, config.namePrefix);
    const vpc = foundationVpc(this, config, foundation);
    const cluster = Cluster.fromClusterAttributes(this, 'Cluster', { clusterName: clusterName(config), vpc });
    const common = { config, foundation, vpc, cluster };
    const path = mcpPath(config);

    const mcp = new WebService(this, 'Mcp', {
      ...common,
      service: 'mcp',
      // A pattern with /* does not match the path without its slash. With the host name, a rule has room for five patterns.
      paths: [path, `${path}/*`, `${WELL_KNOWN_PATH}*`],
      environment: {
        [variables.QUILT_DEPLOYMENT]: config.namePrefix,
        [variables.QUILT_TOKEN_LEEWAY_SECONDS]: String(config.tokenLeewaySeconds),
        [variables.QUILT_ALLOWED_ORIGINS]: JSON.stringify(config.allowedOrigins),
      },
    });
    if (config.dataAccess.buckets.length > 0) {
      const access = new DataAccess(mcp, 'DataAccess', { config, foundation, taskRole: mcp.task.taskRole });
      mcp.task.addVariables(access.variables);
      // STS would refuse a task that starts before its permissions exist.
      mcp.service.node.addDependency(access);
    }
    const catalog = new WebService(this, 'Catalog', {
      ...common,
      service: 'catalog',
      environment: {
        [variables.QUILT_ROLES]: asciiJson(config.roles),
        [variables.QUILT_TOKEN_LIFETIME_SECONDS]: String(config.tokenLifetimeSeconds),
        [variables.QUILT_MCP_PATH]: path,
      },
    });
    // Verifiers first: a new kind of token must be accepted before it is minted.
    catalog.service.node.addDependency(mcp.service);
    new CheckedDeploy(this, 'Deploy', {
      config,
      foundation,
      images: { catalog: catalog.task.image, mcp: mcp.task.image },
      deployed: [mcp, catalog],
      breakGlass,
      template: () => this._toCloudFormation(),
    });
    new CfnOutput(this, 'Url', { value: config.publicUrl, description: 'Where the catalog answers' });
  }
}

/**
 * The path of the MCP service under the public URL, without a final slash; everything under it belongs to the service too.
 *
 * The canary and the rotation use the path as configured instead, since the other spelling may be a redirect.
 */
function mcpPath({ services: { mcp } }: Pick<EnvironmentConfig, 'services'>): string {
  return mcp.path.replace(/\/$/, '');
}
