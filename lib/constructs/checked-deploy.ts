import { createHash } from 'node:crypto';
import { ArnFormat, CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { Construct, type IConstruct } from 'constructs';
import type { BreakGlass } from '../../config/context.ts';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { CONTRACT_VERSION, type FoundationReader } from '../foundation-contract.ts';
import { deployGateFunctionName, type ServiceName } from '../names.ts';

/** Longer than the function timeout and Lambda's first retry of a failed event. */
const SERVICE_TIMEOUT = Duration.minutes(7);

export interface CheckedDeployProps {
  readonly config: EnvironmentConfig;
  readonly foundation: FoundationReader;
  /** The images of both services, as their task definitions name them. */
  readonly images: Readonly<Record<ServiceName, string>>;
  /** The deployed resources: created after the gate and before the verdict. */
  readonly deployed: readonly IConstruct[];
  /** @default - the canary decides */
  readonly breakGlass?: BreakGlass | undefined;
  /** Returns the current template of the stack, with tokens. */
  readonly template: () => unknown;
}

/**
 * The two resources that make a plain `cdk deploy` gated, tested and recorded: the deploy gate before all other resources of the stack,
 * and the verdict after them. Both run whenever the template or its input values change, and only then.
 */
export class CheckedDeploy extends Construct {
  #hashing = false;

  constructor(
    scope: Construct,
    id: string,
    { config, foundation, images, deployed, breakGlass, template }: CheckedDeployProps,
  ) {
    super(scope, id);
    const common = {
      // By name: Trust is updated by itself, and an old template must find it.
      serviceToken: Stack.of(this).formatArn({
        service: 'lambda',
        resource: 'function',
        resourceName: deployGateFunctionName(config),
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      }),
      serviceTimeout: SERVICE_TIMEOUT,
      properties: {
        Trigger: Lazy.uncachedString({ produce: () => this.hashOf(template) }),
        Foundation: Lazy.uncachedList({ produce: () => [...foundation.all()] }),
        ContractVersion: String(CONTRACT_VERSION),
        // A rotation waits for the longest lifetime that an earlier revision may have used.
        TokenLifetimeSeconds: String(config.tokenLifetimeSeconds),
        Images: { Catalog: images.catalog, Mcp: images.mcp },
        Canary: breakGlass ? 'report' : 'enforce',
        ...(breakGlass && { Reason: breakGlass.reason }),
      },
    };
    const gate = new CustomResource(this, 'Gate', { ...common, resourceType: 'Custom::DeployGate' });
    const verdict = new CustomResource(this, 'Verdict', { ...common, resourceType: 'Custom::DeployVerdict' });
    for (const construct of deployed) construct.node.addDependency(gate);
    verdict.node.addDependency(gate, ...deployed);
  }

  /** SHA-256 of the template without the triggers. Computed each time: it is final only when the template is written. */
  private hashOf(template: () => unknown): string {
    // The triggers are part of the hashed template.
    if (this.#hashing) return '';
    this.#hashing = true;
    try {
      const rest = JSON.stringify(Stack.of(this).resolve(template()));
      return createHash('sha256').update(rest).digest('hex');
    } finally {
      this.#hashing = false;
    }
  }
}
