import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { EnvironmentConfig } from '../config/schema.ts';
import { clusterName, serviceName } from './names.ts';

/** The ARNs of both ECS services, as the stack of `scope` addresses them: Services makes them later. */
export function serviceArns(scope: Construct, config: EnvironmentConfig): string[] {
  return (['catalog', 'mcp'] as const).map((service) =>
    Stack.of(scope).formatArn({
      service: 'ecs',
      resource: 'service',
      resourceName: `${clusterName(config)}/${serviceName(config, service)}`,
    }),
  );
}
