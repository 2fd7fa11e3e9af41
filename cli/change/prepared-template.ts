import { createHash } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { templateTrigger } from '../../contract/revision.ts';
import { PREPARED_TEMPLATES } from '../../lib/names.ts';
import { awsFailure } from '../aws-failure.ts';
import type { TemplateResource } from '../cloud-assembly.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { GATE_TYPES, isObject, mapResources, type StoredTemplate, type Template } from '../revisions/template.ts';

/** A template ready for CloudFormation. */
export interface PreparedTemplate {
  readonly text: string;
  /** Of the text, in hexadecimal digits. */
  readonly sha256: string;
  /** Identifies the template; a deployment is announced by it. */
  readonly trigger: string;
  readonly template: Template;
}

/**
 * Prepares the template of a revision for a rollback: the canary decides, even if the first deployment bypassed it.
 * The result is what a synthesis without break-glass would have produced.
 *
 * @throws CommandError (3) when the template has no deploy gate or verdict, so that nothing would check it
 */
export function prepareTemplate(number: number, { text, template }: StoredTemplate): PreparedTemplate {
  requireChecked(number, template);
  const trigger = templateTrigger(template) ?? '';
  if (!gatesOf(template).some(isBreakGlass)) return { text, sha256: sha256(text), trigger, template };

  const enforced = mapResources(template, withoutBreakGlass);
  // The trigger is the hash of the rest, as lib/constructs/checked-deploy.ts computes it.
  const hash = sha256(JSON.stringify(withTrigger(enforced, '')));
  const prepared = withTrigger(enforced, hash);
  const preparedText = JSON.stringify(prepared, undefined, 1);
  return { text: preparedText, sha256: sha256(preparedText), trigger: hash, template: prepared };
}

function requireChecked(number: number, template: Template): void {
  const gates = gatesOf(template);
  const complete = GATE_TYPES.every((type) => gates.filter(({ Type }) => Type === type).length === 1);
  if (complete && gates.every(({ Properties }) => typeof Properties?.Trigger === 'string')) return;
  throw new CommandError(
    `The template of revision ${number} would be deployed unchecked: it has no deploy gate. ` +
      'Choose another revision: bin/quiltctl history.',
    EXIT.refused,
  );
}

function gatesOf({ Resources }: Template): readonly TemplateResource[] {
  return Object.values(Resources).filter(isGate);
}

function isGate({ Type }: TemplateResource): boolean {
  return GATE_TYPES.includes(Type);
}

function isBreakGlass({ Properties }: TemplateResource): boolean {
  return Properties?.Canary !== 'enforce' || Properties.Reason !== undefined;
}

function withoutBreakGlass(resource: TemplateResource): TemplateResource {
  if (!isGate(resource) || !isObject(resource.Properties)) return resource;
  const { Reason: _, ...properties } = resource.Properties;
  return { ...resource, Properties: { ...properties, Canary: 'enforce' } };
}

function withTrigger(template: Template, Trigger: string): Template {
  return mapResources(template, (resource) =>
    isGate(resource) ? { ...resource, Properties: { ...resource.Properties, Trigger } } : resource,
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/**
 * Uploads a template for CloudFormation; the bucket removes it after a day.
 *
 * @returns the URL of the uploaded version
 * @throws CommandError (3) when AWS refuses the caller, (4) when the upload fails otherwise
 */
export async function uploadTemplate(
  s3: S3Client,
  bucket: string,
  region: string,
  { text, sha256 }: PreparedTemplate,
): Promise<string> {
  const key = `${PREPARED_TEMPLATES}${sha256}.json`;
  const command = new PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: 'application/json' });
  const { VersionId: version } = await s3.send(command).catch((error: unknown) => {
    throw awsFailure('Could not upload the template for CloudFormation', error);
  });
  const { domainSuffix = 'amazonaws.com' } = RegionInfo.get(region);
  const url = new URL(`https://s3.${region}.${domainSuffix}/${bucket}/${key}`);
  if (version !== undefined) url.searchParams.set('versionId', version);
  return url.href;
}
