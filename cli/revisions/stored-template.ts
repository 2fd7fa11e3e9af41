import { createHash } from 'node:crypto';
import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import type { RevisionRecord } from '../../contract/revision.ts';
import { errorName } from '../../contract/safe-error.ts';
import { awsFailure } from '../aws-failure.ts';
import { CommandError, EXIT } from '../exit-codes.ts';
import { parseTemplate, type Template } from './template.ts';

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
 * Reads the template of a revision and compares it with what the record says of it: whoever may write into the bucket must not
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
    throw refusal(`Revision ${number} has no template: it could not be kept when it was deployed.`);
  }
  const text = await readObject(s3, bucket, template.key).catch((error: unknown) => {
    if (errorName(error) !== 'NoSuchKey') throw awsFailure(`The template of revision ${number} cannot be read`, error);
    throw refusal(`The template of revision ${number} is not in the bucket any more: ${bucket}, ${template.key}.`);
  });
  if (createHash('sha256').update(text).digest('hex') !== template.sha256) {
    throw refusal(
      `The template of revision ${number} is not the one that was deployed: ${bucket}, ${template.key} was written over. ` +
        'The version before is still in the bucket for a while.',
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
