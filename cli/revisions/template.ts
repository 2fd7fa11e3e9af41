import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RevisionRecord } from '../../contract/revision.ts';
import { errorName } from '../../contract/safe-error.ts';
import { awsFailure } from '../aws-failure.ts';
import type { TemplateResource } from '../cloud-assembly.ts';
import { CommandError, EXIT } from '../exit-codes.ts';

/** The part of a Services template that the commands read. */
export interface Template {
  readonly Parameters?: Readonly<Record<string, unknown>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
}

/** The first and the last resource of every deployment. */
export const GATE_TYPES: readonly string[] = ['Custom::DeployGate', 'Custom::DeployVerdict'];

export const TASK_DEFINITION_TYPE = 'AWS::ECS::TaskDefinition';

/** Whether a value is an object with members. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads the text of a template.
 *
 * @throws Error when it is not a template
 */
export function parseTemplate(text: string): Template {
  const template: unknown = JSON.parse(text);
  if (!isObject(template) || !isObject(template.Resources)) throw new Error('This is no CloudFormation template.');
  return template as unknown as Template;
}

/** A template with each resource as `change` makes it; `undefined` leaves it out. */
export function mapResources(
  template: Template,
  change: (resource: TemplateResource) => TemplateResource | undefined,
): Template {
  const resources = Object.entries(template.Resources).flatMap(([id, resource]) => {
    const changed = change(resource);
    return changed === undefined ? [] : [[id, changed] as const];
  });
  return { ...template, Resources: Object.fromEntries(resources) };
}

/** Where the templates of an environment's revisions are. */
export interface TemplateStore {
  readonly s3: S3Client;
  readonly bucket: string;
}

/** The Services template of a revision, as it was deployed. */
export interface StoredTemplate {
  readonly text: string;
  readonly template: Template;
}

/**
 * Reads the template of a revision and verifies its hash against the record: write access to the bucket must not
 * decide what is deployed.
 *
 * @throws CommandError (3) when there is none, when it is not the one that was deployed, or when AWS refuses the caller; (4)
 *   when it cannot be read otherwise
 */
export async function readStoredTemplate(
  { s3, bucket }: TemplateStore,
  { number, template }: Pick<RevisionRecord, 'number' | 'template'>,
): Promise<StoredTemplate> {
  if (template === undefined) {
    throw refusal(`Revision ${number} has no template: it could not be stored during the deployment.`);
  }
  const text = await readObject(s3, bucket, template.key).catch((error: unknown) => {
    if (errorName(error) !== 'NoSuchKey') throw awsFailure(`Could not read the template of revision ${number}`, error);
    throw refusal(`The template of revision ${number} is no longer in the bucket: ${bucket}, ${template.key}.`);
  });
  if (createHash('sha256').update(text).digest('hex') !== template.sha256) {
    throw refusal(
      `The template of revision ${number} is not the one that was deployed: ${bucket}, ${template.key} was overwritten. ` +
        'The bucket keeps the previous version for a while.',
    );
  }
  return { text, template: parseTemplate(text) };
}

async function readObject(s3: S3Client, Bucket: string, Key: string): Promise<string> {
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
  return (await Body?.transformToString()) ?? '';
}

function refusal(message: string): CommandError {
  return new CommandError(`${message} Choose another revision: bin/quiltctl history.`, EXIT.refused);
}
