import { RegionInfo } from 'aws-cdk-lib/region-info';
import type { EnvironmentConfig } from '../../config/schema.ts';
import { resourcesOf, type Template } from '../cloud-assembly.ts';

/** The images that a template starts. */
export interface TemplateImages {
  /** By digest: they have to be there already. */
  readonly given: readonly string[];
  /** By tag: the CDK builds and pushes them when it deploys. */
  readonly built: readonly string[];
}

/** The images of the task definitions of a synthesised template. */
export function imagesOf(template: Template, config: Pick<EnvironmentConfig, 'account' | 'region'>): TemplateImages {
  const images = resourcesOf(template, 'AWS::ECS::TaskDefinition')
    .flatMap(({ Properties }) => containersOf(Properties))
    .map(({ Image }) => textOf(Image, pseudoParameters(config)));
  return {
    given: images.filter((image) => image.includes('@')),
    built: images.filter((image) => !image.includes('@')),
  };
}

function containersOf(properties: TemplateProperties): readonly { readonly Image?: unknown }[] {
  const { ContainerDefinitions: containers } = properties ?? {};
  return Array.isArray(containers) ? containers : [];
}

type TemplateProperties = Readonly<Record<string, unknown>> | undefined;
type Values = Readonly<Record<string, string>>;

/** Account and region are written into the templates; a partition's domain is not. */
function pseudoParameters({ account, region }: Pick<EnvironmentConfig, 'account' | 'region'>): Values {
  const { domainSuffix = 'amazonaws.com', partition = 'aws' } = RegionInfo.get(region);
  return {
    'AWS::AccountId': account,
    'AWS::Region': region,
    'AWS::Partition': partition,
    'AWS::URLSuffix': domainSuffix,
  };
}

/** What CloudFormation makes of a text with pseudo parameters; another reference stays as its name. */
function textOf(value: unknown, values: Values): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return '';
  const { Ref, 'Fn::Sub': sub, 'Fn::Join': join } = value as Readonly<Record<string, unknown>>;
  if (typeof Ref === 'string') return values[Ref] ?? Ref;
  if (typeof sub === 'string') return sub.replace(/\$\{([\w:]+)\}/g, (_, name: string) => values[name] ?? name);
  if (Array.isArray(join) && Array.isArray(join[1])) {
    return join[1].map((part) => textOf(part, values)).join(typeof join[0] === 'string' ? join[0] : '');
  }
  return '';
}
