import { GetObjectCommand, HeadObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import * as z from 'zod';
import { ToolError } from '../reasons.ts';
import { answerOf } from '../storage.ts';
import { BUCKET, KEY, VERSION_ID } from './arguments.ts';
import { defineTool } from './define-tool.ts';

const MAX_LIFETIME_SECONDS = 3600;
const DEFAULT_LIFETIME_SECONDS = 900;

/**
 * Creates a presigned URL for one object. The URL is a credential: it goes only to the caller, and expires with the token of the
 * call.
 */
export const bucketObjectLink = defineTool({
  name: 'bucket_object_link',
  title: 'Link to an object',
  description:
    'Creates a temporary URL to download one object of an S3 bucket without signing in. Anyone who has the URL ' +
    'can use it until it expires: give it only to the user.',
  permissions: ['s3:GetObject'],
  input: z.object({
    bucket: BUCKET,
    key: KEY,
    version_id: VERSION_ID,
    lifetime_seconds: z
      .int()
      .min(1)
      .max(MAX_LIFETIME_SECONDS)
      .default(DEFAULT_LIFETIME_SECONDS)
      .describe('Requested lifetime of the URL. It expires earlier if your token does'),
  }),
  place: 'key',
  output: z.object({
    bucket: z.string(),
    key: z.string(),
    version_id: z.string().optional(),
    size_bytes: z.int(),
    content_type: z.string().optional(),
    url: z.url().describe('Secret until it expires'),
    expires_at: z.iso.datetime(),
    expires_in_seconds: z.int(),
  }),
  run: async ({ buckets, principal, signal }, { bucket: name, key, version_id, lifetime_seconds }) => {
    const { bucket, s3 } = await buckets.open(principal, name, 'read');
    const object = { Bucket: bucket, Key: key, VersionId: version_id };
    // Fails now for a missing object or a missing permission; otherwise only the user of the link would find out.
    const head = await answerOf(s3.send(new HeadObjectCommand(object), { abortSignal: signal }));
    const now = Math.floor(Date.now() / 1000);
    const end = Math.min(now + lifetime_seconds, await answerOf(endOfCredentials(s3)), principal.claims.exp);
    if (end <= now)
      throw new ToolError('credentials_unavailable', 'Your token is about to expire. Get a new one first.');
    const url = await answerOf(
      getSignedUrl(s3, new GetObjectCommand(object), { expiresIn: end - now, signingDate: new Date(now * 1000) }),
    );
    return {
      bucket,
      key,
      version_id: head.VersionId,
      size_bytes: head.ContentLength ?? 0,
      content_type: head.ContentType,
      url,
      expires_at: new Date(end * 1000).toISOString(),
      expires_in_seconds: end - now,
    };
  },
});

/** Seconds since the epoch. A URL expires with its credentials, whatever lifetime it states. */
async function endOfCredentials(s3: S3Client): Promise<number> {
  const { expiration } = await s3.config.credentials();
  return expiration === undefined ? Number.POSITIVE_INFINITY : Math.floor(expiration.getTime() / 1000);
}
