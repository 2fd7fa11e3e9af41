import type { EnvironmentInput } from '../../../config/schema.ts';

/** The same environment in another region and partition. */
export function movedTo(region: string, partition: string, environment: EnvironmentInput): EnvironmentInput {
  const text = JSON.stringify(environment)
    .replaceAll(environment.region, region)
    .replaceAll('arn:aws:', `arn:${partition}:`);
  return JSON.parse(partition === 'aws-cn' ? text.replaceAll('.amazonaws.com/', '.amazonaws.com.cn/') : text);
}
