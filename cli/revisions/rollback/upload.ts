import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { RegionInfo } from 'aws-cdk-lib/region-info';
import { PREPARED_TEMPLATES } from '../../../lib/names.ts';
import { awsFailure } from '../../aws-failure.ts';
import type { PreparedTemplate } from './prepared-template.ts';

/**
 * Puts a template where CloudFormation reads it; the bucket removes it after a day.
 *
 * @returns its URL, as the CDK writes one too, for the very version that was put there
 * @throws CommandError (3) when AWS refuses the caller, (4) when it cannot be put there otherwise
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
    throw awsFailure('The template cannot be handed over to CloudFormation', error);
  });
  const { domainSuffix = 'amazonaws.com' } = RegionInfo.get(region);
  const url = new URL(`https://s3.${region}.${domainSuffix}/${bucket}/${key}`);
  if (version !== undefined) url.searchParams.set('versionId', version);
  return url.href;
}
