import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import {
  BucketAlreadyOwnedByYou,
  CreateBucketCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  S3ServiceException,
} from '@aws-sdk/client-s3';
import { awsClientSettings } from '../../cli/local/aws-settings.ts';
import { localBuckets } from '../registry/server.ts';

/** A folder a bucket, with objects at their keys. The packages there were written by quilt3 (docs/local.md). */
const CONTENT = join(import.meta.dirname, '..', 'buckets');

/**
 * Makes the buckets that the local registry lists, each with something to find, as people would have them before they deploy.
 * Objects that a kept state has already are left as they are.
 */
export async function makeBuckets(endpoint: string): Promise<void> {
  const s3 = new S3Client(awsClientSettings(endpoint));
  for (const Bucket of localBuckets(undefined)) {
    await s3.send(new CreateBucketCommand({ Bucket })).catch((error: unknown) => {
      if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
    });
    const readme = Buffer.from(`# ${Bucket}\n\nA bucket of the local run. Put into it what you like.\n`);
    const objects = [{ Key: 'README.md', Body: readme }, ...contentOf(join(CONTENT, Bucket))];
    await Promise.all(objects.map((object) => putWhereNone(s3, { Bucket, ...object })));
  }
  s3.destroy();
}

function contentOf(folder: string): { Key: string; Body: Buffer }[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ Key: relative(folder, file).split(sep).join('/'), Body: readFileSync(file) }));
}

async function putWhereNone(s3: S3Client, object: PutObjectCommandInput): Promise<void> {
  const ContentType = object.Key?.endsWith('.md') ? 'text/markdown' : undefined;
  await s3.send(new PutObjectCommand({ ...object, ContentType, IfNoneMatch: '*' })).catch((error: unknown) => {
    if (!(error instanceof S3ServiceException && error.name === 'PreconditionFailed')) throw error;
  });
}
