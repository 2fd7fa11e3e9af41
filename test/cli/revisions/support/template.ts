import { createHash } from 'node:crypto';

/** What a Services template of a test says. */
export interface TemplateOptions {
  readonly mcp?: string;
  readonly catalog?: string;
  /** Break-glass, and why. */
  readonly reason?: string;
  /** More of the template, such as another resource. */
  readonly resources?: Record<string, unknown>;
}

/** The image of a service, of which nothing but the digest differs. */
export function image(service: 'catalog' | 'mcp', digit: string): string {
  return `111122223333.dkr.ecr.us-east-1.amazonaws.com/${service}@sha256:${digit.repeat(64)}`;
}

/** A Services template that is small, and has what the commands look at. */
export function servicesTemplate({
  mcp = image('mcp', '1'),
  catalog = image('catalog', '1'),
  reason,
  resources,
}: TemplateOptions = {}) {
  const of = (Trigger: string) => {
    const Properties = {
      ServiceToken: 'arn:aws:lambda:us-east-1:111122223333:function:quilt-deploy-gate',
      Trigger,
      Foundation: [{ Ref: 'VpcId' }],
      ContractVersion: '1',
      Images: { Catalog: catalog, Mcp: mcp },
      ...(reason === undefined ? { Canary: 'enforce' } : { Canary: 'report', Reason: reason }),
    };
    return {
      Parameters: {
        VpcId: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/quilt/foundation/v1/vpc-id' },
        New: { Type: 'String', Default: 'its default' },
      },
      Resources: {
        McpDefinition: taskDefinition('mcp', mcp),
        CatalogDefinition: taskDefinition('catalog', catalog),
        ...resources,
        Gate: { Type: 'Custom::DeployGate', Properties },
        Verdict: { Type: 'Custom::DeployVerdict', Properties },
      },
    };
  };
  return of(sha256(JSON.stringify(of(''))));
}

function taskDefinition(name: string, imageName: string) {
  const version = imageName.replace(/^.*@sha256:/, '').slice(0, 12);
  const Environment = [
    { Name: 'PORT', Value: '8080' },
    { Name: 'QUILT_VERSION', Value: version },
  ];
  return {
    Type: 'AWS::ECS::TaskDefinition',
    Properties: { Family: `quilt-${name}`, ContainerDefinitions: [{ Name: name, Image: imageName, Environment }] },
  };
}

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
