import { BucketAlreadyOwnedByYou, CreateBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { localBuckets } from '../registry/buckets.ts';
import { awsClientSettings } from './aws-settings.ts';

/** Makes the buckets that the local registry lists, each with one object to find, as people would have them before they deploy. */
export async function makeBuckets(endpoint: string): Promise<void> {
  const s3 = new S3Client(awsClientSettings(endpoint));
  for (const Bucket of localBuckets(undefined)) {
    await s3.send(new CreateBucketCommand({ Bucket })).catch((error: unknown) => {
      // A kept state has them already.
      if (!(error instanceof BucketAlreadyOwnedByYou)) throw error;
    });
    const Body = `# ${Bucket}\n\nA bucket of the local run. Put into it what you like.\n`;
    await s3.send(new PutObjectCommand({ Bucket, Key: 'README.md', Body, ContentType: 'text/markdown' }));
  }
  s3.destroy();
}
