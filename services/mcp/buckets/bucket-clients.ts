import { HeadBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { NodeHttpHandler } from '@smithy/node-http-handler';
import { LruCache } from '../lru-cache.ts';
import type { BucketCredentials } from './assume-data-role.ts';

const CONNECTION_TIMEOUT_MS = 2_000;
/** Maximum time without a byte from S3. */
const SOCKET_TIMEOUT_MS = 10_000;
const ATTEMPTS = 3;
/** Names and region codes: about 100 bytes each. */
const KNOWN_REGIONS = 10_000;
/** A bucket may be deleted and created again in another region. */
const REGION_KNOWN_MS = 10 * 60_000;

type BucketClient = { readonly s3: S3Client; readonly isCertain: boolean };

const REGION = /^[a-z]{2}(-[a-z]+)+-\d$/;

/**
 * Creates S3 clients, each with one set of credentials and for its bucket's region.
 *
 * The region is looked up once per bucket. The SDK's `followRegionRedirects` changes the client's region during a request, which
 * breaks concurrent calls on one client, and leaves presigned URLs wrong.
 */
export class BucketClients {
  /** One connection pool for all clients: a client then costs about 25 KB and 0.2 ms. */
  readonly #requestHandler = new NodeHttpHandler({
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
  readonly #regions = new LruCache<{ readonly region: string; readonly until: number }>(KNOWN_REGIONS);
  readonly #homeRegion: string;
  readonly #now: () => number;

  /** @param homeRegion - the region to try first; `now` in milliseconds */
  constructor(homeRegion: string, now: () => number) {
    this.#homeRegion = homeRegion;
    this.#now = now;
  }

  /** @returns the client, and whether its region is confirmed: if not, use it for a single attempt */
  async create(bucket: string, credentials: BucketCredentials): Promise<BucketClient> {
    const known = this.#regions.get(bucket);
    if (known !== undefined && this.#now() < known.until) {
      return { s3: this.#clientIn(known.region, credentials), isCertain: true };
    }
    const home = this.#clientIn(this.#homeRegion, credentials);
    const region = await regionOf(bucket, home);
    if (region === undefined) return { s3: home, isCertain: false };
    this.#regions.set(bucket, { region, until: this.#now() + REGION_KNOWN_MS });
    return { s3: region === this.#homeRegion ? home : this.#clientIn(region, credentials), isCertain: true };
  }

  /** The credentials are values, not a provider, so a client cannot fall back to others. */
  #clientIn(region: string, credentials: BucketCredentials): S3Client {
    return new S3Client({ region, credentials, requestHandler: this.#requestHandler, maxAttempts: ATTEMPTS });
  }
}

/**
 * The region of a bucket, which S3 returns also with an error from the wrong region (301, 400) or without permission (403).
 * `undefined` when it does not; the next request then reports the cause.
 */
async function regionOf(bucket: string, s3: S3Client): Promise<string | undefined> {
  const region = await s3.send(new HeadBucketCommand({ Bucket: bucket })).then(
    ({ BucketRegion }) => BucketRegion,
    (error: unknown) => regionHeaderOf(error),
  );
  return region !== undefined && REGION.test(region) ? region : undefined;
}

function regionHeaderOf(error: unknown): string | undefined {
  const { $response: response } = error as { $response?: { headers?: Readonly<Record<string, string>> } };
  return response?.headers?.['x-amz-bucket-region'];
}
