import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The part of a CloudFormation template that is read here. */
export interface Template {
  readonly Resources?: Readonly<Record<string, TemplateResource>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
}

/** The CDK bootstrap stack that a stack requires. */
export interface BootstrapNeed {
  /** The SSM parameter that holds the version. */
  readonly parameter: string;
  readonly version: number;
}

/** A synthesised stack. */
export interface AssemblyStack {
  /** Its name for the CDK CLI. */
  readonly id: string;
  readonly stackName: string;
  readonly template: Template;
  readonly bootstrap: BootstrapNeed | undefined;
}

/** The part of the manifest that is read; its schema is that of `@aws-cdk/cloud-assembly-schema`. */
interface Manifest {
  readonly artifacts?: Readonly<
    Record<
      string,
      {
        readonly type: string;
        readonly properties?: {
          readonly templateFile?: string;
          readonly stackName?: string;
          readonly requiresBootstrapStackVersion?: number;
          readonly bootstrapStackVersionSsmParameter?: string;
        };
      }
    >
  >;
}

/**
 * The stacks of a cloud assembly that `cdk synth` wrote.
 *
 * @param directory - the assembly
 * @throws Error when it is missing or incomplete
 */
export function readAssembly(directory: string): readonly AssemblyStack[] {
  const { artifacts = {} }: Manifest = read(directory, 'manifest.json');
  return Object.entries(artifacts).flatMap(([id, { type, properties = {} }]) => {
    const { templateFile, stackName = id } = properties;
    if (type !== 'aws:cloudformation:stack' || templateFile === undefined) return [];
    const template: Template = read(directory, templateFile);
    return [{ id, stackName, template, bootstrap: bootstrapOf(properties) }];
  });
}

function bootstrapOf({
  requiresBootstrapStackVersion: version,
  bootstrapStackVersionSsmParameter: parameter,
}: {
  readonly requiresBootstrapStackVersion?: number;
  readonly bootstrapStackVersionSsmParameter?: string;
}): BootstrapNeed | undefined {
  return version === undefined || parameter === undefined ? undefined : { version, parameter };
}

function read<T>(directory: string, file: string): T {
  return JSON.parse(readFileSync(join(directory, file), 'utf8'));
}

/** The resources of a type. */
export function resourcesOf({ Resources = {} }: Template, type: string): readonly TemplateResource[] {
  return Object.values(Resources).filter(({ Type }) => Type === type);
}
